//! Arithmetic over columns: loops over slices, constants not expanded, nulls joined bitwise, overflow looked for once.
//!
//! Operators bring the meaning (which types, what an overflow is called); these kernels bring the loops.

mod integer;

use std::sync::Arc;

use arrow::array::{Array, ArrowPrimitiveType, AsArray, PrimitiveArray, make_array};
use arrow::buffer::{NullBuffer, ScalarBuffer};
use weft_core::{Error, Result, Series, Type};

pub use integer::Integer;

use crate::encoding::{broadcast, resized};

/// One side of an operation: values for all rows, or one for all.
struct Side<T: ArrowPrimitiveType> {
    array: PrimitiveArray<T>,
    one: bool,
}

impl<T: ArrowPrimitiveType> Side<T> {
    /// The values as plain numbers of `T`, whatever unit or zone the storage type has.
    fn new(series: &Series) -> Result<Self> {
        let one = series.as_constant().is_some();
        let array = match series.as_constant() {
            Some(value) => Arc::clone(value),
            None => series.to_flat()?,
        };
        if let Some(array) = array.as_primitive_opt::<T>() {
            return Ok(Side { array: array.clone(), one });
        }
        if array.data_type().primitive_width() != T::DATA_TYPE.primitive_width() {
            return Err(Error::internal(format!("{} where {} is needed", array.data_type(), T::DATA_TYPE)));
        }
        let array = make_array(array.to_data().into_builder().data_type(T::DATA_TYPE).build()?);
        Ok(Side { array: array.as_primitive::<T>().clone(), one })
    }

    fn nulls(&self) -> Option<&NullBuffer> {
        if self.one { None } else { self.array.nulls() }
    }

    fn at(&self, row: usize) -> T::Native {
        self.array.values()[if self.one { 0 } else { row }]
    }
}

/// `f` of both sides, row by row. `f` also says whether its result is wrong (wrapped); the first such row that is not
/// null makes the error that `fail` gives. `ty` is the result's type, its storage as wide as `U`.
///
/// Both sides are stored as wide as `A` and `B`; units, zones and scales are not looked at.
pub fn binary_checked<A: ArrowPrimitiveType, B: ArrowPrimitiveType, U: ArrowPrimitiveType>(
    a: &Series,
    b: &Series,
    ty: &Type,
    f: impl Fn(A::Native, B::Native) -> (U::Native, bool),
    fail: impl Fn(A::Native, B::Native) -> Error,
) -> Result<Series> {
    if let Some(nulls) = all_null(a, b, ty)? {
        return Ok(nulls);
    }
    let (x, y) = (Side::<A>::new(a)?, Side::<B>::new(b)?);
    let nulls = NullBuffer::union(x.nulls(), y.nulls());
    let mut wrong = false;
    let mut step = |p, q| {
        let (value, bad) = f(p, q);
        wrong |= bad;
        value
    };
    let values: Vec<U::Native> = match (x.one, y.one) {
        (false, false) => x.array.values().iter().zip(y.array.values()).map(|(&p, &q)| step(p, q)).collect(),
        (false, true) => {
            let q = y.at(0);
            x.array.values().iter().map(|&p| step(p, q)).collect()
        }
        (true, _) => {
            let p = x.at(0);
            y.array.values().iter().map(|&q| step(p, q)).collect()
        }
    };
    if wrong {
        let valid = |row: usize| nulls.as_ref().is_none_or(|n| n.is_valid(row));
        if let Some(row) = (0..values.len()).find(|&row| valid(row) && f(x.at(row), y.at(row)).1) {
            return Err(fail(x.at(row), y.at(row)));
        }
    }
    stretch(finish::<U>(ty, values, nulls)?, a.len())
}

/// `f` of both sides, row by row; null where either is or `f` gives nothing. Never called on nulls.
pub fn binary_optional<A: ArrowPrimitiveType, B: ArrowPrimitiveType, U: ArrowPrimitiveType>(
    a: &Series,
    b: &Series,
    ty: &Type,
    f: impl Fn(A::Native, B::Native) -> Result<Option<U::Native>>,
) -> Result<Series> {
    if let Some(nulls) = all_null(a, b, ty)? {
        return Ok(nulls);
    }
    let (x, y) = (Side::<A>::new(a)?, Side::<B>::new(b)?);
    let nulls = NullBuffer::union(x.nulls(), y.nulls());
    let rows = if x.one && y.one { 1 } else { a.len() };
    let mut values = Vec::with_capacity(rows);
    let mut valid = Vec::with_capacity(rows);
    for row in 0..rows {
        let value = if nulls.as_ref().is_none_or(|n| n.is_valid(row)) { f(x.at(row), y.at(row))? } else { None };
        valid.push(value.is_some());
        values.push(value.unwrap_or_default());
    }
    stretch(finish::<U>(ty, values, Some(NullBuffer::from(valid)))?, a.len())
}

/// `f` of each value; wrong results as in [`binary_checked`].
pub fn unary_checked<A: ArrowPrimitiveType, U: ArrowPrimitiveType>(
    a: &Series,
    ty: &Type,
    f: impl Fn(A::Native) -> (U::Native, bool),
    fail: impl Fn(A::Native) -> Error,
) -> Result<Series> {
    if a.as_constant().is_some() && a.len() != 1 {
        return broadcast(&unary_checked::<A, U>(&resized(a, 1)?, ty, f, fail)?, a.len());
    }
    let x = Side::<A>::new(a)?;
    let nulls = x.array.nulls().cloned();
    let mut wrong = false;
    let step = |&p: &A::Native| {
        let (value, bad) = f(p);
        wrong |= bad;
        value
    };
    let values: Vec<U::Native> = x.array.values().iter().map(step).collect();
    if wrong {
        let valid = |row: usize| nulls.as_ref().is_none_or(|n| n.is_valid(row));
        if let Some(row) = (0..values.len()).find(|&row| valid(row) && f(x.at(row)).1) {
            return Err(fail(x.at(row)));
        }
    }
    finish::<U>(ty, values, nulls)
}

/// The result where a side is a constant null or there are no rows.
fn all_null(a: &Series, b: &Series, ty: &Type) -> Result<Option<Series>> {
    let rows = a.len();
    if rows != b.len() {
        return Err(Error::internal(format!("arithmetic on {rows} and {} rows", b.len())));
    }
    let null = |s: &Series| s.as_constant().is_some_and(|v| v.is_null(0));
    Ok((null(a) || null(b) || rows == 0).then(|| Series::nulls(ty.clone(), rows)))
}

/// Two constants give one row, which stands for all.
fn stretch(result: Series, rows: usize) -> Result<Series> {
    if result.len() == rows { Ok(result) } else { broadcast(&result, rows) }
}

fn finish<U: ArrowPrimitiveType>(ty: &Type, values: Vec<U::Native>, nulls: Option<NullBuffer>) -> Result<Series> {
    let array = PrimitiveArray::<U>::new(ScalarBuffer::from(values), nulls);
    let data = array.into_data().into_builder().data_type(ty.to_arrow());
    Series::new(ty.clone(), make_array(data.build()?))
}
