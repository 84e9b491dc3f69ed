//! Format specifications of f-strings: `{x:.2f}`, `{x:>10}`, `{n:,}`, `{r:.1%}`.
//!
//! `[[fill]align][sign][0][width][,][.precision][kind]`, with `align` one of `< > ^`, `sign` one of `+ -`, and
//! `kind` one of `d f e % x o b s`.

use std::iter::Peekable;
use std::str::Chars;

use weft_core::{Error, Result};

/// Where the text stands in a wider field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Align {
    Left,
    Right,
    Center,
}

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// As it is.
    Plain,
    /// `d`
    Integer,
    /// `f`
    Fixed,
    /// `e`
    Scientific,
    /// `%`
    Percent,
    /// `x`
    Hex,
    /// `o`
    Octal,
    /// `b`
    Binary,
    /// `s`
    Text,
}

/// A parsed specification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FormatSpec {
    fill: char,
    align: Option<Align>,
    plus: bool,
    zeros: bool,
    width: usize,
    grouped: bool,
    precision: Option<usize>,
    /// How numbers are written.
    pub(crate) kind: Kind,
}

/// Wider fields and longer fractions are mistakes.
const MAX_WIDTH: usize = 1_000;

impl FormatSpec {
    /// Reads a specification.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let (fill, align, rest) = fill_and_align(text);
        let mut chars = rest.chars().peekable();
        let plus = eat(&mut chars, '+');
        if !plus {
            eat(&mut chars, '-');
        }
        let zeros = eat(&mut chars, '0');
        let width = number(&mut chars).unwrap_or(0);
        let grouped = eat(&mut chars, ',');
        let precision = if eat(&mut chars, '.') { Some(number(&mut chars).ok_or_else(|| malformed(text))?) } else { None };
        let kind = match chars.next() {
            None => Kind::Plain,
            Some('d') => Kind::Integer,
            Some('f') => Kind::Fixed,
            Some('e') => Kind::Scientific,
            Some('%') => Kind::Percent,
            Some('x') => Kind::Hex,
            Some('o') => Kind::Octal,
            Some('b') => Kind::Binary,
            Some('s') => Kind::Text,
            Some(_) => return Err(malformed(text)),
        };
        if chars.next().is_some() || width > MAX_WIDTH || precision.is_some_and(|p| p > MAX_WIDTH) {
            return Err(malformed(text));
        }
        Ok(FormatSpec { fill, align, plus, zeros, width, grouped, precision, kind })
    }

    /// Whether the specification makes sense for text.
    pub(crate) fn fits_text(&self) -> bool {
        matches!(self.kind, Kind::Plain | Kind::Text) && !self.plus && !self.zeros && !self.grouped
    }

    /// Whether the specification makes sense for numbers.
    pub(crate) fn fits_number(&self, integer: bool) -> bool {
        match self.kind {
            Kind::Text => false,
            Kind::Integer | Kind::Hex | Kind::Octal | Kind::Binary => integer && self.precision.is_none(),
            _ => true,
        }
    }

    /// Writes text, cut to the precision and padded to the width.
    pub(crate) fn write_text(&self, text: &str, out: &mut String) {
        let cut = self.precision.map_or(text, |n| text.char_indices().nth(n).map_or(text, |(at, _)| &text[..at]));
        self.pad(cut, Align::Left, out);
    }

    /// Writes an integer.
    pub(crate) fn write_integer(&self, n: i128, out: &mut String) {
        let size = n.unsigned_abs();
        let digits = match self.kind {
            Kind::Hex => format!("{size:x}"),
            Kind::Octal => format!("{size:o}"),
            Kind::Binary => format!("{size:b}"),
            Kind::Plain | Kind::Integer if self.precision.is_none() => size.to_string(),
            _ => return self.write_float(n as f64, out),
        };
        self.write_number(n < 0, digits, out);
    }

    /// Writes a float.
    pub(crate) fn write_float(&self, x: f64, out: &mut String) {
        let size = x.abs();
        let digits = match (self.kind, self.precision) {
            _ if !x.is_finite() => {
                if x.is_nan() {
                    "NaN".into()
                } else {
                    "inf".into()
                }
            }
            (Kind::Percent, precision) => format!("{:.*}%", precision.unwrap_or(0), size * 100.0),
            (Kind::Scientific, precision) => format!("{size:.*e}", precision.unwrap_or(6)),
            (Kind::Plain, None) => weft_core::value::text::float_text(size),
            (_, precision) => format!("{size:.*}", precision.unwrap_or(6)),
        };
        self.write_number(x < 0.0, digits, out);
    }

    /// Writes a decimal that is `digits` with `scale` of them after the point; fixed forms are exact.
    pub(crate) fn write_decimal(&self, digits: i128, scale: i8, out: &mut String) {
        let (size, scale) = (digits.abs(), i64::from(scale));
        let shift = if self.kind == Kind::Percent { 2 } else { 0 };
        let default = if matches!(self.kind, Kind::Plain) { scale } else { 6 - 3 * shift };
        let kept = self.precision.map_or(default, |p| p as i64);
        let dropped = scale - shift - kept;
        let exact = match (self.kind, u32::try_from(dropped.abs()).ok().and_then(|n| 10i128.checked_pow(n))) {
            (Kind::Scientific, _) | (_, None) => None,
            (_, Some(power)) if dropped > 0 => Some(super::decimals::round_half_away(size, power)),
            (_, Some(power)) => size.checked_mul(power),
        };
        let Some(exact) = exact else {
            return self.write_float(digits as f64 / 10f64.powi(scale as i32), out);
        };
        let mut text = weft_core::value::text::decimal_text(exact, kept.clamp(0, 127) as i8);
        if shift > 0 {
            text.push('%');
        }
        self.write_number(digits < 0 && exact != 0, text, out);
    }

    /// Sign, grouping and padding around digits that are not negative.
    fn write_number(&self, negative: bool, digits: String, out: &mut String) {
        let sign = if negative {
            "-"
        } else if self.plus {
            "+"
        } else {
            ""
        };
        let digits = if self.grouped { group(&digits) } else { digits };
        if self.zeros && self.align.is_none() {
            out.push_str(sign);
            let missing = self.width.saturating_sub(sign.len() + digits.len());
            out.extend(std::iter::repeat_n('0', missing));
            out.push_str(&digits);
            return;
        }
        self.pad(&format!("{sign}{digits}"), Align::Right, out);
    }

    fn pad(&self, text: &str, default: Align, out: &mut String) {
        let missing = self.width.saturating_sub(text.chars().count());
        let before = match self.align.unwrap_or(default) {
            Align::Left => 0,
            Align::Right => missing,
            Align::Center => missing / 2,
        };
        out.extend(std::iter::repeat_n(self.fill, before));
        out.push_str(text);
        out.extend(std::iter::repeat_n(self.fill, missing - before));
    }
}

/// Thousands separated by commas, before a point or exponent.
fn group(digits: &str) -> String {
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let mut out = String::with_capacity(digits.len() + end / 3);
    for (i, c) in digits[..end].chars().enumerate() {
        if i > 0 && (end - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out + &digits[end..]
}

fn fill_and_align(text: &str) -> (char, Option<Align>, &str) {
    let align = |c| match c {
        Some('<') => Some(Align::Left),
        Some('>') => Some(Align::Right),
        Some('^') => Some(Align::Center),
        _ => None,
    };
    let mut chars = text.chars();
    let (first, second) = (chars.next(), chars.next());
    if let (Some(fill), Some(found)) = (first, align(second)) {
        return (fill, Some(found), chars.as_str());
    }
    match align(first) {
        Some(found) => (' ', Some(found), &text[1..]),
        None => (' ', None, text),
    }
}

fn eat(chars: &mut Peekable<Chars<'_>>, wanted: char) -> bool {
    chars.next_if_eq(&wanted).is_some()
}

fn number(chars: &mut Peekable<Chars<'_>>) -> Option<usize> {
    let mut digits = String::new();
    while let Some(digit) = chars.next_if(char::is_ascii_digit) {
        digits.push(digit);
    }
    digits.parse().ok()
}

fn malformed(text: &str) -> Error {
    Error::argument(format!("`{text}` is no format"))
        .with_help("formats are as in `.2f`, `,`, `>10`, `08.3f`, `.1%`, `x`; for dates as in `%d %b %Y`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn float(spec: &str, x: f64) -> String {
        let mut out = String::new();
        FormatSpec::parse(spec).unwrap().write_float(x, &mut out);
        out
    }

    #[test]
    fn numbers_are_written_as_asked() {
        assert_eq!(float(".2f", 2.0 / 3.0), "0.67");
        assert_eq!(float("+,.1f", 1234567.25), "+1,234,567.2");
        assert_eq!(float("09.3f", -2.5), "-0002.500");
        assert_eq!(float("*^9.1%", 0.255), "**25.5%**");
        assert_eq!(float(".2e", 12345.0), "1.23e4");
        let mut out = String::new();
        FormatSpec::parse(">6x").unwrap().write_integer(255, &mut out);
        FormatSpec::parse(",").unwrap().write_integer(-1234, &mut out);
        FormatSpec::parse(".1f").unwrap().write_decimal(-1250, 3, &mut out);
        FormatSpec::parse("").unwrap().write_decimal(5, 2, &mut out);
        assert_eq!(out, "    ff-1,234-1.30.05");
    }

    #[test]
    fn nonsense_is_refused() {
        for spec in [".", "f2", "10q", "99999", "%d"] {
            assert!(FormatSpec::parse(spec).is_err(), "{spec}");
        }
    }
}
