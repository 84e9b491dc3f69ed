//! Single values as people read them. The text is raw: whoever shows it passes it through `visible`.

use std::fmt::Write as _;

use weft_core::types::{ImageMode, Type};
use weft_core::value::Value;
use weft_core::value::text::{date_text, decimal_text, float_text};

use super::temporal::{self, Form};

/// The text of a value, at most about `limit` characters long: a list of millions stops there.
pub(crate) fn value_text(ty: &Type, value: &Value, limit: usize) -> String {
    let mut out = String::new();
    push_value(&mut out, ty, value, limit, false);
    out
}

/// Whether values of the type are folded when they are long.
pub(crate) fn is_nested(ty: &Type) -> bool {
    use Type::*;
    matches!(ty, List(_) | FixedList(..) | Struct(_) | Map(..) | Tensor(..) | SparseTensor(_) | Embedding(..))
}

/// Appends a value. Inside another value text stands in quotes. Stops once `limit` bytes are passed.
fn push_value(out: &mut String, ty: &Type, value: &Value, limit: usize, nested: bool) {
    match (ty, value) {
        (_, Value::Null) => out.push_str("null"),
        (Type::String | Type::File, Value::String(text)) if nested => push_quoted(out, text, limit),
        (Type::List(item) | Type::FixedList(item, _) | Type::Embedding(item, _), Value::List(items)) => {
            push_all(out, '[', ']', limit, items, |out, value| push_value(out, item, value, limit, true));
        }
        (Type::Struct(fields), Value::Struct(members)) => {
            let pairs: Vec<_> = fields.iter().zip(members).collect();
            push_all(out, '{', '}', limit, &pairs, |out, (field, value)| {
                out.push_str(&field.name);
                out.push_str(": ");
                push_value(out, &field.ty, value, limit, true);
            });
        }
        (Type::Map(key_type, value_type), Value::Map(entries)) => {
            push_all(out, '{', '}', limit, entries, |out, (key, value)| {
                push_value(out, key_type, key, limit, true);
                out.push_str(": ");
                push_value(out, value_type, value, limit, true);
            });
        }
        (Type::Tensor(item, _) | Type::SparseTensor(item), Value::Struct(members)) => {
            push_tensor(out, item, members, limit);
        }
        _ => out.push_str(&scalar_text(ty, value)),
    }
}

fn push_all<T>(out: &mut String, open: char, close: char, limit: usize, items: &[T], each: impl Fn(&mut String, &T)) {
    out.push(open);
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        if out.len() > limit {
            out.push('…');
            break;
        }
        each(out, item);
    }
    out.push(close);
}

fn push_quoted(out: &mut String, text: &str, limit: usize) {
    let (text, more) = super::visible::cut(text, limit);
    out.push('"');
    for c in text.chars() {
        if c == '"' || c == '\\' {
            out.push('\\');
        }
        out.push(c);
    }
    out.push_str(if more { "…\"" } else { "\"" });
}

/// `2×3 [1.0, …]`: the shape, the cells; of a sparse one also where they stand.
fn push_tensor(out: &mut String, item: &Type, members: &[Value], limit: usize) {
    if let Some(Value::List(shape)) = members.last() {
        let sides: Vec<String> = shape.iter().map(ToString::to_string).collect();
        out.push_str(&sides.join("×"));
        out.push(' ');
    }
    if let Some(Value::List(cells)) = members.first() {
        push_all(out, '[', ']', limit, cells, |out, cell| push_value(out, item, cell, limit, true));
    }
    if let (3, Some(Value::List(places))) = (members.len(), members.get(1)) {
        out.push_str(" at ");
        push_all(out, '[', ']', limit, places, |out, place| push_value(out, &Type::UInt64, place, limit, true));
    }
}

/// The text of a value that holds no others.
pub(crate) fn scalar_text(ty: &Type, value: &Value) -> String {
    match (ty, value) {
        (Type::Float32, Value::Float(x)) => float32_text(*x as f32),
        (Type::Float16, Value::Float(x)) => float16_text(*x),
        (_, Value::Float(x)) => float_text(*x),
        (_, Value::Decimal(digits, scale)) => decimal_text(*digits, *scale),
        (_, Value::String(text)) => text.to_string(),
        (Type::Uuid, Value::Binary(bytes)) => uuid_text(bytes),
        (_, Value::Binary(bytes)) => format!("binary, {}", bytes_text(bytes.len() as u64)),
        (_, Value::Date(days)) => date_text(*days),
        (Type::Time(unit), Value::Time(n)) => temporal::time(*n, *unit),
        (Type::Timestamp(unit, zone), Value::Timestamp(n)) => temporal::timestamp(*n, *unit, zone.as_deref(), Form::Human),
        (Type::Duration(unit), Value::Duration(n)) => temporal::duration(*n, *unit, Form::Human),
        (_, Value::Interval(months, days, nanos)) => temporal::interval(*months, *days, *nanos, Form::Human),
        (Type::Image(_), Value::Struct(members)) => image_text(members),
        (_, other) => other.to_string(),
    }
}

/// `image, 640×480 RGB`
fn image_text(members: &[Value]) -> String {
    let number = |i: usize| members.get(i).and_then(Value::as_int).unwrap_or(0);
    let mode = u8::try_from(number(1)).ok().and_then(ImageMode::from_code);
    format!("image, {}×{} {}", number(2), number(3), mode.map_or("?", ImageMode::name))
}

/// The shortest text that reads back as the same 32-bit float.
pub(crate) fn float32_text(x: f32) -> String {
    if x.is_finite() { format!("{x:?}") } else { float_text(f64::from(x)) }
}

/// The shortest text that reads back as the same 16-bit float; five digits always do.
pub(crate) fn float16_text(x: f64) -> String {
    use arrow::datatypes::{ArrowPrimitiveType, Float16Type};
    type Half = <Float16Type as ArrowPrimitiveType>::Native;
    let shortest = (0..5).find_map(|digits| {
        let near: f64 = format!("{x:.digits$e}").parse().ok()?;
        (Half::from_f64(near) == Half::from_f64(x)).then_some(near)
    });
    float_text(shortest.unwrap_or(x))
}

/// `1.2 KB`, by thousands.
pub(crate) fn bytes_text(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut size = bytes as f64 / 1000.0;
    let mut unit = 0;
    while size >= 999.95 && unit + 1 < UNITS.len() {
        size /= 1000.0;
        unit += 1;
    }
    format!("{size:.1} {}", UNITS[unit])
}

/// `1,234,567`
pub(crate) fn count_text(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Sixteen bytes as `00000000-0000-0000-0000-000000000000`.
pub(crate) fn uuid_text(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(36);
    for (i, byte) in bytes.iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        // Writing to a string does not fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

#[cfg(test)]
mod tests {
    use weft_core::{Field, TimeUnit};

    use super::*;

    fn text(ty: &Type, value: &Value) -> String {
        value_text(ty, value, 200)
    }

    #[test]
    fn numbers_are_exact_and_short() {
        assert_eq!(text(&Type::Float64, &Value::Float(0.1 + 0.2)), "0.30000000000000004");
        assert_eq!(text(&Type::Float32, &Value::Float(f64::from(0.1f32))), "0.1");
        assert_eq!(text(&Type::Float16, &Value::Float(0.099_975_585_937_5)), "0.1");
        assert_eq!(text(&Type::Float16, &Value::Float(65504.0)), "65500.0");
        assert_eq!(text(&Type::Float64, &Value::Float(f64::NEG_INFINITY)), "-inf");
        let money = Type::Decimal { precision: 15, scale: 2 };
        assert_eq!(text(&money, &Value::Decimal(-5, 2)), "-0.05");
        assert_eq!(text(&Type::UInt64, &Value::UInt(u64::MAX)), "18446744073709551615");
    }

    #[test]
    fn nested_values_quote_their_text() {
        let ty = Type::Struct(vec![Field::new("a", Type::list(Type::String)), Field::new("b", Type::Date)].into());
        let value = Value::Struct(vec![Value::List(vec![Value::string("x\"y"), Value::Null]), Value::Date(0)]);
        assert_eq!(text(&ty, &value), r#"{a: ["x\"y", null], b: 1970-01-01}"#);
        let map = Type::Map(Type::String.into(), Type::Duration(TimeUnit::Second).into());
        assert_eq!(text(&map, &Value::Map(vec![(Value::string("k"), Value::Duration(90))])), r#"{"k": 1min 30s}"#);
    }

    #[test]
    fn long_lists_stop() {
        let list = Value::List((0..1_000_000).map(Value::Int).collect());
        assert_eq!(value_text(&Type::list(Type::Int64), &list, 10), "[0, 1, 2, 3, …]");
    }

    #[test]
    fn bytes_and_identifiers() {
        assert_eq!(text(&Type::Binary, &Value::Binary(vec![0; 1234].into())), "binary, 1.2 KB");
        assert_eq!(bytes_text(999_960), "1.0 MB");
        assert_eq!(text(&Type::Uuid, &Value::Binary([0xab; 16].as_slice().into())), "abababab-abab-abab-abab-abababababab");
        assert_eq!(count_text(1_234_567), "1,234,567");
        assert_eq!(count_text(123), "123");
    }

    #[test]
    fn tensors_show_their_shape() {
        let ty = Type::Tensor(Type::Float32.into(), None);
        let cells = Value::List(vec![Value::Float(1.0), Value::Float(2.0)]);
        let shape = Value::List(vec![Value::Int(2), Value::Int(1)]);
        assert_eq!(text(&ty, &Value::Struct(vec![cells, shape])), "2×1 [1.0, 2.0]");
    }
}
