//! Comments: each is printed before whatever stood behind it.

use pretty::DocAllocator;

use std::cell::Cell;

use super::{Doc, INDENT, Printer};
use crate::Span;
use crate::syntax::ast::Comment;

/// The comments of a cell that are not printed yet.
pub(super) struct Comments<'a> {
    all: &'a [Comment],
    next: Cell<usize>,
}

impl<'a> Comments<'a> {
    pub(super) fn new(all: &'a [Comment]) -> Self {
        Comments { all, next: Cell::new(0) }
    }

    /// Takes the comments that begin before `place`.
    fn before(&self, place: usize) -> &'a [Comment] {
        let rest = self.all.get(self.next.get()..).unwrap_or_default();
        let count = rest.iter().take_while(|c| c.span.start < place).count();
        self.next.set(self.next.get() + count);
        rest.get(..count).unwrap_or_default()
    }
}

impl<'a> Printer<'a> {
    /// What separates two tokens: `separator`, unless comments stand before `place`, where the second one begins.
    pub(super) fn gap(&self, place: usize, separator: Doc<'a>) -> Doc<'a> {
        match self.comments_before(place) {
            Some(comments) => comments.append(self.arena.hardline()),
            None => separator,
        }
    }

    /// The same before a closing bracket: comments are indented as what stands in the brackets.
    pub(super) fn closing_gap(&self, place: usize, separator: Doc<'a>) -> Doc<'a> {
        match self.comments_before(place) {
            Some(comments) => comments.nest(INDENT).append(self.arena.hardline()),
            None => separator,
        }
    }

    /// A blank, or comments.
    pub(super) fn space(&self, place: usize) -> Doc<'a> {
        self.gap(place, self.arena.space())
    }

    /// Nothing, or comments.
    pub(super) fn tight(&self, place: usize) -> Doc<'a> {
        self.gap(place, self.arena.nil())
    }

    /// The comments before `place`, the last one without the end of its line.
    pub(super) fn comments_before(&self, place: usize) -> Option<Doc<'a>> {
        let comments = self.comments.before(place);
        let mut doc = self.arena.nil();
        for comment in comments {
            let before = if comment.own_line { self.arena.hardline() } else { self.arena.text("  ") };
            doc = doc.append(before).append(self.comment(comment));
        }
        (!comments.is_empty()).then_some(doc)
    }

    pub(super) fn comment(&self, comment: &Comment) -> Doc<'a> {
        self.arena.text(comment.span.of(self.text).trim_end())
    }

    /// The text of `span` as it was written. Comments inside, in the parts of f-strings, belong to it.
    pub(super) fn verbatim(&self, span: Span) -> Doc<'a> {
        let before = self.tight(span.start);
        self.comments.before(span.end);
        before.append(span.of(self.text))
    }
}
