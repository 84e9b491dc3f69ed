//! Casts to floats.

use std::sync::Arc;

use arrow::array::types::Float64Type;
use arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use arrow::compute::CastOptions;
use weft_core::expr::CastMode;
use weft_core::{Result, Type};

use super::failure::{by_row, check};

pub(super) fn cast(array: &ArrayRef, from: &Type, to: &Type, mode: CastMode) -> Result<ArrayRef> {
    let wide: ArrayRef = match from {
        Type::String => {
            let texts = array.as_string_view();
            Arc::new(by_row::<f64, Float64Array>(array, |i| texts.value(i).trim().parse().ok()))
        }
        Type::Decimal { scale, .. } => Arc::new(of_decimal(array, *scale)?),
        _ => Arc::clone(array),
    };
    let result = arrow::compute::cast_with_options(&wide, &to.to_arrow(), &CastOptions::default())?;
    check(array, from, to, mode, result)
}

/// Digits over a power of ten: one rounding while the power is exact (up to 10²²) and the digits are (up to 2⁵³).
fn of_decimal(array: &ArrayRef, scale: i8) -> Result<Float64Array> {
    let power = 10f64.powi(i32::from(scale));
    if let Some(narrow) = array.as_primitive_opt::<arrow::array::types::Decimal64Type>() {
        return Ok(narrow.unary::<_, Float64Type>(|d| d as f64 / power));
    }
    let digits = super::decimal::digits(array)?;
    let values: Vec<f64> = digits.iter().map(|&d| d as f64 / power).collect();
    Ok(Float64Array::new(values.into(), array.nulls().cloned()))
}
