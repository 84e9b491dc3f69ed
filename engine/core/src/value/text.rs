//! Values as text, for messages and plans. Tables are rendered by the kernel, with the type at hand.

use std::fmt;

use super::Value;

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("null"),
            Value::Bool(b) => write!(f, "{b}"),
            Value::Int(n) => write!(f, "{n}"),
            Value::UInt(n) => write!(f, "{n}"),
            Value::Float(x) => f.write_str(&float_text(*x)),
            Value::Decimal(digits, scale) => f.write_str(&decimal_text(*digits, *scale)),
            Value::String(text) => write!(f, "{text:?}"),
            Value::Binary(bytes) => write!(f, "binary of {} bytes", bytes.len()),
            Value::Date(days) => f.write_str(&date_text(*days)),
            Value::Time(n) | Value::Timestamp(n) | Value::Duration(n) => write!(f, "{n}"),
            Value::Interval(months, days, nanos) => write!(f, "{months}mo {days}d {nanos}ns"),
            Value::List(items) => {
                f.write_str("[")?;
                separated(f, items)?;
                f.write_str("]")
            }
            Value::Struct(members) => {
                f.write_str("{")?;
                separated(f, members)?;
                f.write_str("}")
            }
            Value::Map(entries) => {
                f.write_str("{")?;
                for (i, (key, value)) in entries.iter().enumerate() {
                    let comma = if i == 0 { "" } else { ", " };
                    write!(f, "{comma}{key}: {value}")?;
                }
                f.write_str("}")
            }
        }
    }
}

fn separated(f: &mut fmt::Formatter<'_>, values: &[Value]) -> fmt::Result {
    for (i, value) in values.iter().enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        write!(f, "{comma}{value}")?;
    }
    Ok(())
}

/// The shortest text that reads back as the same float; always with a point or exponent, so that it is no integer.
pub fn float_text(x: f64) -> String {
    if x.is_nan() {
        return "NaN".into();
    }
    if x.is_infinite() {
        return if x > 0.0 { "inf".into() } else { "-inf".into() };
    }
    format!("{x:?}")
}

/// `12345` at scale 2 as `123.45`.
pub fn decimal_text(digits: i128, scale: i8) -> String {
    let sign = if digits < 0 { "-" } else { "" };
    let plain = digits.unsigned_abs().to_string();
    match usize::try_from(scale) {
        Ok(0) => format!("{sign}{plain}"),
        Ok(scale) => {
            let padded = format!("{plain:0>width$}", width = scale + 1);
            let (whole, fraction) = padded.split_at(padded.len() - scale);
            format!("{sign}{whole}.{fraction}")
        }
        Err(_) => format!("{sign}{plain}{}", "0".repeat(usize::from(scale.unsigned_abs()))),
    }
}

/// Days since 1970-01-01 as `2024-01-31`, or the count where the calendar ends.
pub fn date_text(days: i32) -> String {
    let date = chrono::DateTime::from_timestamp(i64::from(days) * 86_400, 0);
    date.map_or_else(|| format!("day {days}"), |d| d.format("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_dates_read_as_written() {
        assert_eq!(decimal_text(-5, 2), "-0.05");
        assert_eq!(decimal_text(12345, 2), "123.45");
        assert_eq!(decimal_text(7, 0), "7");
        assert_eq!(date_text(0), "1970-01-01");
        assert_eq!(float_text(1e300), "1e300");
        assert_eq!(float_text(2.0), "2.0");
    }
}
