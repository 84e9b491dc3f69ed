//! Types behind `::`.

use pretty::DocAllocator;

use super::entry::Entry;
use super::list::Brackets;
use super::{Doc, Printer};
use crate::Span;
use crate::syntax::ast::{TypeExpr, TypeKind};

impl<'a> Printer<'a> {
    pub(super) fn type_expr(&self, ty: &TypeExpr) -> Doc<'a> {
        match &ty.kind {
            TypeKind::Named { name, args } => {
                let word = self.verbatim(name.span);
                if args.is_empty() {
                    return word;
                }
                let args: Vec<Entry<'_>> = args.iter().map(Entry::Arg).collect();
                word.append(self.bracketed(Brackets::PARENS, Span::new(name.span.end, ty.span.end), &args))
            }
            TypeKind::List(element) => {
                let inner = self.type_expr(element);
                self.arena.text("[").append(inner).append("]")
            }
            TypeKind::Struct(fields) => {
                let fields: Vec<Entry<'_>> = fields.iter().map(|(name, ty)| Entry::TypeField(name, ty)).collect();
                self.bracketed(Brackets::STRUCT, ty.span, &fields)
            }
        }
    }
}
