//! Comparisons: the type in which two sides are compared, and the call of the kernel.

use weft_compute::{Comparison, compare};
use weft_core::function::{ArgType, Properties, Signature};
use weft_core::types::common_type;
use weft_core::{Error, Result, Series, Type};

use super::literals::{counts_as, fits};

/// Facts of a comparison.
pub(in crate::operators) const PROPERTIES: Properties = Properties::SIMPLE;

/// Both sides in the type they are compared in; `symbol` stands in messages.
pub(in crate::operators) fn resolve(symbol: &str, ordered: bool, args: &[ArgType<'_>]) -> Result<Signature> {
    let [a, b] = args else { return Err(Error::internal("a comparison without two sides")) };
    let ty = meet(a, b).ok_or_else(|| mismatch(symbol, a, b))?;
    if ordered && !ty.is_ordered() {
        return Err(Error::type_mismatch(format!("{ty} has no order for `{symbol}`")));
    }
    if !ty.is_hashable() {
        return Err(Error::type_mismatch(format!("{ty} values cannot be compared with `{symbol}`")));
    }
    Ok(Signature { args: vec![ty.clone(), ty], output: Type::Bool })
}

fn meet(a: &ArgType<'_>, b: &ArgType<'_>) -> Option<Type> {
    // A number written out takes the column's type where it fits, so that the column needs no cast.
    match (a.value, b.value) {
        (None, Some(value)) if fits(value, a.ty) => return Some(a.ty.clone()),
        (Some(value), None) if fits(value, b.ty) => return Some(b.ty.clone()),
        _ => {}
    }
    let (x, y) = (counts_as(a, b), counts_as(b, a));
    match (&x, &y) {
        (Type::Duration(_), Type::Interval) => Some(x),
        (Type::Interval, Type::Duration(_)) => Some(y),
        _ => common_type(&x, &y),
    }
}

fn mismatch(symbol: &str, a: &ArgType<'_>, b: &ArgType<'_>) -> Error {
    let error = Error::type_mismatch(format!("`{symbol}` cannot compare {} and {}", a.ty, b.ty));
    match (a.ty, b.ty) {
        (Type::String, t) | (t, Type::String) if t.is_temporal() => {
            error.with_help("a date is written @2024-01-31; a column of text is cast with `::date` or `::timestamp`")
        }
        (Type::String, t) | (t, Type::String) => error.with_help(format!("cast one side, as in `x::{t}` or `x::str`")),
        _ => error,
    }
}

/// A bool for each row.
pub(in crate::operators) fn call(op: Comparison, args: &[Series]) -> Result<Series> {
    let [a, b] = args else { return Err(Error::internal("a comparison without two sides")) };
    compare(op, a, b)
}
