//! Literals: values that stand in the text themselves.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

/// A literal value.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// `1_000`, `0xff`. Never negative: a sign is an operator.
    Int(i128),
    /// `1.5e3`. The digits are kept because a decimal column compares with them exactly.
    Float {
        /// The nearest double.
        value: f64,
        /// The digits as written, without underscores.
        digits: String,
    },
    /// `"text"`, `'text'`, `r"raw"`, `"""block"""`, escapes already replaced.
    Str(String),
    /// `@2024-01-31`
    Date(NaiveDate),
    /// `@10:30`
    Time(NaiveTime),
    /// `@2024-01-31T10:00:00Z`
    Timestamp {
        /// Date and time as written.
        local: NaiveDateTime,
        /// The zone, if one was written.
        zone: Option<Zone>,
    },
    /// `90d`: a count of one unit.
    Duration {
        /// How many units.
        count: i64,
        /// The unit.
        unit: DurationUnit,
    },
}

/// The zone of a timestamp literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Zone {
    /// `Z`
    Utc,
    /// `+02:00`: seconds east of UTC.
    Offset(i32),
    /// `[Europe/Berlin]`: a name of the zone database, not yet looked up.
    Named(String),
}

/// Units of duration literals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DurationUnit {
    /// `ns`
    Nanosecond,
    /// `us`
    Microsecond,
    /// `ms`
    Millisecond,
    /// `s`
    Second,
    /// `min`
    Minute,
    /// `h`
    Hour,
    /// `d`: calendar days
    Day,
    /// `w`: seven calendar days
    Week,
    /// `mo`
    Month,
    /// `q`: three months
    Quarter,
    /// `y`: twelve months
    Year,
}

impl DurationUnit {
    /// All units with their spelling, shortest first.
    pub const ALL: [(&'static str, Self); 11] = [
        ("ns", Self::Nanosecond),
        ("us", Self::Microsecond),
        ("ms", Self::Millisecond),
        ("s", Self::Second),
        ("min", Self::Minute),
        ("h", Self::Hour),
        ("d", Self::Day),
        ("w", Self::Week),
        ("mo", Self::Month),
        ("q", Self::Quarter),
        ("y", Self::Year),
    ];

    /// The unit spelled `text`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(spelling, _)| *spelling == text).map(|(_, unit)| *unit)
    }

    /// How the unit is spelled.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, unit)| *unit == self).map_or("", |(spelling, _)| spelling)
    }
}
