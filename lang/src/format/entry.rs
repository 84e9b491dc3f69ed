//! What stands in lists.

use pretty::DocAllocator;

use super::{Doc, Printer};
use crate::Span;
use crate::syntax::ast::{Arg, Expr, ExprKind, Item, ItemName, Key, Name, Opt, Param, Source, TypeExpr, Value};

/// An element of a list, in or out of brackets.
#[derive(Clone, Copy)]
pub(super) enum Entry<'t> {
    Expr(&'t Expr),
    /// `..base`
    Base(&'t Expr),
    /// `name: value`
    Field(&'t Name, &'t Expr),
    /// `name: type`
    TypeField(&'t Name, &'t TypeExpr),
    Item(&'t Item),
    Key(&'t Key),
    Arg(&'t Arg),
    Opt(&'t Opt),
    Source(&'t Source),
    Param(&'t Param),
    /// `pattern => value`
    Arm(&'t Expr, &'t Expr),
    /// `else => value`
    Else(&'t Expr),
}

impl Entry<'_> {
    /// Where it begins, or a place before that behind the entry before.
    pub(super) const fn start(&self) -> usize {
        match self {
            Self::Expr(expr) | Self::Base(expr) | Self::Else(expr) | Self::Arm(expr, _) => expr.span.start,
            Self::Field(name, _) | Self::TypeField(name, _) => name.span.start,
            Self::Item(item) => item.span.start,
            Self::Key(key) => key.span.start,
            Self::Arg(arg) => arg.span.start,
            Self::Opt(opt) => opt.span.start,
            Self::Source(source) => source.span.start,
            Self::Param(param) => param.name.span.start,
        }
    }

    /// Whether it is short: a bare name or selector.
    pub(super) fn is_bare(&self) -> bool {
        match self {
            Self::Expr(expr) => expr.as_name().is_some(),
            Self::Item(item) => item.name.is_none() && item.expr.as_name().is_some(),
            Self::Key(key) => key.expr.as_name().is_some(),
            _ => false,
        }
    }

    /// Whether it is a struct, as the rows of a table are.
    pub(super) const fn is_struct(&self) -> bool {
        matches!(self, Self::Expr(Expr { kind: ExprKind::Struct { .. }, .. }))
    }

    /// Whether brackets are the first and last of it.
    pub(super) const fn is_bracketed(&self) -> bool {
        match self {
            Self::Expr(expr) => has_brackets(expr),
            Self::Arg(Arg { name: None, value: Value::Expr(expr), .. }) => has_brackets(expr),
            _ => false,
        }
    }
}

/// Whether an expression begins and ends with brackets.
const fn has_brackets(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::List(_) | ExprKind::Struct { .. } | ExprKind::Keys(_) | ExprKind::Comprehension { .. })
}

impl<'a> Printer<'a> {
    pub(super) fn entry(&self, entry: Entry<'_>) -> Doc<'a> {
        match entry {
            Entry::Expr(expr) => self.expr(expr),
            Entry::Base(expr) => self.arena.text("..").append(self.expr(expr)),
            Entry::Field(name, value) => self.labelled(name, value.span, |p| p.expr(value)),
            Entry::TypeField(name, ty) => self.labelled(name, ty.span, |p| p.type_expr(ty)),
            Entry::Item(item) => self.item(item),
            Entry::Key(key) => self.key(key),
            Entry::Arg(Arg { name: None, value, .. }) => self.value(value),
            Entry::Arg(Arg { name: Some(name), value, .. }) | Entry::Opt(Opt { name, value, .. }) => {
                self.labelled(name, value.span(), |p| p.value(value))
            }
            Entry::Source(source) => self.source(source),
            Entry::Param(param) => self.param(param),
            Entry::Arm(pattern, value) => {
                let pattern = self.expr(pattern);
                self.arm(pattern, value)
            }
            Entry::Else(value) => self.arm(self.arena.text("else"), value),
        }
    }

    /// `name: value`
    fn labelled(&self, name: &Name, value: Span, print: impl FnOnce(&Self) -> Doc<'a>) -> Doc<'a> {
        let name = self.verbatim(name.span);
        let gap = self.space(value.start);
        name.append(":").append(gap).append(print(self))
    }

    fn arm(&self, pattern: Doc<'a>, value: &Expr) -> Doc<'a> {
        let gap = self.space(value.span.start);
        pattern.append(" =>").append(gap).append(self.expr(value))
    }

    /// `name = expr`
    fn item(&self, item: &Item) -> Doc<'a> {
        let Some(name) = &item.name else { return self.expr(&item.expr) };
        let name = match name {
            ItemName::Name(name) => self.verbatim(name.span),
            ItemName::Pattern(pattern) => self.verbatim(pattern.span),
        };
        self.named(name, item.expr.span.start, |p| p.expr(&item.expr))
    }

    fn param(&self, param: &Param) -> Doc<'a> {
        let name = self.verbatim(param.name.span);
        match &param.default {
            Some(default) => self.named(name, default.span.start, |p| p.expr(default)),
            None => name,
        }
    }

    /// `name = …`
    pub(super) fn named(&self, name: Doc<'a>, start: usize, print: impl FnOnce(&Self) -> Doc<'a>) -> Doc<'a> {
        let gap = self.space(start);
        name.append(" =").append(gap).append(print(self))
    }

    /// `expr desc nulls first`
    fn key(&self, key: &Key) -> Doc<'a> {
        let expr = self.expr(&key.expr);
        let words = Span::new(key.expr.span.end, key.span.end).of(self.text);
        words.split_whitespace().fold(expr, |doc, word| doc.append(" ").append(word))
    }

    fn value(&self, value: &Value) -> Doc<'a> {
        match value {
            Value::Expr(expr) => self.expr(expr),
            Value::Keys(keys, span) if span.of(self.text).starts_with('[') && keys.first().is_none_or(|k| k.span != *span) => {
                self.keys_in_brackets(keys, *span)
            }
            Value::Keys(keys, _) => {
                let keys: Vec<Doc<'a>> = keys.iter().map(|key| self.key(key)).collect();
                self.arena.intersperse(keys, ", ")
            }
        }
    }
}
