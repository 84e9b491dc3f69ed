//! Wall clocks of time zones.

use arrow::array::timezone::Tz;
use chrono::{DateTime, NaiveDateTime, Offset, TimeDelta, TimeZone};
use weft_core::{Error, Result, TimeUnit};

/// The zone of a name (`Europe/Berlin`) or offset (`+02:00`).
pub fn zone(name: &str) -> Result<Tz> {
    name.parse().map_err(|_| Error::argument(format!("no time zone `{name}`")))
}

/// The instant, in units since 1970-01-01 UTC, as units of the zone's wall clock.
pub fn to_local(units: i64, unit: TimeUnit, zone: &Tz) -> Option<i64> {
    let utc = naive(units, unit)?;
    let offset = zone.offset_from_utc_datetime(&utc).fix().local_minus_utc();
    units.checked_add(i64::from(offset) * unit.per_second())
}

/// The instant at which the zone's wall clock shows `units`: the earlier of two; in a gap the clock's time before it,
/// so that 02:30 on a night that skips from 2 to 3 is 03:30.
pub fn to_utc(units: i64, unit: TimeUnit, zone: &Tz) -> Option<i64> {
    let local = naive(units, unit)?;
    let offset = match zone.offset_from_local_datetime(&local) {
        chrono::LocalResult::Single(offset) | chrono::LocalResult::Ambiguous(offset, _) => offset,
        chrono::LocalResult::None => {
            let before = local.checked_sub_signed(TimeDelta::hours(3))?;
            zone.offset_from_local_datetime(&before).earliest()?
        }
    };
    units.checked_sub(i64::from(offset.fix().local_minus_utc()) * unit.per_second())
}

/// Units since 1970-01-01 as a date and time.
pub fn naive(units: i64, unit: TimeUnit) -> Option<NaiveDateTime> {
    let per = unit.per_second();
    let nanos = (units.rem_euclid(per) * (1_000_000_000 / per)) as u32;
    Some(DateTime::from_timestamp(units.div_euclid(per), nanos)?.naive_utc())
}

/// A date and time as units since 1970-01-01.
pub fn units(time: NaiveDateTime, unit: TimeUnit) -> Option<i64> {
    let utc = time.and_utc();
    let per = unit.per_second();
    let part = i64::from(utc.timestamp_subsec_nanos()) / (1_000_000_000 / per);
    utc.timestamp().checked_mul(per)?.checked_add(part)
}
