//! One zero and one NaN before arrow's row format, which tells two of each apart.

use std::sync::Arc;

use arrow::array::types::{Float16Type, Float32Type, Float64Type};
use arrow::array::{Array, ArrayRef, AsArray, StructArray};
use arrow::datatypes::{ArrowPrimitiveType, DataType};
use weft_core::error::Result;

/// The same array with canonical floats, also inside structs and lists.
pub(super) fn canonical_floats(array: &ArrayRef) -> Result<ArrayRef> {
    Ok(match array.data_type() {
        DataType::Float16 => {
            type Half = <Float16Type as ArrowPrimitiveType>::Native;
            let values = array.as_primitive::<Float16Type>();
            Arc::new(values.unary::<_, Float16Type>(|x| Half::from_f64(canonical(x.to_f64()))))
        }
        DataType::Float32 => {
            let values = array.as_primitive::<Float32Type>();
            Arc::new(values.unary::<_, Float32Type>(|x| if x.is_nan() { f32::NAN } else { x + 0.0 }))
        }
        DataType::Float64 => Arc::new(array.as_primitive::<Float64Type>().unary::<_, Float64Type>(canonical)),
        DataType::Struct(fields) => {
            let members = array.as_struct();
            let columns = members.columns().iter().map(canonical_floats).collect::<Result<Vec<_>>>()?;
            Arc::new(StructArray::try_new_with_length(fields.clone(), columns, members.nulls().cloned(), array.len())?)
        }
        DataType::List(field) if field.data_type().is_floating() => {
            let list = array.as_list::<i32>();
            let values = canonical_floats(list.values())?;
            let (nulls, offsets) = (list.nulls().cloned(), list.offsets().clone());
            Arc::new(arrow::array::ListArray::try_new(Arc::clone(field), offsets, values, nulls)?)
        }
        _ => Arc::clone(array),
    })
}

fn canonical(x: f64) -> f64 {
    if x.is_nan() { f64::NAN } else { x + 0.0 }
}
