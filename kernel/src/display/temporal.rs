//! Dates, times and spans as text: for people (`2024-01-31 10:00:00 +01:00`) and by ISO 8601.

use arrow::array::timezone::Tz;
use chrono::{DateTime, NaiveDateTime, Offset, TimeZone};
use weft_core::TimeUnit;

/// Which of the two forms is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A space between date and time and before the zone; `UTC` by its name; spans as `2h 30min`.
    Human,
    /// `T` between date and time, `Z`, offsets without a space; spans as `PT2H30M`.
    Iso,
}

/// Units since 1970-01-01, in the zone if there is one; the bare count where the calendar ends.
pub(crate) fn timestamp(units: i64, unit: TimeUnit, zone: Option<&str>, form: Form) -> String {
    let per = unit.per_second();
    let nanos = units.rem_euclid(per) * (1_000_000_000 / per);
    let Some(utc) = DateTime::from_timestamp(units.div_euclid(per), nanos as u32).map(|t| t.naive_utc()) else {
        return format!("{units}{unit} since 1970");
    };
    let Some(zone) = zone else { return local(&utc, form) };
    let Ok(tz) = zone.parse::<Tz>() else { return format!("{} UTC", local(&utc, form)) };
    let offset = tz.offset_from_utc_datetime(&utc).fix();
    let Some(wall) = utc.checked_add_offset(offset) else { return format!("{units}{unit} since 1970") };
    let is_utc = zone.eq_ignore_ascii_case("utc") || zone == "Z";
    match form {
        Form::Human if is_utc => format!("{} UTC", local(&wall, form)),
        Form::Human => format!("{} {offset}", local(&wall, form)),
        Form::Iso if is_utc => format!("{}Z", local(&wall, form)),
        Form::Iso => format!("{}{offset}", local(&wall, form)),
    }
}

fn local(wall: &NaiveDateTime, form: Form) -> String {
    let pattern = if form == Form::Human { "%Y-%m-%d %H:%M:%S%.f" } else { "%Y-%m-%dT%H:%M:%S%.f" };
    wall.format(pattern).to_string()
}

/// Units since midnight.
pub(crate) fn time(units: i64, unit: TimeUnit) -> String {
    let per = unit.per_second();
    let seconds = units.div_euclid(per);
    let fraction = fraction(units.rem_euclid(per), unit);
    format!("{:02}:{:02}:{:02}{fraction}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// A span of exact time, in units.
pub(crate) fn duration(units: i64, unit: TimeUnit, form: Form) -> String {
    let per = unit.per_second();
    let (sign, size) = (if units < 0 { "-" } else { "" }, units.unsigned_abs());
    let seconds = (size / per.unsigned_abs()) as i64;
    let fraction = fraction((size % per.unsigned_abs()) as i64, unit);
    match form {
        Form::Human => format!("{sign}{}", human_clock(seconds, &fraction)),
        Form::Iso => format!("{sign}PT{}", iso_clock(seconds, &fraction)),
    }
}

/// Months, days and nanoseconds.
pub(crate) fn interval(months: i32, days: i32, nanos: i64, form: Form) -> String {
    let clock = (nanos != 0).then(|| duration(nanos, TimeUnit::Nanosecond, form));
    let (years, months) = (months / 12, months % 12);
    match form {
        Form::Human => {
            let parts = [(years, "y"), (months, "mo"), (days, "d")];
            let mut words: Vec<String> = parts.iter().filter(|(n, _)| *n != 0).map(|(n, u)| format!("{n}{u}")).collect();
            words.extend(clock);
            if words.is_empty() { "0d".into() } else { words.join(" ") }
        }
        Form::Iso => {
            let parts = [(years, 'Y'), (months, 'M'), (days, 'D')];
            let date: String = parts.iter().filter(|(n, _)| *n != 0).map(|(n, u)| format!("{n}{u}")).collect();
            let clock = clock.map(|c| if let Some(c) = c.strip_prefix("-PT") { negative(c) } else { c.replacen('P', "", 1) });
            let whole = format!("P{date}{}", clock.unwrap_or_default());
            if whole == "P" { "P0D".into() } else { whole }
        }
    }
}

/// `2H3M` with every number negative, as a part of an interval must say it.
fn negative(clock: &str) -> String {
    let mut out = String::from("T");
    let mut inside = false;
    for c in clock.chars() {
        let number = c.is_ascii_digit() || c == '.';
        if number && !inside {
            out.push('-');
        }
        inside = number;
        out.push(c);
    }
    out
}

fn human_clock(seconds: i64, fraction: &str) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut words = Vec::new();
    if hours > 0 {
        words.push(format!("{hours}h"));
    }
    if minutes > 0 {
        words.push(format!("{minutes}min"));
    }
    if rest > 0 || !fraction.is_empty() || words.is_empty() {
        words.push(format!("{rest}{fraction}s"));
    }
    words.join(" ")
}

fn iso_clock(seconds: i64, fraction: &str) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut out = String::new();
    if hours > 0 {
        out += &format!("{hours}H");
    }
    if minutes > 0 {
        out += &format!("{minutes}M");
    }
    if rest > 0 || !fraction.is_empty() || out.is_empty() {
        out += &format!("{rest}{fraction}S");
    }
    out
}

/// `.5` for 500 milliseconds; nothing for none.
fn fraction(units: i64, unit: TimeUnit) -> String {
    if units == 0 {
        return String::new();
    }
    let digits = unit.per_second().ilog10() as usize;
    format!(".{units:0digits$}").trim_end_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_show_their_zone() {
        let at = |zone, form| timestamp(1_706_695_200_500, TimeUnit::Millisecond, zone, form);
        assert_eq!(at(None, Form::Human), "2024-01-31 10:00:00.500");
        assert_eq!(at(Some("UTC"), Form::Human), "2024-01-31 10:00:00.500 UTC");
        assert_eq!(at(Some("Europe/Berlin"), Form::Human), "2024-01-31 11:00:00.500 +01:00");
        assert_eq!(at(Some("Europe/Berlin"), Form::Iso), "2024-01-31T11:00:00.500+01:00");
        assert_eq!(at(Some("UTC"), Form::Iso), "2024-01-31T10:00:00.500Z");
        assert_eq!(timestamp(-1, TimeUnit::Nanosecond, None, Form::Iso), "1969-12-31T23:59:59.999999999");
        assert_eq!(timestamp(i64::MAX, TimeUnit::Second, None, Form::Human), "9223372036854775807s since 1970");
    }

    #[test]
    fn times_and_spans() {
        assert_eq!(time(37_800_500_000, TimeUnit::Microsecond), "10:30:00.5");
        assert_eq!(duration(9_003_500, TimeUnit::Millisecond, Form::Human), "2h 30min 3.5s");
        assert_eq!(duration(-60, TimeUnit::Second, Form::Human), "-1min");
        assert_eq!(duration(0, TimeUnit::Second, Form::Human), "0s");
        assert_eq!(duration(9_003_500, TimeUnit::Millisecond, Form::Iso), "PT2H30M3.5S");
        assert_eq!(interval(14, -3, 0, Form::Human), "1y 2mo -3d");
        assert_eq!(interval(0, 0, 0, Form::Human), "0d");
        assert_eq!(interval(1, 2, 3_600_000_000_000, Form::Iso), "P1M2DT1H");
        assert_eq!(interval(0, 1, -5_400_000_000_000, Form::Iso), "P1DT-1H-30M");
    }
}
