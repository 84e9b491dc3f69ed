//! `~` and `!~`: looking for a pattern in each row.

use arrow::array::{Array, AsArray, BooleanArray};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use weft_compute::encoding::from_array;
use weft_core::function::{ArgType, Properties, Signature};
use weft_core::{Error, Result, Series, Type, Value};

use super::pattern::{Pattern, compiled};

/// A pattern that is a column's value may be no regular expression; a constant one is checked when it is resolved.
pub(in crate::operators) const PROPERTIES: Properties = Properties::SIMPLE.fallible();

pub(in crate::operators) fn resolve(symbol: &str, args: &[ArgType<'_>]) -> Result<Signature> {
    if let Some(odd) = args.iter().find(|a| !matches!(a.ty, Type::String | Type::Null)) {
        return Err(Error::type_mismatch(format!("`{symbol}` looks for a pattern in text, not in {}", odd.ty))
            .with_help("other values become text with `::str`"));
    }
    if let Some(Value::String(pattern)) = args.get(1).and_then(|a| a.value) {
        Pattern::new(pattern)?;
    }
    Ok(Signature { args: vec![Type::String; args.len()], output: Type::Bool })
}

/// A bool for each row: `found` where the pattern is found, else the opposite.
pub(in crate::operators) fn call(args: &[Series], rows: usize, found: bool) -> Result<Series> {
    let [text, pattern] = args else { return Err(Error::internal("a search needs text and a pattern")) };
    let texts = text.to_flat()?;
    let texts = texts.as_string_view();
    if let Some(constant) = pattern.as_constant() {
        if constant.is_null(0) {
            return Ok(Series::nulls(Type::Bool, rows));
        }
        let pattern = compiled(constant.as_string_view().value(0))?;
        let bits = BooleanBuffer::collect_bool(rows, |i| texts.is_valid(i) && pattern.is_match(texts.value(i)) == found);
        return from_array(Type::Bool, BooleanArray::new(bits, texts.nulls().cloned()));
    }
    let patterns = pattern.to_flat()?;
    let patterns = patterns.as_string_view();
    let nulls = NullBuffer::union(texts.nulls(), patterns.nulls());
    let mut bits = Vec::with_capacity(rows);
    for i in 0..rows {
        let valid = nulls.as_ref().is_none_or(|n| n.is_valid(i));
        bits.push(valid && compiled(patterns.value(i))?.is_match(texts.value(i)) == found);
    }
    from_array(Type::Bool, BooleanArray::new(bits.into(), nulls))
}
