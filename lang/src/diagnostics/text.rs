//! Lines of a cell, for renderers.

use crate::Span;

/// A line that a label touches.
pub(super) struct Line<'a> {
    /// Number from 1.
    pub(super) number: usize,
    /// The text without the line's end.
    pub(super) text: &'a str,
    /// Byte offset of its start in the cell.
    pub(super) start: usize,
}

impl Line<'_> {
    /// The part of the line that a span covers, as byte offsets in the line.
    pub(super) fn part(&self, span: Span) -> (usize, usize) {
        let end = self.text.len();
        let from = span.start.saturating_sub(self.start).min(end);
        let to = span.end.saturating_sub(self.start).min(end);
        (from, to.max(from))
    }
}

/// The line that holds a byte offset.
pub(super) fn line_at(text: &str, offset: usize) -> Line<'_> {
    let offset = Span::new(offset, offset).clamped(text).start;
    let before = text.get(..offset).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let number = before.matches('\n').count() + 1;
    let rest = text.get(start..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    Line { number, text: line.trim_end_matches('\r'), start }
}

/// Text with control and direction characters made visible, so that it cannot change a terminal or a page.
pub(super) fn visible(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' => ' ',
            c if c.is_control() || is_direction_mark(c) => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// Marks that reorder text on the screen.
const fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{061c}')
}

/// As [`visible`], but of the same length in bytes, so that byte spans stay right; line ends are kept.
pub(super) fn visible_same_length(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            '\r' => out.push(' '),
            c if c.is_control() || is_direction_mark(c) => match c.len_utf8() {
                1 => out.push('?'),
                2 => out.push('\u{b7}'),
                _ => out.push('\u{fffd}'),
            },
            c => out.push(c),
        }
    }
    out
}
