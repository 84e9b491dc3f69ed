//! Numbers and durations.

use super::{Lexer, continues_name, starts_name};
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast::{DurationUnit, Literal};
use crate::syntax::token::Kind;

impl Lexer<'_> {
    pub(super) fn number(&mut self) -> Kind {
        let start = self.pos;
        if self.rest().starts_with("0x") || self.rest().starts_with("0X") {
            return self.hexadecimal();
        }
        self.eat_while(|c| c.is_ascii_digit() || c == '_');
        let mut float = false;
        if self.peek() == Some('.') && self.peek_second().is_some_and(|c| c.is_ascii_digit()) {
            float = true;
            self.bump();
            self.eat_while(|c| c.is_ascii_digit() || c == '_');
        }
        float |= self.exponent();
        let digits = self.span_from(start).of(self.text).replace('_', "");
        if self.peek().is_some_and(starts_name) {
            return self.duration(start, &digits, float);
        }
        if float {
            let value = digits.parse().unwrap_or(f64::INFINITY);
            return Self::literal(Literal::Float { value, digits });
        }
        match digits.parse() {
            Ok(value) => Self::literal(Literal::Int(value)),
            Err(_) => self.bad_number(start, "number is too large", "write it as a float, such as 1e40"),
        }
    }

    fn hexadecimal(&mut self) -> Kind {
        let start = self.pos;
        self.pos += 2;
        let text = self.eat_while(continues_name).replace('_', "");
        i128::from_str_radix(&text, 16).map_or_else(
            |_| self.bad_number(start, "malformed hexadecimal number", "such as 0xff"),
            |value| Self::literal(Literal::Int(value)),
        )
    }

    /// Eats `e10`, `E-3` if digits follow the `e`.
    fn exponent(&mut self) -> bool {
        let rest = self.rest().as_bytes();
        if !matches!(rest.first(), Some(b'e' | b'E')) {
            return false;
        }
        let sign = usize::from(matches!(rest.get(1), Some(b'+' | b'-')));
        let found = rest.get(1 + sign).is_some_and(u8::is_ascii_digit);
        if found {
            self.pos += 1 + sign;
            self.eat_while(|c| c.is_ascii_digit() || c == '_');
        }
        found
    }

    fn duration(&mut self, start: usize, digits: &str, float: bool) -> Kind {
        let unit_start = self.pos;
        let word = self.eat_while(continues_name);
        let span = self.span_from(start);
        let bad = |message: String| Diagnostic::error(Code::BAD_DURATION, message, span);
        let Some(unit) = DurationUnit::parse(word) else {
            let diagnostic = if word == "m" {
                bad(format!("`{digits}m` could be minutes or months"))
                    .fix(span, format!("{digits}min"), "minutes")
                    .fix(span, format!("{digits}mo"), "months")
                    .help("write `min` or `mo`")
            } else {
                Diagnostic::error(Code::BAD_NUMBER, format!("`{}` is no number", span.of(self.text)), span).help(format!(
                    "`{word}` is no unit of time (ns us ms s min h d w mo q y); names that start with a digit stand in backticks"
                ))
            };
            self.report(diagnostic);
            return Kind::Error;
        };
        if float {
            let message = format!("a duration is a whole number of units, not `{}`", span.of(self.text));
            let diagnostic = bad(message).help("use a smaller unit: 1.5h is 90min");
            self.report(diagnostic);
            return Kind::Error;
        }
        let Ok(count) = digits.parse() else {
            let unit_span = self.span_from(unit_start);
            self.report(bad("duration is too long".to_owned()).also(unit_span, "unit"));
            return Kind::Error;
        };
        Self::literal(Literal::Duration { count, unit })
    }

    fn bad_number(&mut self, start: usize, message: &str, help: &str) -> Kind {
        let span = self.span_from(start);
        self.report(Diagnostic::error(Code::BAD_NUMBER, message, span).help(help));
        Kind::Error
    }
}
