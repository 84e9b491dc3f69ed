//! Literals as typed values.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Timelike};
use weft_core::{Error, Expr, Result, TimeUnit, Type, Value};

use crate::syntax::{DurationUnit, Literal, Zone};

/// The value of a literal in its own type. Numbers with a point are decimals of the digits written: beside a decimal
/// column they keep them, elsewhere they become floats.
pub(crate) fn literal(literal: &Literal) -> Result<Expr> {
    Ok(match literal {
        Literal::Null => Expr::literal(Type::Null, Value::Null),
        Literal::Bool(b) => Expr::bool(*b),
        Literal::Int(n) => integer(*n)?,
        Literal::Float { value, digits } => float(*value, digits),
        Literal::Str(text) => Expr::string(text),
        Literal::Date(date) => Expr::literal(Type::Date, Value::Date(days(*date))),
        Literal::Time(time) => time_of_day(*time),
        Literal::Timestamp { local, zone } => timestamp(*local, zone.as_ref())?,
        Literal::Duration { count, unit } => duration(*count, *unit)?,
    })
}

/// An integer in the narrowest of int, uint64 and decimal that holds it.
pub(crate) fn integer(n: i128) -> Result<Expr> {
    if let Ok(n) = i64::try_from(n) {
        return Ok(Expr::int(n));
    }
    if let Ok(n) = u64::try_from(n) {
        return Ok(Expr::literal(Type::UInt64, Value::UInt(n)));
    }
    match decimal_type(n, 0) {
        Some(_) => Ok(Expr::literal(Type::Decimal { precision: 38, scale: 0 }, Value::Decimal(n, 0))),
        None => Err(Error::value("a whole number has at most 38 digits")),
    }
}

/// The type of a decimal literal: just its digits.
pub(crate) fn decimal_type(digits: i128, scale: i8) -> Option<Type> {
    let count = digits.unsigned_abs().checked_ilog10().map_or(1, |n| n + 1);
    let precision = u8::try_from(count).ok()?.max(scale.unsigned_abs()).max(1);
    (precision <= 38).then_some(Type::Decimal { precision, scale })
}

fn float(value: f64, digits: &str) -> Expr {
    exact(digits).unwrap_or_else(|| Expr::literal(Type::Float64, Value::Float(value)))
}

/// `12.50` as decimal(4, 2); nothing with an exponent or too many digits.
fn exact(digits: &str) -> Option<Expr> {
    let (whole, fraction) = digits.split_once('.')?;
    let scale = i8::try_from(fraction.len()).ok()?;
    let number: i128 = format!("{whole}{fraction}").parse().ok()?;
    Some(Expr::literal(decimal_type(number, scale)?, Value::Decimal(number, scale)))
}

fn days(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - NaiveDate::from_ymd_opt(1970, 1, 1).map_or(719_163, |d| d.num_days_from_ce())
}

/// Microseconds, or nanoseconds where the text has more digits.
fn unit_of(nanos: u32) -> TimeUnit {
    if nanos.is_multiple_of(1_000) { TimeUnit::Microsecond } else { TimeUnit::Nanosecond }
}

fn time_of_day(time: NaiveTime) -> Expr {
    let unit = unit_of(time.nanosecond());
    let per = unit.per_second();
    let count = i64::from(time.num_seconds_from_midnight()) * per + i64::from(time.nanosecond()) / (1_000_000_000 / per);
    Expr::literal(Type::Time(unit), Value::Time(count))
}

fn timestamp(local: NaiveDateTime, zone: Option<&Zone>) -> Result<Expr> {
    let unit = unit_of(local.nanosecond());
    let (offset, name): (i64, Option<Arc<str>>) = match zone {
        None => (0, None),
        Some(Zone::Utc) => (0, Some("UTC".into())),
        Some(Zone::Offset(seconds)) => (i64::from(*seconds), Some(offset_name(*seconds).into())),
        Some(Zone::Named(name)) => (offset_in(local, name)?, Some(name.as_str().into())),
    };
    let per = unit.per_second();
    let whole = (local.and_utc().timestamp() - offset).checked_mul(per);
    let count = whole.and_then(|w| w.checked_add(i64::from(local.nanosecond()) / (1_000_000_000 / per)));
    let count = count.ok_or_else(|| Error::value("this moment is past what a timestamp holds"))?;
    Ok(Expr::literal(Type::Timestamp(unit, name), Value::Timestamp(count)))
}

fn offset_name(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.unsigned_abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Seconds east of UTC of a wall clock in a named zone.
fn offset_in(local: NaiveDateTime, name: &str) -> Result<i64> {
    let zone: chrono_tz::Tz = name
        .parse()
        .map_err(|_| Error::value(format!("no time zone `{name}`")).with_help("zones are named as in Europe/Berlin"))?;
    // A clock that is set back reads the hour twice: the first is meant, as in the standard's default.
    let offset = zone.offset_from_local_datetime(&local).earliest();
    let offset = offset.ok_or_else(|| Error::value(format!("the clocks of {name} skip {local}")))?;
    Ok(i64::from(offset.fix().local_minus_utc()))
}

fn duration(count: i64, unit: DurationUnit) -> Result<Expr> {
    use DurationUnit as U;
    let exact = |per: i64| {
        let value = count.checked_mul(per).map(Value::Duration);
        Some((Type::Duration(TimeUnit::Microsecond), value?))
    };
    let calendar = |months: i64, days: i64| {
        let part = |n: i64| i32::try_from(count.checked_mul(n)?).ok();
        Some((Type::Interval, Value::Interval(part(months)?, part(days)?, 0)))
    };
    let found = match unit {
        U::Nanosecond => Some((Type::Duration(TimeUnit::Nanosecond), Value::Duration(count))),
        U::Microsecond => exact(1),
        U::Millisecond => exact(1_000),
        U::Second => exact(1_000_000),
        U::Minute => exact(60_000_000),
        U::Hour => exact(3_600_000_000),
        U::Day => calendar(0, 1),
        U::Week => calendar(0, 7),
        U::Month => calendar(1, 0),
        U::Quarter => calendar(3, 0),
        U::Year => calendar(12, 0),
    };
    let (ty, value) = found.ok_or_else(|| Error::value("this duration is longer than any time"))?;
    Ok(Expr::literal(ty, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_literals_keep_their_digits() {
        let found = float(0.05, "0.05");
        assert_eq!(
            (found.ty, found.kind),
            (Type::Decimal { precision: 2, scale: 2 }, weft_core::ExprKind::Literal(Value::Decimal(5, 2)))
        );
        assert_eq!(float(1.5e3, "1.5e3").as_literal(), Some(&Value::Float(1500.0)));
    }

    #[test]
    fn moments_in_a_zone_are_instants() {
        let local = NaiveDate::from_ymd_opt(2024, 7, 1).unwrap().and_hms_opt(12, 0, 0).unwrap();
        let berlin = timestamp(local, Some(&Zone::Named("Europe/Berlin".into()))).unwrap();
        let utc = timestamp(local, Some(&Zone::Utc)).unwrap();
        let value = |e: &Expr| if let Some(Value::Timestamp(n)) = e.as_literal() { *n } else { 0 };
        assert_eq!(value(&utc) - value(&berlin), 7_200_000_000);
    }
}
