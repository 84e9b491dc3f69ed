//! Dates, timestamps, durations and intervals: exact units, calendar months that clamp to the month's end.

use arrow::array::AsArray;
use arrow::datatypes::{Date32Type, DurationMicrosecondType, Int64Type, IntervalMonthDayNano, IntervalMonthDayNanoType};
use chrono::Months;
use weft_compute::arithmetic::{Integer, binary_checked, binary_optional, unary_checked};
use weft_compute::cast::{temporal, value_text, zone};
use weft_core::function::{ArgType, Signature};
use weft_core::types::common_type;
use weft_core::{Error, Result, Series, TimeUnit, Type, Value};

use super::numbers::Kind;

const DAY: i64 = 86_400;

/// The types of `a + b`, `a - b` or `a * b` where a side is a date, time, timestamp, duration or interval.
pub(in crate::operators) fn resolve(kind: Kind, args: &[ArgType<'_>]) -> Option<Signature> {
    let [a, b] = args else { return None };
    match kind {
        Kind::Multiply => resolve_multiply(a.ty, b.ty),
        Kind::Subtract => resolve_difference(a.ty, b.ty).or_else(|| resolve_shift(a, b)),
        // Only a moment can stand on either side of `+`.
        Kind::Add => resolve_shift(a, b).or_else(|| {
            let flipped = resolve_shift(b, a)?;
            Some(Signature { args: flipped.args.into_iter().rev().collect(), output: flipped.output })
        }),
    }
}

fn signature(a: Type, b: Type, output: Type) -> Option<Signature> {
    Some(Signature { args: vec![a, b], output })
}

fn resolve_multiply(a: &Type, b: &Type) -> Option<Signature> {
    let times = |span: &Type, n: &Type| match (span, n) {
        (Type::Duration(_), n) if n.is_integer() => Some(Type::Int64),
        (Type::Duration(_), n) if n.is_float() || n.is_decimal() => Some(Type::Float64),
        (Type::Interval, n) if n.is_integer() => Some(Type::Int64),
        _ => None,
    };
    if let Some(n) = times(a, b) {
        return signature(a.clone(), n, a.clone());
    }
    times(b, a).and_then(|n| signature(n, b.clone(), b.clone()))
}

/// The difference of two moments or spans.
fn resolve_difference(a: &Type, b: &Type) -> Option<Signature> {
    match (a, b) {
        (Type::Date, Type::Date) => signature(Type::Date, Type::Date, Type::Duration(TimeUnit::Microsecond)),
        (Type::Date | Type::Timestamp(..), Type::Date | Type::Timestamp(..)) => {
            let ty = common_type(a, b)?;
            let Type::Timestamp(unit, _) = ty else { return None };
            signature(ty.clone(), ty, Type::Duration(unit))
        }
        (Type::Time(u), Type::Time(v)) => {
            let unit = *u.max(v);
            signature(Type::Time(unit), Type::Time(unit), Type::Duration(unit))
        }
        _ => None,
    }
}

/// A moment or span moved by a span.
fn resolve_shift(a: &ArgType<'_>, b: &ArgType<'_>) -> Option<Signature> {
    match (a.ty, b.ty) {
        (Type::Date, span @ (Type::Duration(_) | Type::Interval)) => {
            if whole_days(b) {
                return signature(Type::Date, span.clone(), Type::Date);
            }
            let unit = if let Type::Duration(unit) = span { *unit } else { TimeUnit::Microsecond };
            let moment = Type::Timestamp(unit.max(TimeUnit::Microsecond), None);
            signature(moment.clone(), resized(span, unit.max(TimeUnit::Microsecond)), moment)
        }
        (Type::Timestamp(unit, zone), Type::Duration(v)) => {
            let unit = if literal_in(b, *v, *unit) { *unit } else { *unit.max(v) };
            let moment = Type::Timestamp(unit, zone.clone());
            signature(moment.clone(), Type::Duration(unit), moment)
        }
        (Type::Timestamp(..), Type::Interval) => signature(a.ty.clone(), Type::Interval, a.ty.clone()),
        (Type::Time(unit), Type::Duration(v)) => {
            let unit = if literal_in(b, *v, *unit) { *unit } else { *unit.max(v) };
            signature(Type::Time(unit), Type::Duration(unit), Type::Time(unit))
        }
        (Type::Duration(u), Type::Duration(v)) => {
            let unit = if literal_in(b, *v, *u) { *u } else { *u.max(v) };
            signature(Type::Duration(unit), Type::Duration(unit), Type::Duration(unit))
        }
        (Type::Interval, Type::Interval | Type::Duration(_)) | (Type::Duration(_), Type::Interval) => {
            signature(Type::Interval, Type::Interval, Type::Interval)
        }
        _ => None,
    }
}

fn resized(span: &Type, unit: TimeUnit) -> Type {
    if let Type::Duration(_) = span { Type::Duration(unit) } else { span.clone() }
}

/// Whether a span is written out as whole days (or months), so that a date stays a date.
fn whole_days(span: &ArgType<'_>) -> bool {
    match (span.ty, span.value) {
        (Type::Duration(unit), Some(Value::Duration(n))) => n % (DAY * unit.per_second()) == 0,
        (Type::Interval, Some(Value::Interval(_, _, nanos))) => nanos % (DAY * 1_000_000_000) == 0,
        _ => false,
    }
}

/// Whether a duration written out is a whole number of a coarser unit, so that the column keeps its unit.
fn literal_in(span: &ArgType<'_>, from: TimeUnit, to: TimeUnit) -> bool {
    let Some(Value::Duration(n)) = span.value else { return false };
    let (from, to) = (from.per_second(), to.per_second());
    from > to && n % (from / to) == 0
}

/// `a + b`, `a - b`, `a * b` of columns of the resolved types.
pub(in crate::operators) fn call(kind: Kind, a: &Series, b: &Series) -> Result<Series> {
    match (kind, a.ty(), b.ty()) {
        // The moment stands first from here on.
        (Kind::Add, Type::Duration(_) | Type::Interval, Type::Date | Type::Timestamp(..) | Type::Time(_)) => call(kind, b, a),
        (Kind::Multiply, Type::Int64 | Type::Float64, _) => call(kind, b, a),
        (Kind::Multiply, Type::Duration(_), Type::Int64) => plain(kind, a, b, a.ty()),
        (Kind::Multiply, Type::Duration(_), _) => scaled(a, b),
        (_, Type::Date, Type::Date) => days_between(a, b),
        (_, Type::Timestamp(unit, _), Type::Timestamp(..)) | (_, Type::Time(unit), Type::Time(_)) => {
            plain(kind, a, b, &Type::Duration(*unit))
        }
        (_, Type::Date, Type::Duration(unit)) => shift_date(kind, a, b, *unit),
        (_, Type::Time(unit), Type::Duration(_)) => shift_clock(kind, a, b, *unit),
        (_, Type::Timestamp(..) | Type::Duration(_), Type::Duration(_)) => plain(kind, a, b, a.ty()),
        (_, Type::Date | Type::Timestamp(..), Type::Interval) => shift_calendar(kind, a, b),
        (_, Type::Interval, _) => intervals(kind, a, b),
        (_, x, y) => Err(Error::internal(format!("{x} {} {y}", kind.symbol()))),
    }
}

fn out_of_range(kind: Kind, a: (i64, &Type), b: (i64, &Type)) -> Error {
    let text = |(n, ty): (i64, &Type)| {
        let value = match ty {
            Type::Date => Value::Date(n as i32),
            Type::Time(_) => Value::Time(n),
            Type::Timestamp(..) => Value::Timestamp(n),
            Type::Duration(_) => Value::Duration(n),
            _ => Value::Int(n),
        };
        value_text(&value, ty).unwrap_or_else(|_| n.to_string())
    };
    Error::value(format!("out of range: {} {} {}", text(a), kind.symbol(), text(b)))
}

/// Units with units, of 64 bits each.
fn plain(kind: Kind, a: &Series, b: &Series, ty: &Type) -> Result<Series> {
    type T = Int64Type;
    if matches!(a.ty(), Type::Time(TimeUnit::Second | TimeUnit::Millisecond)) {
        let (x, y) = (wide_clock(a)?, wide_clock(b)?);
        return plain(kind, &x, &y, ty);
    }
    let fail = |x, y| out_of_range(kind, (x, a.ty()), (y, b.ty()));
    match kind {
        Kind::Add => binary_checked::<T, T, T>(a, b, ty, Integer::plus, fail),
        Kind::Subtract => binary_checked::<T, T, T>(a, b, ty, Integer::minus, fail),
        Kind::Multiply => binary_checked::<T, T, T>(a, b, ty, Integer::times, fail),
    }
}

/// A time of 32 bits as a duration of the same unit.
fn wide_clock(time: &Series) -> Result<Series> {
    match time.ty() {
        Type::Time(unit) => weft_compute::cast(time, &Type::Duration(*unit), weft_core::expr::CastMode::Strict),
        _ => Ok(time.clone()),
    }
}

/// A duration times a float, rounded to its unit.
fn scaled(a: &Series, b: &Series) -> Result<Series> {
    let f = |n: i64, x: f64| {
        let units = (n as f64 * x).round();
        (units as i64, units.is_nan() || units.abs() >= 9.3e18)
    };
    let fail = |n, x| Error::value(format!("out of range: a duration of {n} units * {x}"));
    binary_checked::<Int64Type, arrow::datatypes::Float64Type, Int64Type>(a, b, a.ty(), f, fail)
}

/// The time between two dates.
fn days_between(a: &Series, b: &Series) -> Result<Series> {
    type D = Date32Type;
    let ty = Type::Duration(TimeUnit::Microsecond);
    let f = |x: i32, y: i32| (i64::from(x) - i64::from(y)).overflowing_mul(DAY * 1_000_000);
    let fail = |x: i32, y: i32| out_of_range(Kind::Subtract, (x.into(), &Type::Date), (y.into(), &Type::Date));
    binary_checked::<D, D, DurationMicrosecondType>(a, b, &ty, f, fail)
}

/// A date moved by whole days.
fn shift_date(kind: Kind, a: &Series, b: &Series, unit: TimeUnit) -> Result<Series> {
    let per_day = DAY * unit.per_second();
    let f = |day: i32, span: i64| {
        let days = if kind == Kind::Add { span / per_day } else { -(span / per_day) };
        let moved = i64::from(day) + days;
        (moved as i32, i32::try_from(moved).is_err() || span % per_day != 0)
    };
    let fail = |x: i32, y| out_of_range(kind, (x.into(), a.ty()), (y, b.ty()));
    binary_checked::<Date32Type, Int64Type, Date32Type>(a, b, &Type::Date, f, fail)
}

/// A time of day moved around the clock.
fn shift_clock(kind: Kind, a: &Series, b: &Series, unit: TimeUnit) -> Result<Series> {
    let per_day = DAY * unit.per_second();
    let moved = move |time: i64, span: i64| {
        let span = span.rem_euclid(per_day);
        (time + if kind == Kind::Add { span } else { per_day - span }).rem_euclid(per_day)
    };
    let cannot = || Error::internal("a clock does not overflow");
    if matches!(unit, TimeUnit::Second | TimeUnit::Millisecond) {
        type T = arrow::datatypes::Int32Type;
        let f = |x: i32, y: i64| (moved(x.into(), y) as i32, false);
        return binary_checked::<T, Int64Type, T>(a, b, a.ty(), f, |_, _| cannot());
    }
    binary_checked::<Int64Type, Int64Type, Int64Type>(a, b, a.ty(), |x, y| (moved(x, y), false), |_, _| cannot())
}

/// A date or timestamp moved by an interval: months (to the month's end at most), then days, then exact time. In a zone
/// months and days are those of its wall clock.
fn shift_calendar(kind: Kind, a: &Series, b: &Series) -> Result<Series> {
    type I = IntervalMonthDayNanoType;
    let fail = |n: i64| {
        let value = if *a.ty() == Type::Date { Value::Date(n as i32) } else { Value::Timestamp(n) };
        let text = value_text(&value, a.ty()).unwrap_or_else(|_| n.to_string());
        Error::value(format!("out of range: {text} {} an interval", kind.symbol()))
    };
    let sign = if kind == Kind::Add { 1 } else { -1 };
    match a.ty() {
        Type::Date => binary_optional::<Date32Type, I, Date32Type>(a, b, a.ty(), |day, span| {
            let moved = moved(i64::from(day) * DAY, TimeUnit::Second, None, span, sign).map(|s| s.div_euclid(DAY));
            moved.and_then(|d| i32::try_from(d).ok()).map(Some).ok_or_else(|| fail(day.into()))
        }),
        Type::Timestamp(unit, name) => {
            let clock = name.as_deref().map(zone::zone).transpose()?;
            binary_optional::<Int64Type, I, Int64Type>(a, b, a.ty(), |n, span| {
                moved(n, *unit, clock.as_ref(), span, sign).map(Some).ok_or_else(|| fail(n))
            })
        }
        other => Err(Error::internal(format!("{other} is no moment"))),
    }
}

fn moved(
    units: i64,
    unit: TimeUnit,
    clock: Option<&arrow::array::timezone::Tz>,
    span: IntervalMonthDayNano,
    sign: i64,
) -> Option<i64> {
    let mut units = units;
    if span.months != 0 || span.days != 0 {
        let local = clock.map_or(Some(units), |zone| zone::to_local(units, unit, zone))?;
        let time = zone::naive(local, unit)?;
        let months = i64::from(span.months) * sign;
        let count = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
        let time = if months < 0 { time.checked_sub_months(count)? } else { time.checked_add_months(count)? };
        let days = i64::from(span.days) * sign;
        let time = time.checked_add_signed(chrono::TimeDelta::try_days(days)?)?;
        let local = zone::units(time, unit)?;
        units = clock.map_or(Some(local), |zone| zone::to_utc(local, unit, zone))?;
    }
    let exact = temporal::convert(span.nanoseconds.checked_mul(sign)?, TimeUnit::Nanosecond, unit)?;
    units.checked_add(exact)
}

/// Interval with interval, or with a number, part by part.
fn intervals(kind: Kind, a: &Series, b: &Series) -> Result<Series> {
    type I = IntervalMonthDayNanoType;
    let fail = || Error::value("out of range: the parts of an interval");
    if kind == Kind::Multiply {
        return binary_optional::<I, Int64Type, I>(a, b, &Type::Interval, |span, n| {
            let small = i32::try_from(n).map_err(|_| fail())?;
            let months = span.months.checked_mul(small).ok_or_else(fail)?;
            let days = span.days.checked_mul(small).ok_or_else(fail)?;
            let nanos = span.nanoseconds.checked_mul(n).ok_or_else(fail)?;
            Ok(Some(IntervalMonthDayNano::new(months, days, nanos)))
        });
    }
    binary_optional::<I, I, I>(a, b, &Type::Interval, |x, y| {
        let sum = if kind == Kind::Add {
            (x.months.checked_add(y.months), x.days.checked_add(y.days), x.nanoseconds.checked_add(y.nanoseconds))
        } else {
            (x.months.checked_sub(y.months), x.days.checked_sub(y.days), x.nanoseconds.checked_sub(y.nanoseconds))
        };
        match sum {
            (Some(months), Some(days), Some(nanos)) => Ok(Some(IntervalMonthDayNano::new(months, days, nanos))),
            _ => Err(fail()),
        }
    })
}

/// `-x` of a duration or interval.
pub(in crate::operators) fn negate(x: &Series) -> Result<Series> {
    if *x.ty() == Type::Interval {
        let flat = x.to_flat()?;
        let spans = flat.as_primitive::<IntervalMonthDayNanoType>();
        let wrong = spans.iter().flatten().any(|s| s.months == i32::MIN || s.days == i32::MIN || s.nanoseconds == i64::MIN);
        if wrong {
            return Err(Error::value("out of range: the parts of an interval"));
        }
        let negated = |s: IntervalMonthDayNano| {
            IntervalMonthDayNano::new(s.months.wrapping_neg(), s.days.wrapping_neg(), s.nanoseconds.wrapping_neg())
        };
        let array = spans.unary::<_, IntervalMonthDayNanoType>(negated);
        return weft_compute::encoding::from_array(Type::Interval, array);
    }
    unary_checked::<Int64Type, Int64Type>(x, x.ty(), Integer::negated, |n| Error::value(format!("out of range: -({n}) units")))
}
