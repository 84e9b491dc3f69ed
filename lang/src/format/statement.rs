//! Cells and statements.

use pretty::DocAllocator;

use super::entry::Entry;
use super::list::Brackets;
use super::{Doc, EMPTY_LINE, Printer};
use crate::Span;
use crate::syntax::ast::{Cell, Name, Opt, Param, Path, Pipe, Stmt, StmtKind};

impl<'a> Printer<'a> {
    /// Statements each on a line of its own, with at most one empty line between them.
    pub(super) fn cell(&self, cell: &Cell) -> Doc<'a> {
        let mut doc = self.arena.nil();
        let mut end = None;
        for stmt in &cell.stmts {
            doc = doc.append(self.between(&mut end, stmt.span.start, cell)).append(self.stmt(stmt));
            end = Some(stmt.span.end);
        }
        doc.append(self.between(&mut end, cell.span.end + 1, cell))
    }

    /// The comments between `end`, where something has ended, and `start`, each on its line, and the line's end.
    fn between(&self, end: &mut Option<usize>, start: usize, cell: &Cell) -> Doc<'a> {
        let mut doc = self.arena.nil();
        if let Some(end) = *end
            && let Some(trailing) = self.comments_before(self.end_of_line(end).min(start))
        {
            doc = doc.append(trailing);
        }
        let after = *end;
        let inside = |place: usize| place < start && after.is_none_or(|end| place >= end);
        let own = cell.comments.iter().filter(|c| c.own_line && inside(c.span.start));
        for comment in own {
            let from = end.unwrap_or(0);
            doc = doc.append(self.new_line(*end, from, comment.span.start)).append(self.comment(comment));
            *end = Some(comment.span.end);
        }
        // They are printed.
        self.comments_before(start);
        if start > cell.span.end { doc } else { doc.append(self.new_line(*end, end.unwrap_or(0), start)) }
    }

    fn new_line(&self, end: Option<usize>, from: usize, to: usize) -> Doc<'a> {
        match end {
            None => self.arena.nil(),
            Some(_) if self.has_empty_line(Span::new(from, to)) => {
                self.arena.hardline().append(EMPTY_LINE).append(self.arena.hardline())
            }
            Some(_) => self.arena.hardline(),
        }
    }

    fn stmt(&self, stmt: &Stmt) -> Doc<'a> {
        let text = |text: &'static str| self.arena.text(text);
        match &stmt.kind {
            StmtKind::Let { name, pipe } => {
                let name = text("let ").append(self.verbatim(name.span));
                self.named(name, pipe.head.span.start, |p| p.pipe(pipe))
            }
            StmtKind::Fn { name, params, body } => self.function(name, params, body),
            StmtKind::Set { name, value, options } => {
                let name = text("set ").append(self.path(name));
                let set = self.named(name, value.span.start, |p| p.expr(value));
                self.with_options(set, options)
            }
            StmtKind::Attach { target, alias, options } => {
                let mut attach = text("attach ").append(self.verbatim(target.span));
                if let Some(alias) = alias {
                    attach = attach.append(" as ").append(self.verbatim(alias.span));
                }
                self.with_options(attach, options)
            }
            StmtKind::Use(path) => text("use ").append(self.path(path)),
            StmtKind::Help(None) => text("help"),
            StmtKind::Help(Some(topic)) => text("help ").append(self.verbatim(topic.span)),
            StmtKind::Clear => text("clear"),
            StmtKind::Pipe(pipe) => self.pipe(pipe),
            StmtKind::Error => self.verbatim(stmt.span),
        }
    }

    /// `fn name(params) = body`
    fn function(&self, name: &Name, params: &[Param], body: &Pipe) -> Doc<'a> {
        let word = self.arena.text("fn ").append(self.verbatim(name.span));
        let entries: Vec<Entry<'_>> = params.iter().map(Entry::Param).collect();
        // The closing parenthesis is somewhere before the body; comments behind it go to the body.
        let last = params.last().map_or(name.span, |p| p.default.as_ref().map_or(p.name.span, |d| d.span));
        let head = word.append(self.bracketed(Brackets::PARENS, Span::new(name.span.end, last.end + 1), &entries));
        self.named(head, body.head.span.start, |p| p.pipe(body))
    }

    fn path(&self, path: &Path) -> Doc<'a> {
        let names: Vec<Doc<'a>> = path.names.iter().map(|name| self.verbatim(name.span)).collect();
        self.arena.intersperse(names, ".")
    }

    /// `…, name: value`
    pub(super) fn with_options(&self, core: Doc<'a>, options: &[Opt]) -> Doc<'a> {
        let mut doc = core;
        for option in options {
            let gap = self.gap(option.span.start, self.arena.line()).nest(super::INDENT);
            doc = doc.append(",").append(gap).append(self.entry(Entry::Opt(option)).nest(super::INDENT));
        }
        doc.group()
    }
}
