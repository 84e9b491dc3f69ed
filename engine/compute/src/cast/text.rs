//! Values as text: what `x::str` and f-strings give.

use std::fmt::Write;
use std::sync::Arc;

use arrow::array::timezone::Tz;
use arrow::array::types::*;
use arrow::array::{Array, ArrayRef, AsArray, StringViewBuilder};
use chrono::{NaiveDateTime, Offset, TimeZone};
use weft_core::expr::CastMode;
use weft_core::value::text::{date_text, decimal_text, float_text};
use weft_core::{Error, Result, TimeUnit, Type, Value};

use super::zone;

pub(super) fn cast(array: &ArrayRef, from: &Type, mode: CastMode) -> Result<ArrayRef> {
    if matches!(from, Type::File | Type::String) {
        return Ok(Arc::clone(array));
    }
    let mut builder = StringViewBuilder::with_capacity(array.len());
    let clock = match from {
        Type::Timestamp(_, Some(name)) => Some(zone::zone(name)?),
        _ => None,
    };
    let mut text = String::new();
    for row in 0..array.len() {
        if array.is_null(row) {
            builder.append_null();
            continue;
        }
        text.clear();
        match from {
            Type::Binary | Type::FixedBinary(_) => {
                let Value::Binary(bytes) = Value::from_array(array, row, from)? else { continue };
                match std::str::from_utf8(&bytes) {
                    Ok(utf8) => builder.append_value(utf8),
                    Err(_) if mode == CastMode::Try => builder.append_null(),
                    Err(_) => return Err(Error::value("the bytes are not UTF-8 text")),
                }
                continue;
            }
            _ => write_row(&mut text, array, from, row, clock.as_ref())?,
        }
        builder.append_value(&text);
    }
    Ok(Arc::new(builder.finish()))
}

/// The text of one value; `null` for null.
pub(super) fn of_row(array: &ArrayRef, ty: &Type, row: usize) -> Result<String> {
    let mut text = String::new();
    let clock = match ty {
        Type::Timestamp(_, Some(name)) => Some(zone::zone(name)?),
        _ => None,
    };
    write_row(&mut text, array, ty, row, clock.as_ref())?;
    Ok(text)
}

fn write_row(out: &mut String, array: &ArrayRef, ty: &Type, row: usize, clock: Option<&Tz>) -> Result<()> {
    // The common types without a detour through `Value`.
    match ty {
        _ if array.is_null(row) => out.push_str("null"),
        Type::Int64 => display(out, array.as_primitive::<Int64Type>().value(row)),
        Type::Int32 => display(out, array.as_primitive::<Int32Type>().value(row)),
        Type::Float64 => out.push_str(&float_text(array.as_primitive::<Float64Type>().value(row))),
        Type::Float32 => out.push_str(&float32_text(array.as_primitive::<Float32Type>().value(row))),
        _ => write_value(out, &Value::from_array(array, row, ty)?, ty, clock)?,
    }
    Ok(())
}

fn display(out: &mut String, value: impl std::fmt::Display) {
    // Writing into a String cannot fail.
    let _ = write!(out, "{value}");
}

/// The shortest text that reads back as the same 32-bit float.
fn float32_text(x: f32) -> String {
    if x.is_finite() { format!("{x:?}") } else { float_text(f64::from(x)) }
}

/// The text of a value of type `ty`, as `x::str` gives it.
///
/// # Errors
/// For an unknown time zone.
pub fn value_text(value: &Value, ty: &Type) -> Result<String> {
    let mut out = String::new();
    let clock = match ty {
        Type::Timestamp(_, Some(name)) => Some(zone::zone(name)?),
        _ => None,
    };
    write_value(&mut out, value, ty, clock.as_ref())?;
    Ok(out)
}

fn write_value(out: &mut String, value: &Value, ty: &Type, clock: Option<&Tz>) -> Result<()> {
    match (value, ty) {
        (Value::String(text), _) => out.push_str(text),
        (Value::Date(days), _) => out.push_str(&date_text(*days)),
        (Value::Decimal(digits, scale), _) => out.push_str(&decimal_text(*digits, *scale)),
        (Value::Float(x), Type::Float32 | Type::Float16) => out.push_str(&float32_text(*x as f32)),
        (Value::Timestamp(n), Type::Timestamp(unit, _)) => write_timestamp(out, *n, *unit, clock),
        (Value::Time(n), Type::Time(unit)) => match zone::naive(*n, *unit) {
            Some(time) => display(out, time.format("%H:%M:%S%.f")),
            None => display(out, n),
        },
        (Value::Duration(n), Type::Duration(unit)) => write_duration(out, *n, *unit),
        (Value::Binary(bytes), Type::Uuid) => write_uuid(out, bytes),
        (Value::Interval(months, days, nanos), _) => write_interval(out, *months, *days, *nanos),
        (Value::List(items), Type::List(item) | Type::FixedList(item, _) | Type::Embedding(item, _)) => {
            write_all(out, ('[', ']'), items.iter().map(|v| (None, v, &**item)))?;
        }
        (Value::Struct(members), Type::Struct(fields)) => {
            let named = members.iter().zip(fields.iter()).map(|(v, f)| (Some(f.name.to_string()), v, &f.ty));
            write_all(out, ('{', '}'), named)?;
        }
        (Value::Map(entries), Type::Map(key, item)) => {
            let mut keyed = Vec::with_capacity(entries.len());
            for (k, v) in entries {
                keyed.push((Some(value_text(k, key)?), v, &**item));
            }
            write_all(out, ('{', '}'), keyed.into_iter())?;
        }
        (other, _) => display(out, other),
    }
    Ok(())
}

/// Members between brackets, text among them in quotes.
fn write_all<'a>(
    out: &mut String,
    brackets: (char, char),
    members: impl Iterator<Item = (Option<String>, &'a Value, &'a Type)>,
) -> Result<()> {
    out.push(brackets.0);
    for (i, (name, value, ty)) in members.enumerate() {
        out.push_str(if i == 0 { "" } else { ", " });
        if let Some(name) = name {
            display(out, format_args!("{name}: "));
        }
        match value {
            Value::String(_) => display(out, value),
            value => out.push_str(&value_text(value, ty)?),
        }
    }
    out.push(brackets.1);
    Ok(())
}

/// `2024-01-31 10:00:00.5`, with the zone's offset where there is a zone.
fn write_timestamp(out: &mut String, n: i64, unit: TimeUnit, clock: Option<&Tz>) {
    let plain = |out: &mut String, time: NaiveDateTime| display(out, time.format("%Y-%m-%d %H:%M:%S%.f"));
    match (zone::naive(n, unit), clock) {
        (None, _) => display(out, format_args!("{n}{unit}")),
        (Some(time), None) => plain(out, time),
        (Some(time), Some(zone)) => {
            let offset = zone.offset_from_utc_datetime(&time).fix();
            plain(out, time + offset);
            display(out, offset);
        }
    }
}

fn write_uuid(out: &mut String, bytes: &[u8]) {
    for (i, byte) in bytes.iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        display(out, format_args!("{byte:02x}"));
    }
}

/// `1d2h3min4.5s`, which reads back as the same duration.
fn write_duration(out: &mut String, n: i64, unit: TimeUnit) {
    let nanos = i128::from(n) * i128::from(1_000_000_000 / unit.per_second());
    if nanos < 0 {
        out.push('-');
    }
    let mut rest = nanos.unsigned_abs();
    let before = out.len();
    for (name, size) in [("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("min", 60_000_000_000)] {
        if rest >= size {
            display(out, format_args!("{}{name}", rest / size));
            rest %= size;
        }
    }
    if rest > 0 || out.len() == before {
        let seconds = decimal_text(rest as i128, 9);
        let seconds = seconds.trim_end_matches('0').trim_end_matches('.');
        display(out, format_args!("{seconds}s"));
    }
}

fn write_interval(out: &mut String, months: i32, days: i32, nanos: i64) {
    let before = out.len();
    if months != 0 {
        display(out, format_args!("{months}mo"));
    }
    if days != 0 {
        display(out, format_args!("{days}d"));
    }
    if nanos != 0 || out.len() == before {
        write_duration(out, nanos, TimeUnit::Nanosecond);
    }
}
