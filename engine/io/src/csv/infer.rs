//! The type of a column, from the fields seen of it.

use weft_core::{TimeUnit, Type};

use super::function::Formats;
use super::values;

/// What all fields seen so far are. Kinds meet in the narrowest that holds both, at last in text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// Only nulls so far.
    #[default]
    Nothing,
    Bool,
    Int,
    Float,
    Date,
    Timestamp,
    /// With an offset from UTC.
    Instant,
    Text,
}

impl Kind {
    /// The kind of one field.
    pub(super) fn of(text: &[u8], formats: &Formats) -> Kind {
        if let Some(format) = &formats.timestamp
            && values::timestamp_as(text, format).is_some()
        {
            return Kind::Timestamp;
        }
        if let Some(format) = &formats.date
            && values::date_as(text, format).is_some()
        {
            return Kind::Date;
        }
        match text {
            // Codes such as 00123 would lose their zeros as numbers.
            [b'0', b'0'..=b'9', ..] => Kind::of_time(text, formats),
            [b'0'..=b'9' | b'+' | b'-' | b'.', ..] if values::int(text).is_some() => Kind::Int,
            [b'0'..=b'9' | b'+' | b'-' | b'.', ..] if is_float(text) => Kind::Float,
            [b'0'..=b'9', ..] => Kind::of_time(text, formats),
            _ if values::bool(text).is_some() => Kind::Bool,
            _ if is_no_number(text) => Kind::Float,
            _ => Kind::Text,
        }
    }

    fn of_time(text: &[u8], formats: &Formats) -> Kind {
        match values::timestamp(text) {
            Some((_, true)) if formats.timestamp.is_none() => Kind::Instant,
            Some((_, false)) if formats.timestamp.is_none() => Kind::Timestamp,
            _ if formats.date.is_none() && values::date(text).is_some() => Kind::Date,
            _ => Kind::Text,
        }
    }

    /// The kind of a column that has fields of both.
    pub(super) fn meet(self, other: Kind) -> Kind {
        use Kind::*;
        match (self, other) {
            (a, b) if a == b => a,
            (Nothing, kind) | (kind, Nothing) => kind,
            (Int, Float) | (Float, Int) => Float,
            _ => Text,
        }
    }

    /// The column's type; columns without any value are text.
    pub(super) fn ty(self) -> Type {
        match self {
            Kind::Bool => Type::Bool,
            Kind::Int => Type::Int64,
            Kind::Float => Type::Float64,
            Kind::Date => Type::Date,
            Kind::Timestamp => Type::timestamp(),
            Kind::Instant => Type::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Kind::Nothing | Kind::Text => Type::String,
        }
    }
}

/// A float without digits, as writers of CSV spell it. Other texts beside it make the column text all the same.
fn is_no_number(text: &[u8]) -> bool {
    let word = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    [&b"nan"[..], b"inf", b"infinity"].iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// A float in digits, and not an integer too large to be one exactly.
fn is_float(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    let begins = matches!(digits, [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..]);
    begins && !digits.iter().all(u8::is_ascii_digit) && values::float(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(fields: &[&str]) -> Kind {
        fields.iter().fold(Kind::Nothing, |k, f| k.meet(Kind::of(f.as_bytes(), &Formats::default())))
    }

    #[test]
    fn kinds_meet_in_the_narrowest_that_holds_both() {
        assert_eq!(kind(&["1", "-2"]), Kind::Int);
        assert_eq!(kind(&["1", "2.5", "1e3", ".5"]), Kind::Float);
        assert_eq!(kind(&["1", "x"]), Kind::Text);
        assert_eq!(kind(&["00123", "5"]), Kind::Text);
        assert_eq!(kind(&["12345678901234567890"]), Kind::Text);
        assert_eq!(kind(&["true", "FALSE"]), Kind::Bool);
        assert_eq!(kind(&["2024-01-31"]), Kind::Date);
        assert_eq!(kind(&["2024-01-31T10:00:00"]), Kind::Timestamp);
        assert_eq!(kind(&["2024-01-31 10:00:00Z"]), Kind::Instant);
        assert_eq!(kind(&["0", "0.5", "-0.5"]), Kind::Float);
        assert_eq!(kind(&["nan", "1.5", "-inf", "Infinity"]), Kind::Float);
        assert_eq!(kind(&["nan", "inf", "naan"]), Kind::Text);
        assert_eq!(kind(&["1.2.3"]), Kind::Text);
    }
}
