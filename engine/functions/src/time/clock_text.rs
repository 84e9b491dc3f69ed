//! Dates and times written by a pattern.

use std::fmt::Write;

use arrow::array::Array;
use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use weft_core::types::TimeUnit;
use weft_core::{Error, Result, Type, Value};

use super::zones::{Zone, from_units};

/// A checked pattern for one type.
#[derive(Debug)]
pub(crate) struct Pattern<'a> {
    text: &'a str,
    items: Vec<Item<'a>>,
    ty: Type,
    zone: Option<Zone>,
}

impl<'a> Pattern<'a> {
    /// The pattern `text` for values of `ty`.
    ///
    /// # Errors
    /// When the pattern is malformed, or asks for what values of the type do not have.
    pub(crate) fn new(text: &'a str, ty: &Type) -> Result<Self> {
        let items: Vec<Item<'a>> = StrftimeItems::new(text).collect();
        if items.contains(&Item::Error) {
            return Err(Error::argument(format!("`{text}` is no pattern for dates"))
                .with_help("patterns are made of `%Y %m %d %H %M %S %b %a %j %z` and the like; `%%` is a percent sign"));
        }
        let zone = match ty {
            Type::Timestamp(_, Some(zone)) => Some(Zone::parse(zone)?),
            _ => None,
        };
        let pattern = Pattern { text, items, ty: ty.clone(), zone };
        let mut sample = String::new();
        let noon = if matches!(ty, Type::Time(_)) { Value::Time(0) } else { Value::Timestamp(0) };
        pattern.write_value(if *ty == Type::Date { &Value::Date(0) } else { &noon }, &mut sample)?;
        Ok(pattern)
    }

    /// Writes row `row` of `array`, which is not null.
    pub(crate) fn write(&self, array: &dyn Array, row: usize, out: &mut String) -> Result<()> {
        self.write_value(&Value::from_array(array, row, &self.ty)?, out)
    }

    fn write_value(&self, value: &Value, out: &mut String) -> Result<()> {
        let items = self.items.iter();
        let written = match (value, &self.ty) {
            (Value::Date(days), _) => {
                let day = TimeDelta::try_days((*days).into()).and_then(|d| NaiveDate::default().checked_add_signed(d));
                let day = day.ok_or_else(|| Error::value(format!("day {days} after 1970 is outside the calendar")))?;
                write!(out, "{}", day.format_with_items(items))
            }
            (Value::Time(n), Type::Time(unit)) => {
                let (per, nanos) = (unit.per_second(), 1_000_000_000 / unit.per_second());
                let time = NaiveTime::from_num_seconds_from_midnight_opt((n / per) as u32, ((n % per) * nanos) as u32);
                let time = time.ok_or_else(|| Error::value(format!("{n}{unit} is no time of day")))?;
                write!(out, "{}", time.format_with_items(items))
            }
            (Value::Timestamp(n), Type::Timestamp(unit, _)) => self.write_timestamp(*n, *unit, out)?,
            _ => return Err(Error::internal(format!("a date pattern for {}", self.ty))),
        };
        written.map_err(|_| Error::argument(format!("the pattern `{}` asks for what a {} does not have", self.text, self.ty)))
    }

    fn write_timestamp(&self, n: i64, unit: TimeUnit, out: &mut String) -> Result<std::fmt::Result> {
        let instant = from_units(n, unit)?;
        Ok(match self.zone {
            // `%Z` shows the zone's own abbreviation.
            Some(Zone::Named(zone)) => {
                let there: DateTime<chrono_tz::Tz> = Utc.from_utc_datetime(&instant).with_timezone(&zone);
                write!(out, "{}", there.format_with_items(self.items.iter()))
            }
            Some(zone) => write!(out, "{}", zone.date_time(instant).format_with_items(self.items.iter())),
            None => write!(out, "{}", instant.format_with_items(self.items.iter())),
        })
    }
}
