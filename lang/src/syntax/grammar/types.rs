//! Types as written: `int`, `decimal(12, 2)`, `[str]`, `{a: int}`.

use chumsky::prelude::*;

use super::common::{braces, inside, name, sym};
use super::{P, call};
use crate::syntax::ast::{Expr, TypeExpr, TypeKind};
use crate::syntax::token::Symbol;

pub(super) fn type_expr(expr: &P<Expr>) -> P<TypeExpr> {
    let expr = expr.clone();
    recursive(move |ty| {
        let ty = ty.boxed();
        let named = name()
            .then(call::args(&expr).or_not())
            .map(|(name, args)| TypeKind::Named { name, args: args.unwrap_or_default() })
            .boxed();
        let list = ty
            .clone()
            .delimited_by(sym(Symbol::LBracket), sym(Symbol::RBracket))
            .map(|element| TypeKind::List(Box::new(element)))
            .boxed();
        let field = name().then_ignore(sym(Symbol::Colon)).then(ty).boxed();
        let structure = braces(inside(&field)).map(TypeKind::Struct).boxed();
        choice((named, list, structure)).map_with(|kind, e| TypeExpr { kind, span: e.span() }).labelled("a type").boxed()
    })
    .boxed()
}
