//! Casts to dates, times, timestamps, durations and intervals.

use std::sync::Arc;

use arrow::array::timezone::Tz;
use arrow::array::types::{Int32Type, Int64Type, IntervalMonthDayNanoType};
use arrow::array::{Array, ArrayRef, AsArray, Date32Array, Int64Array, IntervalMonthDayNanoArray, make_array};
use arrow::compute::kernels::cast_utils::string_to_datetime;
use arrow::datatypes::{DataType, IntervalMonthDayNano};
use chrono::{NaiveDate, NaiveTime, Timelike, Utc};
use weft_core::expr::CastMode;
use weft_core::{Error, Result, TimeUnit, Type};

use super::failure::{by_row, check};
use super::zone;

const DAY: i64 = 86_400;

pub(super) fn cast(array: &ArrayRef, from: &Type, to: &Type, mode: CastMode) -> Result<ArrayRef> {
    let result = match (from, to) {
        (Type::String, _) => of_text(array, to)?,
        (Type::Timestamp(unit, name), Type::Date) => {
            let (values, clock) = (units(array)?, clock(name)?);
            let per_day = DAY * unit.per_second();
            let day = |i: usize| i32::try_from(local(values[i], *unit, &clock)?.div_euclid(per_day)).ok();
            Arc::new(by_row::<i32, Date32Array>(array, day))
        }
        (Type::Date, Type::Timestamp(unit, name)) => {
            let (values, clock) = (units(array)?, clock(name)?);
            let per_day = DAY * unit.per_second();
            of_units(array, to, |i| instant(values[i].checked_mul(per_day)?, *unit, &clock))?
        }
        (Type::Timestamp(a, from_zone), Type::Timestamp(b, to_zone)) => {
            let (values, from_clock, to_clock) = (units(array)?, clock(from_zone)?, clock(to_zone)?);
            of_units(array, to, |i| {
                let value = convert(values[i], *a, *b)?;
                match (&from_clock, &to_clock) {
                    (Some(_), Some(_)) | (None, None) => Some(value),
                    (Some(_), None) => local(value, *b, &from_clock),
                    (None, Some(_)) => instant(value, *b, &to_clock),
                }
            })?
        }
        (Type::Timestamp(a, name), Type::Time(b)) => {
            let (values, clock) = (units(array)?, clock(name)?);
            let per_day = DAY * a.per_second();
            of_units(array, to, |i| convert(local(values[i], *a, &clock)?.rem_euclid(per_day), *a, *b))?
        }
        (Type::Time(a), Type::Time(b) | Type::Duration(b)) | (Type::Duration(a), Type::Duration(b)) => {
            let values = units(array)?;
            of_units(array, to, |i| convert(values[i], *a, *b))?
        }
        (Type::Duration(a), Type::Interval) => {
            let values = units(array)?;
            let span = |i: usize| Some(IntervalMonthDayNano::new(0, 0, convert(values[i], *a, TimeUnit::Nanosecond)?));
            Arc::new(by_row::<IntervalMonthDayNano, IntervalMonthDayNanoArray>(array, span))
        }
        (Type::Interval, Type::Duration(unit)) => {
            let spans = array.as_primitive::<IntervalMonthDayNanoType>();
            of_units(array, to, |i| {
                let span = spans.value(i);
                let nanos = i64::from(span.days).checked_mul(DAY * 1_000_000_000)?.checked_add(span.nanoseconds)?;
                if span.months == 0 { convert(nanos, TimeUnit::Nanosecond, *unit) } else { None }
            })?
        }
        _ => return Err(Error::internal(format!("{from} to {to} is no cast of times"))),
    };
    check(array, from, to, mode, result)
}

/// Days or units of a temporal column as 64-bit integers.
pub fn units(array: &ArrayRef) -> Result<Vec<i64>> {
    let narrow = matches!(array.data_type(), DataType::Date32 | DataType::Time32(_));
    let plain = if narrow { DataType::Int32 } else { DataType::Int64 };
    let plain = make_array(array.to_data().into_builder().data_type(plain).build()?);
    Ok(match narrow {
        true => plain.as_primitive::<Int32Type>().values().iter().map(|&n| i64::from(n)).collect(),
        false => plain.as_primitive::<Int64Type>().values().to_vec(),
    })
}

/// A column of `to` (a time, timestamp or duration) whose units are `f(row)`; null where `array` is or `f` gives nothing.
fn of_units(array: &ArrayRef, to: &Type, f: impl FnMut(usize) -> Option<i64>) -> Result<ArrayRef> {
    let counts = by_row::<i64, Int64Array>(array, f);
    let target = to.to_arrow();
    let data = if matches!(target, DataType::Time32(_)) {
        counts.unary::<_, Int32Type>(|n| n as i32).into_data()
    } else {
        counts.into_data()
    };
    Ok(make_array(data.into_builder().data_type(target).build()?))
}

/// Units of `a` as units of `b`: rounded down, nothing on overflow.
pub fn convert(value: i64, a: TimeUnit, b: TimeUnit) -> Option<i64> {
    let (from, to) = (a.per_second(), b.per_second());
    if to >= from { value.checked_mul(to / from) } else { Some(value.div_euclid(from / to)) }
}

fn clock(name: &Option<Arc<str>>) -> Result<Option<Tz>> {
    name.as_deref().map(zone::zone).transpose()
}

fn local(units: i64, unit: TimeUnit, clock: &Option<Tz>) -> Option<i64> {
    clock.as_ref().map_or(Some(units), |zone| zone::to_local(units, unit, zone))
}

fn instant(units: i64, unit: TimeUnit, clock: &Option<Tz>) -> Option<i64> {
    clock.as_ref().map_or(Some(units), |zone| zone::to_utc(units, unit, zone))
}

fn of_text(array: &ArrayRef, to: &Type) -> Result<ArrayRef> {
    let texts = array.as_string_view();
    Ok(match to {
        Type::Date => Arc::new(by_row::<i32, Date32Array>(array, |i| parse_date(texts.value(i).trim()))),
        Type::Time(unit) => of_units(array, to, |i| parse_time(texts.value(i).trim(), *unit))?,
        Type::Timestamp(unit, name) => {
            let clock = clock(name)?;
            of_units(array, to, |i| parse_timestamp(texts.value(i).trim(), *unit, &clock))?
        }
        Type::Duration(unit) => {
            of_units(array, to, |i| convert(parse_duration(texts.value(i).trim())?, TimeUnit::Nanosecond, *unit))?
        }
        other => return Err(Error::type_mismatch(format!("str cannot be cast to {other}"))),
    })
}

/// `2024-01-31`, as days since 1970-01-01.
pub fn parse_date(text: &str) -> Option<i32> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    i32::try_from(date.signed_duration_since(NaiveDate::default()).num_days()).ok()
}

/// `10:30`, `10:30:00.5`, as units since midnight.
pub fn parse_time(text: &str, unit: TimeUnit) -> Option<i64> {
    let time = NaiveTime::parse_from_str(text, "%H:%M:%S%.f").or_else(|_| NaiveTime::parse_from_str(text, "%H:%M")).ok()?;
    let nanos = i64::from(time.num_seconds_from_midnight()) * 1_000_000_000 + i64::from(time.nanosecond());
    convert(nanos, TimeUnit::Nanosecond, unit)
}

/// `2024-01-31`, `2024-01-31T10:30[:00[.5]]`, with a space for the `T`, with `Z` or an offset: units since 1970-01-01.
///
/// Without an offset it is the zone's wall clock; with one but no zone it is the wall clock in UTC.
pub fn parse_timestamp(text: &str, unit: TimeUnit, clock: &Option<Tz>) -> Option<i64> {
    let minutes_only = text.len() == 16 && text.as_bytes()[13] == b':';
    let time = if minutes_only { string_to_datetime(&Utc, &format!("{text}:00")) } else { string_to_datetime(&Utc, text) };
    let units = zone::units(time.ok()?.naive_utc(), unit)?;
    let has_offset = text.get(11..).is_some_and(|t| t.contains(|c: char| c.is_ascii_alphabetic() || c == '+' || c == '-'));
    if has_offset { Some(units) } else { instant(units, unit, clock) }
}

/// `1h 30min`, `90s`, `-2.5ms`, `1d`, `10:30:00`: nanoseconds.
pub fn parse_duration(text: &str) -> Option<i64> {
    let (negative, mut rest) = text.strip_prefix('-').map_or((false, text), |t| (true, t.trim_start()));
    if rest.is_empty() {
        return None;
    }
    if rest.contains(':') {
        let nanos = parse_time(rest, TimeUnit::Nanosecond)?;
        return Some(if negative { -nanos } else { nanos });
    }
    let mut total = 0i64;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(end);
        let tail = tail.trim_start();
        let end = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(end);
        let nanos = match unit {
            "ns" => 1,
            "us" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "min" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            "d" => 86_400_000_000_000,
            "w" => 604_800_000_000_000,
            _ => return None,
        };
        let digits = super::decimal::parse(number, 9)?;
        let part = super::decimal::rescaled(digits.checked_mul(nanos)?, 9, 0)?;
        total = total.checked_add(i64::try_from(part).ok()?)?;
        rest = tail.trim_start();
    }
    Some(if negative { -total } else { total })
}
