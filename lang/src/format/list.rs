//! Lists in brackets, and lists that only commas hold together.

use pretty::DocAllocator;

use super::entry::Entry;
use super::{Doc, INDENT, Printer};
use crate::Span;
use crate::syntax::ast::Key;

/// Brackets around a list.
#[derive(Clone, Copy)]
pub(super) struct Brackets {
    open: &'static str,
    close: &'static str,
    /// Whether blanks stand inside on one line.
    padded: bool,
}

impl Brackets {
    /// `(a, b)`
    pub(super) const PARENS: Self = Brackets { open: "(", close: ")", padded: false };
    /// `[a, b]`
    pub(super) const LIST: Self = Brackets { open: "[", close: "]", padded: false };
    /// `{a: 1}`
    pub(super) const STRUCT: Self = Brackets { open: "{", close: "}", padded: false };
    /// `{ a = 1 }`
    pub(super) const BLOCK: Self = Brackets { open: "{", close: "}", padded: true };
}

impl<'a> Printer<'a> {
    /// A list in brackets that end with `span`; it begins with what stands before the opening one.
    ///
    /// It stands on one line if it fits, and nobody broke the line behind the opening bracket; else each entry stands on
    /// a line of its own. The brackets of an only entry lie close to these.
    pub(super) fn bracketed(&self, brackets: Brackets, span: Span, entries: &[Entry<'_>]) -> Doc<'a> {
        let end = span.end.saturating_sub(1);
        let Some(first) = entries.first() else {
            let inside = self.closing_gap(end, self.arena.nil());
            return self.arena.text(brackets.open).append(inside).append(brackets.close);
        };
        if let [only] = entries
            && only.is_bracketed()
            && !brackets.padded
            && !self.is_broken(span.start, only.start())
        {
            let inner = self.tight(only.start()).append(self.entry(*only)).append(self.closing_gap(end, self.arena.nil()));
            return self.arena.text(brackets.open).append(inner).append(brackets.close);
        }
        // Rows of a table stay rows.
        let known = if entries.iter().all(Entry::is_struct) { entries.last().unwrap_or(first) } else { first };
        let inner = self.inside(brackets, self.is_broken(span.start, known.start()), entries);
        let edge = if brackets.padded { self.arena.line() } else { self.arena.line_() };
        let closing = self.closing_gap(end, edge);
        self.arena.text(brackets.open).append(inner.nest(INDENT)).append(closing).append(brackets.close).group()
    }

    fn inside(&self, brackets: Brackets, broken: bool, entries: &[Entry<'_>]) -> Doc<'a> {
        let mut inner = self.arena.nil();
        for (at, entry) in entries.iter().enumerate() {
            let separator = match at {
                0 if broken => self.arena.hardline(),
                0 if brackets.padded => self.arena.line(),
                0 => self.arena.line_(),
                _ => self.arena.line(),
            };
            inner = inner.append(self.gap(entry.start(), separator)).append(self.entry(*entry));
            let comma = self.arena.text(",");
            inner = inner.append(if at + 1 == entries.len() { comma.flat_alt(self.arena.nil()) } else { comma });
        }
        inner
    }

    /// A list without brackets behind a word. Bare names fill their lines; of others each has its own if they do not
    /// fit on one, or somebody broke the line before the first.
    pub(super) fn bare_list(&self, word: Doc<'a>, word_end: usize, entries: &[Entry<'_>]) -> Doc<'a> {
        let Some(first) = entries.first() else { return word };
        let fill = entries.iter().all(Entry::is_bare);
        let broken = !fill && self.is_broken(word_end, first.start());
        let mut list = self.arena.nil();
        for (at, entry) in entries.iter().enumerate() {
            let separator = match at {
                0 if broken => self.arena.hardline(),
                0 if fill || entries.len() == 1 => self.arena.space(),
                _ if fill => self.arena.softline(),
                _ => self.arena.line(),
            };
            list = list.append(self.gap(entry.start(), separator)).append(self.entry(*entry));
            if at + 1 != entries.len() {
                list = list.append(",");
            }
        }
        let list = if entries.len() == 1 && !broken { list } else { list.nest(INDENT) };
        word.append(if fill { list } else { list.group() })
    }

    pub(super) fn keys_in_brackets(&self, keys: &[Key], span: Span) -> Doc<'a> {
        let entries: Vec<Entry<'_>> = keys.iter().map(Entry::Key).collect();
        self.bracketed(Brackets::LIST, span, &entries)
    }

    /// Whether a line ends between two places.
    pub(super) fn is_broken(&self, start: usize, end: usize) -> bool {
        !self.one_line && Span::new(start, end).of(self.text).contains('\n')
    }
}
