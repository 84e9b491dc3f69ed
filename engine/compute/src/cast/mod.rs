//! Casts between types: `x::int` fails on a value that does not fit and shows it, `x::?int` gives null.
//!
//! - Numbers to integers and decimals round half away from zero (`2.5::int` is 3), as in DuckDB.
//! - Text is trimmed before it is read as a number, truth value, date or time.
//! - A timestamp with a zone becomes text, a date, a time or a timestamp without zone by the zone's wall clock, and back.
//! - Finer to coarser time units round down; coarser to finer is checked.
//! - An interval without months becomes a duration, its days of 24 hours each.
//! - Anything that has a text form becomes `str`; null becomes anything.

mod binary;
mod bool;
mod decimal;
mod failure;
mod float;
mod integer;
mod nested;
pub mod temporal;
mod text;
pub mod zone;

pub use decimal::rescaled;
pub use text::value_text;

use arrow::array::ArrayRef;
use weft_core::expr::CastMode;
use weft_core::{Error, Result, Series, Type};

use crate::encoding::{PerValue, map_values};

/// `series` as `to`. Constants and dictionaries are cast once for each value and keep their encoding.
pub fn cast(series: &Series, to: &Type, mode: CastMode) -> Result<Series> {
    if series.ty() == to {
        return Ok(series.clone());
    }
    if *series.ty() == Type::Null {
        return Ok(Series::nulls(to.clone(), series.len()));
    }
    if !can_cast(series.ty(), to) {
        return Err(no_cast(series.ty(), to));
    }
    if series.is_empty() {
        return Ok(Series::nulls(to.clone(), 0));
    }
    let how = PerValue { used_only: true, null_gives_null: true };
    map_values(series, how, &|values| Series::new(to.clone(), cast_array(&values.to_flat()?, values.ty(), to, mode)?))
}

/// Whether there is a cast between the types; single values may still not fit.
pub fn can_cast(from: &Type, to: &Type) -> bool {
    use Type::*;
    match (from, to) {
        (a, b) if a == b => true,
        (Null, _) => true,
        (Image(_) | Tensor(..) | SparseTensor(_), String) => false,
        (_, String) => true,
        (String, File) | (File, Binary) => true,
        (String, b) => b.is_numeric() || b.is_temporal() && *b != Interval || matches!(b, Bool | Binary | FixedBinary(_) | Uuid),
        (Bool, b) | (b, Bool) => b.is_integer() || b.is_float() || b.is_decimal(),
        (a, b) if a.is_numeric() && b.is_numeric() => true,
        (Binary | FixedBinary(_) | Uuid, Binary | FixedBinary(_) | Uuid) => true,
        (Date | Timestamp(..), Date | Timestamp(..)) => true,
        (Timestamp(..), Time(_)) | (Time(_), Time(_)) | (Duration(_), Duration(_)) | (Duration(_), Interval) => true,
        (Time(_), Duration(_)) | (Interval, Duration(_)) => true,
        (List(a) | FixedList(a, _) | Embedding(a, _), List(b) | FixedList(b, _) | Embedding(b, _)) => can_cast(a, b),
        (Struct(a), Struct(b)) => b.iter().all(|f| a.iter().find(|g| g.name == f.name).is_none_or(|g| can_cast(&g.ty, &f.ty))),
        (Map(k, v), Map(l, w)) => can_cast(k, l) && can_cast(v, w),
        (Image(_), Image(None)) => true,
        (Tensor(a, _), Tensor(b, None)) => a == b,
        _ => false,
    }
}

fn no_cast(from: &Type, to: &Type) -> Error {
    let error = Error::type_mismatch(format!("{from} cannot be cast to {to}"));
    match (from, to) {
        (f, t) if f.is_integer() && t.is_temporal() || f.is_temporal() && t.is_integer() => {
            error.with_help("numbers count units from some moment: say which with a function such as `from_unix`, or read text")
        }
        _ => error,
    }
}

/// A flat array of `from` as `to`; the types differ and can be cast.
pub(crate) fn cast_array(array: &ArrayRef, from: &Type, to: &Type, mode: CastMode) -> Result<ArrayRef> {
    use Type::*;
    if from == to {
        return Ok(ArrayRef::clone(array));
    }
    match to {
        _ if *from == Null => Ok(arrow::array::new_null_array(&to.to_arrow(), array.len())),
        Bool => bool::cast(array, from, mode),
        Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 | UInt64 => integer::cast(array, from, to, mode),
        Float16 | Float32 | Float64 => float::cast(array, from, to, mode),
        Decimal { precision, scale } => decimal::cast(array, from, to, *precision, *scale, mode),
        String | File => text::cast(array, from, mode),
        Binary | FixedBinary(_) | Uuid => binary::cast(array, from, to, mode),
        Date | Time(_) | Timestamp(..) | Duration(_) | Interval => temporal::cast(array, from, to, mode),
        List(_) | FixedList(..) | Embedding(..) | Struct(_) | Map(..) => nested::cast(array, from, to, mode),
        Image(_) | Tensor(..) => Ok(ArrayRef::clone(array)),
        Null | SparseTensor(_) => Err(no_cast(from, to)),
    }
}
