//! Text of a field to a value.

use chrono::{NaiveDate, NaiveDateTime};

/// Days since 1970-01-01 of `2024-01-31`.
pub(super) fn date(text: &[u8]) -> Option<i32> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return None };
    let number = |digits: &[&u8]| {
        let digit = |n: Option<u32>, d: &&u8| Some(n? * 10 + u32::from(d.is_ascii_digit().then(|| **d - b'0')?));
        digits.iter().fold(Some(0), digit)
    };
    let year = i32::try_from(number(&[y1, y2, y3, y4])?).ok()?;
    days(NaiveDate::from_ymd_opt(year, number(&[m1, m2])?, number(&[d1, d2])?)?)
}

fn days(date: NaiveDate) -> Option<i32> {
    i32::try_from(date.signed_duration_since(NaiveDate::default()).num_days()).ok()
}

/// Days since 1970-01-01, written as `format` says.
pub(super) fn date_as(text: &[u8], format: &str) -> Option<i32> {
    days(NaiveDate::parse_from_str(std::str::from_utf8(text).ok()?, format).ok()?)
}

/// Microseconds since 1970-01-01 of `2024-01-31T10:00[:00[.123456]][Z|+02:00]` (a space may stand for the `T`), and
/// whether an offset was written.
pub(super) fn timestamp(text: &[u8]) -> Option<(i64, bool)> {
    let day = date(text.get(..10)?)?;
    if !matches!(text.get(10)?, b'T' | b't' | b' ') {
        return None;
    }
    let (clock, offset) = split_offset(text.get(11..)?)?;
    let micros = i64::from(day).checked_mul(86_400_000_000)?.checked_add(micros_of(clock)?)?;
    Some((micros.checked_sub(offset.unwrap_or(0) * 60_000_000)?, offset.is_some()))
}

/// Microseconds since 1970-01-01, written as `format` says.
pub(super) fn timestamp_as(text: &[u8], format: &str) -> Option<i64> {
    let time = NaiveDateTime::parse_from_str(std::str::from_utf8(text).ok()?, format).ok()?;
    Some(time.and_utc().timestamp_micros())
}

/// The clock, and the minutes of an offset behind it.
fn split_offset(text: &[u8]) -> Option<(&[u8], Option<i64>)> {
    if let Some(clock) = text.strip_suffix(b"Z").or_else(|| text.strip_suffix(b"z")) {
        return Some((clock, Some(0)));
    }
    let Some(at) = text.iter().rposition(|c| matches!(c, b'+' | b'-')) else { return Some((text, None)) };
    let sign = if text[at] == b'-' { -1 } else { 1 };
    let minutes = match &text[at + 1..] {
        [h1, h2] => two(*h1, *h2)? * 60,
        [h1, h2, m1, m2] | [h1, h2, b':', m1, m2] => two(*h1, *h2)? * 60 + two(*m1, *m2)?,
        _ => return None,
    };
    Some((&text[..at], Some(sign * minutes)))
}

fn two(a: u8, b: u8) -> Option<i64> {
    (a.is_ascii_digit() && b.is_ascii_digit()).then(|| i64::from(a - b'0') * 10 + i64::from(b - b'0'))
}

fn micros_of(clock: &[u8]) -> Option<i64> {
    let (hms, fraction) = match clock.iter().position(|c| *c == b'.') {
        Some(dot) => (&clock[..dot], fraction_micros(&clock[dot + 1..])?),
        None => (clock, 0),
    };
    let (h, m, s) = match hms {
        [h1, h2, b':', m1, m2] if fraction == 0 => (two(*h1, *h2)?, two(*m1, *m2)?, 0),
        [h1, h2, b':', m1, m2, b':', s1, s2] => (two(*h1, *h2)?, two(*m1, *m2)?, two(*s1, *s2)?),
        _ => return None,
    };
    (h < 24 && m < 60 && s < 60).then_some((h * 3600 + m * 60 + s) * 1_000_000 + fraction)
}

/// Up to nine digits; what is finer than a microsecond is cut off.
fn fraction_micros(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() || digits.len() > 9 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some((0..6).fold(0, |n, i| n * 10 + digits.get(i).map_or(0, |d| i64::from(d - b'0'))))
}

/// An integer with an optional sign.
pub(super) fn int(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}

pub(super) fn float(text: &[u8]) -> Option<f64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// `true` and `false`, in any case.
pub(super) fn bool(text: &[u8]) -> Option<bool> {
    match text {
        t if t.eq_ignore_ascii_case(b"true") => Some(true),
        t if t.eq_ignore_ascii_case(b"false") => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_strictly() {
        assert_eq!(date(b"1970-01-02"), Some(1));
        assert_eq!(date(b"2024-02-30"), None);
        assert_eq!(date(b"2024-2-03"), None);
        assert_eq!(timestamp(b"1970-01-01T00:00:01"), Some((1_000_000, false)));
        assert_eq!(timestamp(b"1970-01-01 01:00:00.5+01:00"), Some((500_000, true)));
        assert_eq!(timestamp(b"1970-01-01T00:00Z"), Some((0, true)));
        assert_eq!(timestamp(b"1970-01-01T25:00"), None);
        assert_eq!(timestamp(b"1970-01-01T10"), None);
        assert_eq!(date_as(b"31.01.1970", "%d.%m.%Y"), Some(30));
        assert_eq!(timestamp_as(b"01/01/1970 00:01", "%d/%m/%Y %H:%M"), Some(60_000_000));
    }

    #[test]
    fn numbers_are_read_strictly() {
        assert_eq!(
            (int(b"-5"), int(b"+5"), int(b""), int(b"5 "), int(b"9223372036854775808")),
            (Some(-5), Some(5), None, None, None)
        );
        assert_eq!((float(b"1e3"), float(b"x")), (Some(1000.0), None));
    }
}
