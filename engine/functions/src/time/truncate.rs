//! `truncate`

use arrow::array::{Array, ArrayRef, AsArray, make_array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta};
use weft_core::function::{ArgType, Example, Family, Function, Param, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::types::TimeUnit;
use weft_core::{Error, Result, Series, Type, Value};

use super::zones::{Zone, from_units, to_units};
use crate::kernel::{args, columns};

pub(super) struct Call;

static INFO: Function = Function {
    name: "truncate",
    family: Family::Time,
    summary: "The start of the minute, day, week, month … that a point in time falls in.",
    params: &[
        Param::required("x", "a timestamp or date", "the point in time"),
        Param::required("step", "a duration", "as `15min`, `1d`, `1w` (from Monday), `1q`, `1y`"),
    ],
    variadic: false,
    operator: None,
    examples: &[
        Example { code: "truncate(@2024-03-09, 1mo)", result: "2024-03-01" },
        Example { code: "truncate(@2024-03-09, 1w)", result: "2024-03-04" },
        Example { code: "@2024-03-09T17:48:12.truncate(15min) == @2024-03-09T17:45", result: "true" },
    ],
};

/// What is cut to.
#[derive(Debug, Clone, Copy)]
enum Step {
    Nanoseconds(i64),
    Days(i64),
    Months(i64),
}

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.fallible()
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let ty = match args::arg(&INFO, args, 0)?.ty {
            Type::Null => Type::timestamp(),
            ty @ (Type::Date | Type::Timestamp(..)) => ty.clone(),
            other => return Err(args::refuse(&INFO, 0, other)),
        };
        let step_type = args::arg(&INFO, args, 1)?.ty;
        if !matches!(step_type, Type::Duration(_) | Type::Interval) {
            return Err(args::refuse(&INFO, 1, step_type));
        }
        if let Step::Nanoseconds(_) = step(args::literal(&INFO, args, 1)?, step_type)?
            && ty == Type::Date
        {
            return Err(Error::argument("a date has no time of day: truncate it to days or more"));
        }
        Ok(Signature { args: vec![ty.clone(), step_type.clone()], output: ty })
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        let ty = columns::first_type(args)?;
        let step_type = args.get(1).map_or(Type::Null, |s| s.ty().clone());
        let value = columns::literal(args, 1)?;
        if value.is_null() {
            return Ok(Series::nulls(ty, rows));
        }
        let step = step(&value, &step_type)?;
        let (unit, zone) = match &ty {
            Type::Timestamp(unit, zone) => (*unit, zone.as_deref().map(Zone::parse).transpose()?),
            _ => (TimeUnit::Second, None),
        };
        let is_date = ty == Type::Date;
        columns::propagating(&args[..1], rows, ty.clone(), |columns, rows, nulls| {
            let storage = if is_date { DataType::Int32 } else { DataType::Int64 };
            let counts = cast(&cast(columns::first(columns)?.array(), &storage)?, &DataType::Int64)?;
            let counts = counts.as_primitive::<Int64Type>();
            let cut = columns::try_primitives::<Int64Type>(rows, nulls, |row| {
                let count = counts.value(row);
                if is_date {
                    let day = from_units(count.saturating_mul(86_400), unit)?;
                    return Ok(to_units(floor(day, step)?, unit)?.div_euclid(86_400));
                }
                match (step, zone) {
                    (Step::Nanoseconds(nanos), None) => Ok(floor_units(count, nanos, unit)),
                    (_, None) => to_units(floor(from_units(count, unit)?, step)?, unit),
                    (_, Some(zone)) => to_units(floor_in(zone, from_units(count, unit)?, step)?, unit),
                }
            })?;
            typed(cut, &ty)
        })
    }
}

/// Counts as an array of the storage type of `ty`.
fn typed(counts: arrow::array::Int64Array, ty: &Type) -> Result<ArrayRef> {
    match ty {
        Type::Date => Ok(cast(&cast(&counts, &DataType::Int32)?, &DataType::Date32)?),
        _ => Ok(make_array(counts.into_data().into_builder().data_type(ty.to_arrow()).build()?)),
    }
}

/// The step that a duration or interval stands for.
fn step(value: &Value, ty: &Type) -> Result<Step> {
    let step = match (value, ty) {
        (Value::Duration(n), Type::Duration(unit)) => n.checked_mul(1_000_000_000 / unit.per_second()).map(Step::Nanoseconds),
        (Value::Interval(months, 0, 0), _) => Some(Step::Months((*months).into())),
        (Value::Interval(0, days, 0), _) => Some(Step::Days((*days).into())),
        (Value::Interval(0, 0, nanos), _) => Some(Step::Nanoseconds(*nanos)),
        _ => None,
    };
    match step {
        Some(step @ (Step::Nanoseconds(n) | Step::Days(n) | Step::Months(n))) if n > 0 => Ok(step),
        _ => Err(Error::argument("the step of `truncate` must be one positive unit, such as `15min`, `1d` or `3mo`")),
    }
}

/// Whole steps counted from 1970-01-01; steps finer than the unit change nothing.
fn floor_units(count: i64, nanos: i64, unit: TimeUnit) -> i64 {
    let step = nanos / (1_000_000_000 / unit.per_second());
    if step <= 1 { count } else { count - count.rem_euclid(step) }
}

/// The start of the step on a clock without zone.
fn floor(time: NaiveDateTime, step: Step) -> Result<NaiveDateTime> {
    let day = |days: i64| NaiveDate::default().checked_add_signed(TimeDelta::try_days(days)?);
    let days = (time.date() - NaiveDate::default()).num_days();
    let start = match step {
        Step::Nanoseconds(nanos) => {
            let nanos = i128::from(nanos);
            let since =
                i128::from(time.and_utc().timestamp()) * 1_000_000_000 + i128::from(time.and_utc().timestamp_subsec_nanos());
            let over = i64::try_from(since.rem_euclid(nanos)).unwrap_or(0);
            return Ok(time - TimeDelta::nanoseconds(over));
        }
        // Weeks begin on Monday; 1970-01-01 was a Thursday.
        Step::Days(n) if n % 7 == 0 => day(days - (days + 3).rem_euclid(n)),
        Step::Days(n) => day(days - days.rem_euclid(n)),
        Step::Months(n) => {
            let months = i64::from(time.year()) * 12 + i64::from(time.month0());
            let months = months - months.rem_euclid(n);
            NaiveDate::from_ymd_opt(months.div_euclid(12) as i32, months.rem_euclid(12) as u32 + 1, 1)
        }
    };
    let start = start.and_then(|d| d.and_hms_opt(0, 0, 0));
    start.ok_or_else(|| Error::value(format!("{time} cannot be truncated: the step's start is outside the calendar")))
}

/// The start of the step on the clocks of a zone.
///
/// Parts of an hour never cross a change of the clocks, so they are subtracted as they are: in the repeated hour of
/// autumn the second pass then stays the second.
fn floor_in(zone: Zone, instant: NaiveDateTime, step: Step) -> Result<NaiveDateTime> {
    let clock = zone.clock(instant);
    let start = floor(clock, step)?;
    match step {
        Step::Nanoseconds(n) if n <= 3_600_000_000_000 => Ok(instant - (clock - start)),
        _ => Ok(zone.instant(start)),
    }
}
