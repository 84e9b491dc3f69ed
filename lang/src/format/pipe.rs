//! Pipes: stages stay on the lines that they were written on, as long as these fit.

use pretty::DocAllocator;

use super::{Doc, EMPTY_LINE, INDENT, Printer};
use crate::Span;
use crate::syntax::ast::{Pipe, Source, SourceKind, Stage};

use super::entry::Entry;
use super::list::Brackets;

impl<'a> Printer<'a> {
    pub(super) fn pipe(&self, pipe: &Pipe) -> Doc<'a> {
        let head = self.expr(&pipe.head);
        self.stages(head, pipe.head.span.end, &pipe.stages)
    }

    /// `before | stage | stage`; stages of one line break all together.
    pub(super) fn stages(&self, before: Doc<'a>, mut end: usize, stages: &[Stage]) -> Doc<'a> {
        let (mut done, mut line) = (self.arena.nil(), before);
        for stage in stages {
            if self.is_broken(end, stage.span.start) {
                done = done.append(line.group()).append(self.line_end(end, stage.span.start));
                line = self.arena.nil();
            } else {
                line = line.append(self.gap(stage.span.start, self.arena.line()));
            }
            line = line.append("| ").append(self.stage(stage).nest(INDENT));
            end = stage.span.end;
        }
        done.append(line.group())
    }

    /// The end of a line, comments, and one of the empty lines that follow.
    fn line_end(&self, end: usize, start: usize) -> Doc<'a> {
        let empty = self.has_empty_line(Span::new(end, start));
        let trailing = self.comments_before(self.end_of_line(end).min(start)).unwrap_or_else(|| self.arena.nil());
        let before = if empty { self.arena.hardline().append(EMPTY_LINE) } else { self.arena.nil() };
        trailing.append(before).append(self.gap(start, self.arena.hardline()))
    }

    /// Where the line ends that `place` is on.
    pub(super) fn end_of_line(&self, place: usize) -> usize {
        let rest = self.text.get(place..).unwrap_or_default();
        place + rest.find('\n').unwrap_or(rest.len())
    }

    /// Whether one of the whole lines between two places is empty.
    pub(super) fn has_empty_line(&self, between: Span) -> bool {
        let lines: Vec<&str> = between.of(self.text).split('\n').collect();
        let whole = lines.get(1..lines.len().saturating_sub(1)).unwrap_or_default();
        !self.one_line && whole.iter().any(|line| line.trim().is_empty())
    }

    /// `(pipe)`; the parentheses are part of `span` or stand around it.
    pub(super) fn pipe_in_parens(&self, pipe: &Pipe) -> Doc<'a> {
        let broken = self.is_broken(pipe.head.span.end, pipe.stages.last().map_or(0, |stage| stage.span.start));
        let edge = || if broken { self.arena.hardline() } else { self.arena.line_() };
        let before = self.gap(pipe.head.span.start, edge());
        let inner = before.append(self.pipe(pipe)).nest(INDENT);
        let closing = self.closing_gap(pipe.span.end, edge());
        self.arena.text("(").append(inner).append(closing).append(")").group()
    }

    pub(super) fn source(&self, source: &Source) -> Doc<'a> {
        match &source.kind {
            SourceKind::Path(path) => {
                let names: Vec<Doc<'a>> = path.names.iter().map(|name| self.verbatim(name.span)).collect();
                self.arena.intersperse(names, ".")
            }
            SourceKind::Call { name, args } => {
                let args: Vec<Entry<'_>> = args.iter().map(Entry::Arg).collect();
                let word = self.verbatim(name.span);
                word.append(self.bracketed(Brackets::PARENS, Span::new(name.span.end, source.span.end), &args))
            }
            SourceKind::Pipe(pipe) => self.pipe_in_parens(pipe),
            SourceKind::Rows(rows) => {
                let rows: Vec<Entry<'_>> = rows.iter().map(Entry::Expr).collect();
                self.bracketed(Brackets::LIST, source.span, &rows)
            }
        }
    }
}
