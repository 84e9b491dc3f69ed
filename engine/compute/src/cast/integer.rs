//! Casts to integers; fractions round half away from zero.

use std::sync::Arc;

use arrow::array::types::*;
use arrow::array::{ArrayRef, ArrowPrimitiveType, AsArray, Float64Array, PrimitiveArray};
use arrow::compute::CastOptions;
use arrow::datatypes::DataType;
use weft_core::expr::CastMode;
use weft_core::{Error, Result, Type};

use super::failure::{by_row, check};

pub(super) fn cast(array: &ArrayRef, from: &Type, to: &Type, mode: CastMode) -> Result<ArrayRef> {
    let target = to.to_arrow();
    // In safe mode Arrow's kernels give null for what does not fit.
    let safe = CastOptions::default();
    let result = match from {
        Type::String => match target {
            DataType::Int8 => parsed::<Int8Type>(array),
            DataType::Int16 => parsed::<Int16Type>(array),
            DataType::Int32 => parsed::<Int32Type>(array),
            DataType::Int64 => parsed::<Int64Type>(array),
            DataType::UInt8 => parsed::<UInt8Type>(array),
            DataType::UInt16 => parsed::<UInt16Type>(array),
            DataType::UInt32 => parsed::<UInt32Type>(array),
            DataType::UInt64 => parsed::<UInt64Type>(array),
            other => return Err(Error::internal(format!("{other} is no integer"))),
        },
        Type::Float16 | Type::Float32 | Type::Float64 => {
            let wide = arrow::compute::cast(array, &DataType::Float64)?;
            let rounded: Float64Array = wide.as_primitive::<Float64Type>().unary(f64::round);
            arrow::compute::cast_with_options(&rounded, &target, &safe)?
        }
        Type::Decimal { scale, .. } => match target {
            DataType::Int8 => whole::<Int8Type>(array, *scale)?,
            DataType::Int16 => whole::<Int16Type>(array, *scale)?,
            DataType::Int32 => whole::<Int32Type>(array, *scale)?,
            DataType::Int64 => whole::<Int64Type>(array, *scale)?,
            DataType::UInt8 => whole::<UInt8Type>(array, *scale)?,
            DataType::UInt16 => whole::<UInt16Type>(array, *scale)?,
            DataType::UInt32 => whole::<UInt32Type>(array, *scale)?,
            DataType::UInt64 => whole::<UInt64Type>(array, *scale)?,
            other => return Err(Error::internal(format!("{other} is no integer"))),
        },
        _ => arrow::compute::cast_with_options(array, &target, &safe)?,
    };
    check(array, from, to, mode, result)
}

fn parsed<T: ArrowPrimitiveType>(array: &ArrayRef) -> ArrayRef
where
    T::Native: std::str::FromStr,
{
    let texts = array.as_string_view();
    Arc::new(by_row::<T::Native, PrimitiveArray<T>>(array, |i| texts.value(i).trim().parse().ok()))
}

fn whole<T: ArrowPrimitiveType>(array: &ArrayRef, scale: i8) -> Result<ArrayRef>
where
    T::Native: TryFrom<i128>,
{
    let digits = super::decimal::digits(array)?;
    let fit = |i: usize| T::Native::try_from(super::decimal::rescaled(digits[i], scale, 0)?).ok();
    Ok(Arc::new(by_row::<T::Native, PrimitiveArray<T>>(array, fit)))
}
