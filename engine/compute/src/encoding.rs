//! Working with columns whatever their encoding: one computation for a constant, one for each value of a dictionary.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, UInt32Array, new_null_array};
use arrow::buffer::NullBuffer;
use arrow::compute::{concat, take};
use weft_core::series::Encoding;
use weft_core::{Error, Result, Series, Type};

/// A flat column of a concrete array.
pub fn from_array(ty: Type, array: impl Array + 'static) -> Result<Series> {
    Series::new(ty, Arc::new(array))
}

/// A bool column's values, one for each row.
pub fn to_boolean(series: &Series) -> Result<BooleanArray> {
    let flat = series.to_flat()?;
    flat.as_boolean_opt().cloned().ok_or_else(|| Error::internal(format!("{} where a bool is needed", series.ty())))
}

/// Which rows are not null; nothing when none is null.
pub fn validity(series: &Series) -> Result<Option<NullBuffer>> {
    let nulls = match series.encoding() {
        Encoding::Flat(array) => array.logical_nulls(),
        Encoding::Constant(value, rows) if value.is_null(0) || value.data_type().is_null() => Some(NullBuffer::new_null(*rows)),
        Encoding::Constant(..) => None,
        Encoding::Dictionary { codes, values } => match values.logical_nulls() {
            None => codes.nulls().cloned(),
            Some(valid) => {
                let bits = (0..codes.len()).map(|i| codes.is_valid(i) && valid.is_valid(codes.value(i) as usize));
                Some(NullBuffer::from_iter(bits))
            }
        },
    };
    Ok(nulls.filter(|n| n.null_count() > 0))
}

/// A constant column with another number of rows.
pub fn resized(constant: &Series, rows: usize) -> Result<Series> {
    let value = constant.as_constant().ok_or_else(|| Error::internal("a column that is not constant"))?;
    Series::constant_array(constant.ty().clone(), Arc::clone(value), rows)
}

/// The one value of `single` (one row) for `rows` rows.
pub fn broadcast(single: &Series, rows: usize) -> Result<Series> {
    Series::constant_array(single.ty().clone(), single.to_flat()?, rows)
}

/// How a computation of single values may treat a dictionary.
#[derive(Debug, Clone, Copy)]
pub struct PerValue {
    /// It can fail or is dear, so only values that some row has are computed.
    pub used_only: bool,
    /// Null in, null out: null codes need no computation.
    pub null_gives_null: bool,
}

/// `compute` over a column: once for a constant, once for each distinct value of a dictionary, else row by row.
///
/// `compute` gets a flat or constant column and returns as many rows.
pub fn map_values(series: &Series, how: PerValue, compute: &dyn Fn(&Series) -> Result<Series>) -> Result<Series> {
    if series.is_empty() {
        return compute(series);
    }
    if series.as_constant().is_some() {
        return broadcast(&compute(&resized(series, 1)?)?, series.len());
    }
    match map_dictionary(series, how, compute)? {
        Some(result) => Ok(result),
        None => compute(&Series::new(series.ty().clone(), series.to_flat()?)?),
    }
}

/// `compute` once for each distinct value, or nothing when the column is no dictionary or row by row is cheaper.
pub fn map_dictionary(series: &Series, how: PerValue, compute: &dyn Fn(&Series) -> Result<Series>) -> Result<Option<Series>> {
    let Encoding::Dictionary { codes, values } = series.encoding() else { return Ok(None) };
    if values.is_empty() || values.len() > codes.len().saturating_mul(4) {
        return Ok(None);
    }
    let (codes, values) = if how.used_only || values.len() * 2 > codes.len() {
        only_used(codes, values)?
    } else {
        (codes.clone(), Arc::clone(values))
    };
    let (codes, values) =
        if how.null_gives_null || codes.null_count() == 0 { (codes, values) } else { with_null(&codes, &values)? };
    if values.is_empty() {
        return Ok(None);
    }
    let result = compute(&Series::new(series.ty().clone(), values)?)?;
    let distinct = result.to_flat()?;
    let ty = result.ty().clone();
    // Fixed-width results read faster flat; text and nested values stay coded.
    let narrow = distinct.data_type().is_primitive() || distinct.data_type() == &arrow::datatypes::DataType::Boolean;
    Ok(Some(if narrow { Series::new(ty, take(&distinct, &codes, None)?)? } else { Series::dictionary(ty, codes, distinct) }))
}

/// The same column over only those values that some row has.
fn only_used(codes: &UInt32Array, values: &ArrayRef) -> Result<(UInt32Array, ArrayRef)> {
    const UNUSED: u32 = u32::MAX;
    let mut place = vec![UNUSED; values.len()];
    let mut used: Vec<u32> = Vec::new();
    for code in codes.iter().flatten() {
        let slot = &mut place[code as usize];
        if *slot == UNUSED {
            *slot = used.len() as u32;
            used.push(code);
        }
    }
    if used.len() == values.len() {
        return Ok((codes.clone(), Arc::clone(values)));
    }
    // The code behind a null is arbitrary and may lie outside the values.
    let moved = codes.values().iter().map(|&c| place.get(c as usize).copied().filter(|&p| p != UNUSED).unwrap_or(0));
    let moved = UInt32Array::new(moved.collect(), codes.nulls().cloned());
    Ok((moved, take(values, &UInt32Array::from(used), None)?))
}

/// The same column with its null codes turned into codes of an added null value.
fn with_null(codes: &UInt32Array, values: &ArrayRef) -> Result<(UInt32Array, ArrayRef)> {
    let null = values.len() as u32;
    let codes: UInt32Array = codes.iter().map(|c| Some(c.unwrap_or(null))).collect();
    Ok((codes, concat(&[values.as_ref(), new_null_array(values.data_type(), 1).as_ref()])?))
}
