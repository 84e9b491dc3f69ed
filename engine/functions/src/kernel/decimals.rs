//! Decimals of both storage widths as 128-bit digits.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Decimal64Array, Decimal128Array};
use arrow::datatypes::{Decimal64Type, Decimal128Type};
use weft_core::{Error, Result, Type};

use super::columns::try_each_valid;

/// The digits of each row; arbitrary where it is null.
pub(crate) fn digits(array: &dyn Array) -> Result<Vec<i128>> {
    if let Some(narrow) = array.as_primitive_opt::<Decimal64Type>() {
        return Ok(narrow.values().iter().map(|&d| d.into()).collect());
    }
    let wide = array.as_primitive_opt::<Decimal128Type>();
    Ok(wide.ok_or_else(|| Error::internal(format!("{} is no decimal", array.data_type())))?.values().to_vec())
}

/// A decimal array of type `output` from `input`, each value's digits changed by `change`.
///
/// # Errors
/// When digits do not fit into the output's precision.
pub(crate) fn map(input: &dyn Array, output: &Type, change: impl Fn(i128) -> Option<i128>) -> Result<ArrayRef> {
    let Type::Decimal { precision, scale } = *output else {
        return Err(Error::internal(format!("{output} is no decimal")));
    };
    let limit = 10u128.pow(u32::from(precision));
    let nulls = input.nulls().cloned();
    let mut values = digits(input)?;
    try_each_valid(nulls.as_ref(), input.len(), |i| {
        let changed = change(values[i]).filter(|d| d.unsigned_abs() < limit);
        values[i] = changed.ok_or_else(|| Error::value(format!("a decimal leaves the {precision} digits of {output}")))?;
        Ok(())
    })?;
    if precision <= 18 {
        let narrow: Vec<i64> = values.into_iter().map(|d| d as i64).collect();
        return Ok(Arc::new(Decimal64Array::new(narrow.into(), nulls).with_precision_and_scale(precision, scale)?));
    }
    Ok(Arc::new(Decimal128Array::new(values.into(), nulls).with_precision_and_scale(precision, scale)?))
}

/// `digits / divisor`, halves away from zero. `divisor` is positive.
pub(crate) fn round_half_away(digits: i128, divisor: i128) -> i128 {
    let (quotient, rest) = (digits / divisor, digits % divisor);
    // `rest * 2` could overflow near the end of the range.
    if rest.unsigned_abs() >= divisor.unsigned_abs().div_ceil(2) { quotient + digits.signum() } else { quotient }
}

/// 10ⁿ, or an error past 128 bits.
pub(crate) fn power_of_ten(n: u32) -> Result<i128> {
    10i128.checked_pow(n).ok_or_else(|| Error::value(format!("10 to the power of {n} leaves 128 bits")))
}
