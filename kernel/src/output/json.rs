//! Values as JSON.
//!
//! Integers and decimals are numbers with all their digits; floats the shortest number that reads
//! back the same, and `"NaN"`, `"Infinity"`, `"-Infinity"` where JSON has no number. Dates, times
//! and spans are ISO 8601, bytes base64, pictures `data:` addresses of a PNG, structs objects, maps
//! objects where their keys are text and else lists of `{"key", "value"}`; tensors are objects of
//! their cells and shape.

use std::fmt::Write as _;

use arrow::array::types::{Float64Type, Int32Type, Int64Type};
use arrow::array::{Array, ArrayRef, AsArray};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use weft_core::types::Type;
use weft_core::value::text::{date_text, decimal_text, float_text};
use weft_core::{Chunk, Result, Value};

use crate::display::{Form, duration, float16_text, float32_text, interval, png, scalar_text, time, timestamp, uuid_text};

/// What stands for a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pictures {
    /// All of it, as PNG.
    Whole,
    /// Its size.
    Described,
}

/// A column of a chunk, for reading row by row.
pub(super) struct Cells(ArrayRef);

impl Cells {
    /// The columns of the chunk's rows that count.
    pub(super) fn of(chunk: &Chunk) -> Result<Vec<Self>> {
        let chunk = chunk.clone().compact()?;
        chunk.columns().iter().map(|series| Ok(Cells(series.to_flat()?))).collect()
    }

    pub(super) fn is_null(&self, row: usize) -> bool {
        self.0.is_null(row) || self.0.data_type().is_null()
    }

    /// The text of a row, in a column of texts.
    pub(super) fn text(&self, row: usize) -> Option<&str> {
        self.0.as_string_view_opt().map(|texts| texts.value(row))
    }

    /// Appends the value of a row. Frequent types are read without a detour over [`Value`].
    pub(super) fn push_json(&self, out: &mut String, row: usize, ty: &Type, pictures: Pictures) -> Result<()> {
        if self.is_null(row) {
            out.push_str("null");
            return Ok(());
        }
        match ty {
            Type::Int64 => push(out, self.0.as_primitive::<Int64Type>().value(row)),
            Type::Int32 => push(out, self.0.as_primitive::<Int32Type>().value(row)),
            Type::Float64 => push_float(out, self.0.as_primitive::<Float64Type>().value(row), float_text),
            Type::String | Type::File => push_string(out, self.0.as_string_view().value(row)),
            _ => push_value(out, ty, &Value::from_array(&self.0, row, ty)?, pictures),
        }
        Ok(())
    }
}

/// The JSON of a value as a text of its own: without the quotes that JSON puts around times, bytes
/// and pictures. Nested values stay JSON.
pub(super) fn unquoted<'a>(text: &'a str, ty: &Type) -> &'a str {
    use Type::*;
    if matches!(ty, List(_) | FixedList(..) | Struct(_) | Map(..) | Tensor(..) | SparseTensor(_) | Embedding(..)) {
        return text;
    }
    text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(text)
}

/// Appends a value of any type.
pub(crate) fn push_value(out: &mut String, ty: &Type, value: &Value, pictures: Pictures) {
    match (ty, value) {
        (_, Value::Null) => out.push_str("null"),
        (_, Value::Bool(b)) => push(out, b),
        (_, Value::Int(n)) => push(out, n),
        (_, Value::UInt(n)) => push(out, n),
        (Type::Float32, Value::Float(x)) => push_float(out, *x, |x| float32_text(x as f32)),
        (Type::Float16, Value::Float(x)) => push_float(out, *x, float16_text),
        (_, Value::Float(x)) => push_float(out, *x, float_text),
        (_, Value::Decimal(digits, scale)) => out.push_str(&decimal_text(*digits, *scale)),
        (_, Value::String(text)) => push_string(out, text),
        (Type::Uuid, Value::Binary(bytes)) => push_quoted(out, &uuid_text(bytes)),
        (_, Value::Binary(bytes)) => push_quoted(out, &STANDARD.encode(bytes)),
        (_, Value::Date(days)) => push_quoted(out, &date_text(*days)),
        (Type::Time(unit), Value::Time(n)) => push_quoted(out, &time(*n, *unit)),
        (Type::Timestamp(unit, zone), Value::Timestamp(n)) => {
            push_string(out, &timestamp(*n, *unit, zone.as_deref(), Form::Iso));
        }
        (Type::Duration(unit), Value::Duration(n)) => push_quoted(out, &duration(*n, *unit, Form::Iso)),
        (_, Value::Time(n) | Value::Timestamp(n) | Value::Duration(n)) => push(out, n),
        (_, Value::Interval(months, days, nanos)) => push_quoted(out, &interval(*months, *days, *nanos, Form::Iso)),
        (_, Value::List(items)) => push_list(out, ty, items, pictures),
        (_, Value::Struct(members)) => push_struct(out, ty, value, members, pictures),
        (_, Value::Map(entries)) => push_map(out, ty, entries, pictures),
    }
}

fn push_list(out: &mut String, ty: &Type, items: &[Value], pictures: Pictures) {
    let item_type = match ty {
        Type::List(item) | Type::FixedList(item, _) | Type::Embedding(item, _) => item,
        _ => &Type::Null,
    };
    out.push('[');
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        push_value(out, item_type, item, pictures);
    }
    out.push(']');
}

fn push_struct(out: &mut String, ty: &Type, value: &Value, members: &[Value], pictures: Pictures) {
    let shape = Type::list(Type::UInt64);
    match ty {
        Type::Image(_) => push_picture(out, ty, value, pictures),
        Type::Struct(fields) => push_object(out, fields.iter().map(|f| (&*f.name, &f.ty)).zip(members), pictures),
        Type::Tensor(item, _) => {
            let cells = Type::List(item.clone());
            push_object(out, [("data", &cells), ("shape", &shape)].into_iter().zip(members), pictures);
        }
        Type::SparseTensor(item) => {
            let cells = Type::List(item.clone());
            let names = [("values", &cells), ("indices", &shape), ("shape", &shape)];
            push_object(out, names.into_iter().zip(members), pictures);
        }
        _ => push_list(out, ty, members, pictures),
    }
}

fn push_object<'a>(out: &mut String, members: impl Iterator<Item = ((&'a str, &'a Type), &'a Value)>, pictures: Pictures) {
    out.push('{');
    for (i, ((name, ty), value)) in members.enumerate() {
        if i > 0 {
            out.push(',');
        }
        push_string(out, name);
        out.push(':');
        push_value(out, ty, value, pictures);
    }
    out.push('}');
}

fn push_map(out: &mut String, ty: &Type, entries: &[(Value, Value)], pictures: Pictures) {
    let (key_type, value_type) = match ty {
        Type::Map(key, value) => (&**key, &**value),
        _ => (&Type::Null, &Type::Null),
    };
    let texts = entries.iter().map(|(key, value)| Some((key.as_str()?, value))).collect::<Option<Vec<_>>>();
    if let Some(texts) = texts {
        return push_object(out, texts.into_iter().map(|(key, value)| ((key, value_type), value)), pictures);
    }
    out.push('[');
    for (i, (key, value)) in entries.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        push_object(out, [(("key", key_type), key), (("value", value_type), value)].into_iter(), pictures);
    }
    out.push(']');
}

fn push_picture(out: &mut String, ty: &Type, value: &Value, pictures: Pictures) {
    if pictures == Pictures::Whole
        && let Ok(png) = png(value)
    {
        return push_quoted(out, &format!("data:image/png;base64,{}", STANDARD.encode(png)));
    }
    push_string(out, &scalar_text(ty, value));
}

fn push(out: &mut String, value: impl std::fmt::Display) {
    // Writing to a string does not fail.
    let _ = write!(out, "{value}");
}

fn push_float(out: &mut String, x: f64, text: impl Fn(f64) -> String) {
    match x {
        x if x.is_nan() => out.push_str("\"NaN\""),
        x if x == f64::INFINITY => out.push_str("\"Infinity\""),
        x if x == f64::NEG_INFINITY => out.push_str("\"-Infinity\""),
        x => out.push_str(&text(x)),
    }
}

/// Appends a text of which no character needs an escape.
fn push_quoted(out: &mut String, text: &str) {
    out.push('"');
    out.push_str(text);
    out.push('"');
}

/// Appends a text, escaped.
pub(crate) fn push_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use weft_core::{Field, TimeUnit};

    use super::*;

    fn json(ty: &Type, value: &Value) -> String {
        let mut out = String::new();
        push_value(&mut out, ty, value, Pictures::Whole);
        assert!(serde_json::from_str::<serde_json::Value>(&out).is_ok(), "{out}");
        out
    }

    #[test]
    fn numbers_keep_their_digits() {
        assert_eq!(json(&Type::UInt64, &Value::UInt(u64::MAX)), "18446744073709551615");
        let money = Type::Decimal { precision: 38, scale: 3 };
        assert_eq!(json(&money, &Value::Decimal(12_345_678_901_234_567_890_123, 3)), "12345678901234567890.123");
        assert_eq!(json(&Type::Float32, &Value::Float(f64::from(0.1f32))), "0.1");
        assert_eq!(json(&Type::Float64, &Value::Float(f64::NAN)), "\"NaN\"");
        assert_eq!(json(&Type::Float64, &Value::Float(1e300)), "1e300");
    }

    #[test]
    fn texts_are_escaped() {
        assert_eq!(json(&Type::String, &Value::string("\"\\\n\u{1}\u{7f}é")), r#""\"\\\n\u0001\u007fé""#);
    }

    #[test]
    fn times_are_iso() {
        let zoned = Type::Timestamp(TimeUnit::Second, Some("UTC".into()));
        assert_eq!(json(&zoned, &Value::Timestamp(0)), "\"1970-01-01T00:00:00Z\"");
        assert_eq!(json(&Type::Date, &Value::Date(1)), "\"1970-01-02\"");
        assert_eq!(json(&Type::Duration(TimeUnit::Second), &Value::Duration(90)), "\"PT1M30S\"");
    }

    #[test]
    fn nested_values() {
        let ty = Type::Struct(vec![Field::new("a\"", Type::list(Type::Binary))].into());
        let value = Value::Struct(vec![Value::List(vec![Value::Binary(b"hi".as_slice().into()), Value::Null])]);
        assert_eq!(json(&ty, &value), r#"{"a\"":["aGk=",null]}"#);
        let map = Type::Map(Type::Int64.into(), Type::Bool.into());
        assert_eq!(json(&map, &Value::Map(vec![(Value::Int(1), Value::Bool(true))])), r#"[{"key":1,"value":true}]"#);
        let map = Type::Map(Type::String.into(), Type::Bool.into());
        assert_eq!(json(&map, &Value::Map(vec![(Value::string("k"), Value::Null)])), r#"{"k":null}"#);
        let tensor = Type::Tensor(Type::Int8.into(), None);
        let value = Value::Struct(vec![Value::List(vec![Value::Int(7)]), Value::List(vec![Value::Int(1)])]);
        assert_eq!(json(&tensor, &value), r#"{"data":[7],"shape":[1]}"#);
    }
}
