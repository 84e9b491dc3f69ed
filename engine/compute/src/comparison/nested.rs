//! Lists and structs, row by row with Arrow's comparator; floats inside are brought to their canonical form first.

use std::sync::Arc;

use arrow::array::types::{Float16Type, Float32Type, Float64Type};
use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, FixedSizeListArray, ListArray, StructArray, make_comparator};
use arrow::buffer::BooleanBuffer;
use arrow::compute::SortOptions;
use arrow::datatypes::DataType;
use weft_core::Result;

use super::{Comparison, Operand, array_of, joint_nulls};

pub(super) fn compare(op: Comparison, a: &Operand, b: &Operand, rows: usize) -> Result<BooleanArray> {
    let (x, y) = (canonical(array_of(a))?, canonical(array_of(b))?);
    let order = make_comparator(&x, &y, SortOptions { descending: false, nulls_first: false })?;
    let row = |scalar: bool, i: usize| if scalar { 0 } else { i };
    let bits = BooleanBuffer::collect_bool(rows, |i| op.holds(order(row(a.is_scalar(), i), row(b.is_scalar(), i))));
    Ok(BooleanArray::new(bits, joint_nulls(a, b)))
}

/// The same values with one zero and one NaN, so that an order by bits is the language's order.
pub(super) fn canonical(array: &ArrayRef) -> Result<ArrayRef> {
    if !holds_floats(array.data_type()) {
        return Ok(Arc::clone(array));
    }
    Ok(match array.data_type() {
        DataType::Float64 => Arc::new(array.as_primitive::<Float64Type>().unary::<_, Float64Type>(canonical_f64)),
        DataType::Float32 => Arc::new(array.as_primitive::<Float32Type>().unary::<_, Float32Type>(canonical_f32)),
        DataType::Float16 => {
            let wide = array.as_primitive::<Float16Type>().unary::<_, Float32Type>(|x| canonical_f32(x.to_f32()));
            Arc::new(wide)
        }
        DataType::List(field) => {
            let list = array.as_list::<i32>();
            let items = canonical(list.values())?;
            let field = Arc::new(field.as_ref().clone().with_data_type(items.data_type().clone()));
            Arc::new(ListArray::try_new(field, list.offsets().clone(), items, list.nulls().cloned())?)
        }
        DataType::FixedSizeList(field, n) => {
            let list = array.as_fixed_size_list();
            let items = canonical(list.values())?;
            let field = Arc::new(field.as_ref().clone().with_data_type(items.data_type().clone()));
            Arc::new(FixedSizeListArray::try_new(field, *n, items, list.nulls().cloned())?)
        }
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns().iter().map(canonical).collect::<Result<Vec<_>>>()?;
            let fields = fields.iter().zip(&columns);
            let fields = fields.map(|(f, c)| f.as_ref().clone().with_data_type(c.data_type().clone())).collect();
            Arc::new(StructArray::try_new_with_length(fields, columns, array.nulls().cloned(), array.len())?)
        }
        _ => Arc::clone(array),
    })
}

fn holds_floats(ty: &DataType) -> bool {
    match ty {
        DataType::List(f) | DataType::FixedSizeList(f, _) => holds_floats(f.data_type()),
        DataType::Struct(fields) => fields.iter().any(|f| holds_floats(f.data_type())),
        other => other.is_floating(),
    }
}

fn canonical_f64(x: f64) -> f64 {
    if x.is_nan() { f64::NAN } else { x + 0.0 }
}

fn canonical_f32(x: f32) -> f32 {
    if x.is_nan() { f32::NAN } else { x + 0.0 }
}
