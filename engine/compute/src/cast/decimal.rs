//! Casts to decimals: exact where the digits fit, else rounded half away from zero.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::types::{Decimal64Type, Decimal128Type, Float64Type};
use arrow::array::{Array, ArrayRef, AsArray, Decimal64Array, Decimal128Array};
use arrow::compute::CastOptions;
use arrow::datatypes::DataType;
use weft_core::expr::CastMode;
use weft_core::{Error, Result, Type};

use super::failure::{by_row, check};

pub(super) fn cast(array: &ArrayRef, from: &Type, to: &Type, precision: u8, scale: i8, mode: CastMode) -> Result<ArrayRef> {
    let limit = 10i128.pow(u32::from(precision.min(38)));
    let fits = move |d: &i128| -limit < *d && *d < limit;
    let result = match from {
        Type::String => {
            let texts = array.as_string_view();
            build(array, to, |i| parse(texts.value(i).trim(), scale).filter(fits))
        }
        Type::Float16 | Type::Float32 | Type::Float64 => {
            let wide = arrow::compute::cast(array, &DataType::Float64)?;
            let floats = wide.as_primitive::<Float64Type>();
            build(array, to, |i| of_float(floats.value(i), scale).filter(fits))
        }
        Type::Decimal { precision: p, scale: s } => {
            let shift = i32::from(scale) - i32::from(*s);
            if shift >= 0 && i32::from(*p) + shift <= i32::from(precision) {
                return widened(array, to, shift as u32);
            }
            let digits = digits(array)?;
            build(array, to, |i| rescaled(digits[i], *s, scale).filter(fits))
        }
        Type::UInt64 => {
            let values = array.as_primitive::<arrow::array::types::UInt64Type>();
            build(array, to, |i| rescaled(i128::from(values.value(i)), 0, scale).filter(fits))
        }
        _ => {
            let wide = arrow::compute::cast_with_options(array, &DataType::Int64, &CastOptions::default())?;
            let values = wide.as_primitive::<arrow::array::types::Int64Type>();
            build(array, to, |i| rescaled(i128::from(values.value(i)), 0, scale).filter(fits))
        }
    };
    check(array, from, to, mode, result)
}

/// More digits before or after the point: nothing to check.
fn widened(array: &ArrayRef, to: &Type, shift: u32) -> Result<ArrayRef> {
    let target = to.to_arrow();
    if let (DataType::Decimal64(..), Some(narrow)) = (&target, array.as_primitive_opt::<Decimal64Type>()) {
        let power = 10i64.pow(shift);
        let scaled: Decimal64Array = narrow.unary(|d| d.wrapping_mul(power));
        return Ok(Arc::new(scaled.with_data_type(target)));
    }
    let power = 10i128.pow(shift);
    let values: Vec<i128> = digits(array)?.iter().map(|d| d.wrapping_mul(power)).collect();
    Ok(Arc::new(Decimal128Array::new(values.into(), array.nulls().cloned()).with_data_type(target)))
}

fn build(array: &ArrayRef, to: &Type, f: impl FnMut(usize) -> Option<i128>) -> ArrayRef {
    let wide = by_row::<i128, Decimal128Array>(array, f);
    match to.to_arrow() {
        target @ DataType::Decimal64(..) => {
            let narrow: Decimal64Array = wide.unary(|d| d as i64);
            Arc::new(narrow.with_data_type(target))
        }
        target => Arc::new(wide.with_data_type(target)),
    }
}

/// The digits of a decimal column, whatever its width.
pub(super) fn digits(array: &ArrayRef) -> Result<Cow<'_, [i128]>> {
    if let Some(narrow) = array.as_primitive_opt::<Decimal64Type>() {
        return Ok(narrow.values().iter().map(|&d| i128::from(d)).collect());
    }
    let wide = array.as_primitive_opt::<Decimal128Type>();
    wide.map(|w| Cow::Borrowed(w.values().as_ref())).ok_or_else(|| Error::internal("a decimal column of another storage"))
}

/// Digits at scale `from` as digits at scale `to`, rounded half away from zero; nothing on overflow.
pub fn rescaled(digits: i128, from: i8, to: i8) -> Option<i128> {
    let shift = i32::from(to) - i32::from(from);
    if shift >= 0 {
        return 10i128.checked_pow(shift as u32)?.checked_mul(digits);
    }
    let Some(power) = 10i128.checked_pow(shift.unsigned_abs()) else { return Some(0) };
    let (quotient, rest) = (digits / power, digits % power);
    let up = rest.unsigned_abs() >= power.unsigned_abs().div_ceil(2);
    Some(if up { quotient + digits.signum() } else { quotient })
}

fn of_float(x: f64, scale: i8) -> Option<i128> {
    let scaled = (x * 10f64.powi(i32::from(scale))).round();
    (scaled.abs() < 1e38).then_some(scaled as i128)
}

/// `-12.345e2` as digits at `scale`.
pub(super) fn parse(text: &str, scale: i8) -> Option<i128> {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (negative, body) = match mantissa.as_bytes().first()? {
        b'-' => (true, &mantissa[1..]),
        b'+' => (false, &mantissa[1..]),
        _ => (false, mantissa),
    };
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    if whole.is_empty() && fraction.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    // Keep one digit past the scale for rounding; further ones cannot change a rounding half away from zero.
    let kept = i64::from(scale) + i64::from(exponent) + whole.len() as i64 + 1;
    let significant = whole.bytes().chain(fraction.bytes()).chain(std::iter::repeat(b'0'));
    let mut digits = 0i128;
    for byte in significant.take(usize::try_from(kept.max(0)).ok()?.min(200)) {
        digits = digits.checked_mul(10)?.checked_add(i128::from(byte - b'0'))?;
    }
    let rounded = rescaled(digits, 1, 0)?;
    Some(if negative { -rounded } else { rounded })
}
