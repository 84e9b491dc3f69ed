//! Clocks in time zones: what an instant shows there, and which instant a clock's time was.

use chrono::{DateTime, MappedLocalTime, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use weft_core::types::TimeUnit;
use weft_core::{Error, Result};

/// A zone by its name: `Europe/Berlin`, `UTC`, `+02:00`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Zone {
    /// Of the zone database.
    Named(Tz),
    /// A fixed distance from UTC.
    Fixed(chrono::FixedOffset),
}

impl Zone {
    /// The zone called `name`.
    pub(super) fn parse(name: &str) -> Result<Zone> {
        if let Ok(zone) = name.parse::<Tz>() {
            return Ok(Zone::Named(zone));
        }
        name.parse().map(Zone::Fixed).map_err(|_| Error::argument(format!("there is no time zone `{name}`")))
    }

    /// What clocks show at `instant`.
    pub(super) fn clock(self, instant: NaiveDateTime) -> NaiveDateTime {
        let offset = match self {
            Zone::Named(zone) => zone.offset_from_utc_datetime(&instant).fix(),
            Zone::Fixed(offset) => offset,
        };
        instant + TimeDelta::seconds(offset.local_minus_utc().into())
    }

    /// The (first) instant at which clocks show `clock`; where they skip it, the instant an hour's jump later.
    pub(super) fn instant(self, clock: NaiveDateTime) -> NaiveDateTime {
        let zone = match self {
            Zone::Fixed(offset) => return clock - TimeDelta::seconds(offset.local_minus_utc().into()),
            Zone::Named(zone) => zone,
        };
        match zone.from_local_datetime(&clock) {
            MappedLocalTime::Single(at) | MappedLocalTime::Ambiguous(at, _) => at.naive_utc(),
            MappedLocalTime::None => {
                let before = zone.offset_from_utc_datetime(&(clock - TimeDelta::days(1))).fix();
                clock - TimeDelta::seconds(before.local_minus_utc().into())
            }
        }
    }

    /// `instant` as a date and time in the zone.
    pub(super) fn date_time(self, instant: NaiveDateTime) -> DateTime<chrono::FixedOffset> {
        match self {
            Zone::Named(zone) => Utc.from_utc_datetime(&instant).with_timezone(&zone).fixed_offset(),
            Zone::Fixed(offset) => Utc.from_utc_datetime(&instant).with_timezone(&offset),
        }
    }
}

/// Units since 1970-01-01 as a date and time.
pub(super) fn from_units(units: i64, unit: TimeUnit) -> Result<NaiveDateTime> {
    let per = unit.per_second();
    let nanos = units.rem_euclid(per) * (1_000_000_000 / per);
    DateTime::from_timestamp(units.div_euclid(per), nanos as u32)
        .map(|t| t.naive_utc())
        .ok_or_else(|| Error::value(format!("{units}{unit} after 1970 is outside the calendar")))
}

/// A date and time as units since 1970-01-01.
pub(super) fn to_units(time: NaiveDateTime, unit: TimeUnit) -> Result<i64> {
    let per = unit.per_second();
    let fraction = i64::from(time.and_utc().timestamp_subsec_nanos()) / (1_000_000_000 / per);
    let seconds = time.and_utc().timestamp();
    let units = seconds.checked_mul(per).and_then(|n| n.checked_add(fraction));
    units.ok_or_else(|| Error::value(format!("{time} is outside what a timestamp in {unit} holds")))
}
