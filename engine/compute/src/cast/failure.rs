//! What happens to values that do not fit.

use arrow::array::{Array, ArrayRef};
use weft_core::expr::CastMode;
use weft_core::{Error, Result, Type, Value};

use super::text;

/// `result` where it is null only where `array` was, or where that is allowed; else the error for the first misfit.
pub(super) fn check(array: &ArrayRef, from: &Type, to: &Type, mode: CastMode, result: ArrayRef) -> Result<ArrayRef> {
    if mode == CastMode::Try || result.null_count() == array.logical_null_count() {
        return Ok(result);
    }
    let lost = (0..array.len()).find(|&row| result.is_null(row) && !array.is_null(row));
    match lost {
        Some(row) => Err(misfit(array, row, from, to)),
        None => Ok(result),
    }
}

/// "`abc` is not an int", "300 does not fit into int8".
pub(super) fn misfit(array: &ArrayRef, row: usize, from: &Type, to: &Type) -> Error {
    if let (Type::String, Ok(Value::String(text))) = (from, Value::from_array(array, row, from)) {
        let shown: String = text.chars().take(80).collect();
        let more = if shown.len() < text.len() { "…" } else { "" };
        let error = Error::value(format!("`{shown}{more}` is not {}", with_article(to)));
        return error.with_help(format!("`::?{to}` gives null for values that do not fit"));
    }
    let shown = text::of_row(array, from, row).unwrap_or_else(|_| "a value".into());
    Error::value(format!("{shown} does not fit into {to}")).with_help(format!("`::?{to}` gives null for values that do not fit"))
}

fn with_article(to: &Type) -> String {
    let name = to.to_string();
    let article = if name.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {name}")
}

/// An array whose element in row `i` is `f(i)`, null where the input is or `f` gives nothing.
pub(super) fn by_row<T, A: FromIterator<Option<T>>>(array: &dyn Array, mut f: impl FnMut(usize) -> Option<T>) -> A {
    let nulls = array.logical_nulls();
    (0..array.len()).map(|i| if nulls.as_ref().is_some_and(|n| n.is_null(i)) { None } else { f(i) }).collect()
}
