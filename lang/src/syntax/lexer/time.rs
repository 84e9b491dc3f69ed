//! Dates, times and timestamps: `@…`. The literal ends where its form ends, so `@1998-12-01-90d` subtracts.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::Lexer;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast::{Literal, Zone};
use crate::syntax::token::Kind;

impl Lexer<'_> {
    pub(super) fn time(&mut self) -> Kind {
        let start = self.pos;
        self.bump();
        let literal = match self.date_part() {
            Some(date) if self.rest().starts_with('T') => {
                self.bump();
                date.zip(self.time_part().flatten())
                    .map(|(date, time)| Literal::Timestamp { local: NaiveDateTime::new(date, time), zone: self.zone() })
            }
            Some(date) => date.map(Literal::Date),
            None => self.time_part().flatten().map(Literal::Time),
        };
        literal.map_or_else(|| self.bad_time(start), Self::literal)
    }

    fn bad_time(&mut self, start: usize) -> Kind {
        self.eat_while(|c| c.is_alphanumeric() || c == ':' || c == '_');
        let span = self.span_from(start);
        let message = format!("`{}` is no date or time", span.of(self.text));
        self.report(Diagnostic::error(Code::BAD_TIME, message, span).help("such as @2024-01-31, @10:30, @2024-01-31T10:00:00Z"));
        Kind::Error
    }

    /// Exactly `n` digits.
    fn digits(&mut self, n: usize) -> Option<u32> {
        let text = self.rest().get(..n)?;
        if !text.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        self.pos += n;
        text.parse().ok()
    }

    /// `2024-01-31`. The outer option: whether it has this form; the inner: whether such a day exists.
    #[expect(clippy::option_option, reason = "two different questions")]
    fn date_part(&mut self) -> Option<Option<NaiveDate>> {
        let start = self.pos;
        let parts = (|| {
            let year = self.digits(4)?;
            let month = self.eat("-").then(|| self.digits(2))??;
            let day = self.eat("-").then(|| self.digits(2))??;
            Some((year, month, day))
        })();
        if parts.is_none() {
            self.pos = start;
        }
        let (year, month, day) = parts?;
        Some(NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day))
    }

    /// `10:30`, `10:30:15`, `10:30:15.123`.
    #[expect(clippy::option_option, reason = "two different questions")]
    fn time_part(&mut self) -> Option<Option<NaiveTime>> {
        let hour = self.digits(2)?;
        let minute = self.eat(":").then(|| self.digits(2))??;
        let mut second = 0;
        let mut nanos = 0;
        if self.rest().starts_with(':') {
            let before = self.pos;
            self.bump();
            if let Some(value) = self.digits(2) {
                second = value;
                nanos = self.fraction();
            } else {
                self.pos = before;
            }
        }
        Some(NaiveTime::from_hms_nano_opt(hour, minute, second, nanos))
    }

    /// `.123` in nanoseconds; digits beyond the ninth are dropped.
    fn fraction(&mut self) -> u32 {
        let next = self.peek_second();
        if self.peek() != Some('.') || !next.is_some_and(|c| c.is_ascii_digit()) {
            return 0;
        }
        self.bump();
        let digits = self.eat_while(|c| c.is_ascii_digit());
        let padded: String = digits.chars().chain("000000000".chars()).take(9).collect();
        padded.parse().unwrap_or(0)
    }

    fn zone(&mut self) -> Option<Zone> {
        if self.rest().starts_with('Z') && !self.peek_second().is_some_and(super::continues_name) {
            self.bump();
            return Some(Zone::Utc);
        }
        let start = self.pos;
        let zone = match self.peek() {
            Some('+') => self.offset(1),
            Some('-') => self.offset(-1),
            Some('[') => self.named_zone(),
            _ => None,
        };
        if zone.is_none() {
            self.pos = start;
        }
        zone
    }

    fn offset(&mut self, sign: i32) -> Option<Zone> {
        self.bump();
        let hours = i32::try_from(self.digits(2)?).ok()?;
        let minutes = i32::try_from(self.eat(":").then(|| self.digits(2))??).ok()?;
        (hours < 24 && minutes < 60).then_some(Zone::Offset(sign * (hours * 3600 + minutes * 60)))
    }

    fn named_zone(&mut self) -> Option<Zone> {
        self.bump();
        let name = self.eat_while(|c| c.is_ascii_alphanumeric() || "/_+-".contains(c));
        let named = name.starts_with(|c: char| c.is_ascii_alphabetic()) && self.eat("]");
        named.then(|| Zone::Named(name.to_owned()))
    }
}
