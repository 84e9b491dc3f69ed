//! What follows an operand: `.f`, `.f(a)`, `[i]`, `::type`, `over (…)`, `but …`.

use chumsky::prelude::*;

use super::common::{At, failure, kw, name, parens, some_inside, sym};
use super::{P, call, types, window};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast::{Arg, Expr, ExprKind, Name, TypeExpr, Window};
use crate::syntax::token::{Keyword, Symbol};

/// A postfix operator with its operands.
#[derive(Clone)]
pub(super) enum Postfix {
    Dot(Name, Option<Vec<Arg>>),
    Index(Expr),
    Cast(TypeExpr, bool),
    Over(Window),
    But(Span, Vec<Expr>),
}

pub(super) fn postfix(expr: &P<Expr>, arith: &P<Expr>) -> P<Postfix> {
    let dot =
        sym(Symbol::Dot).ignore_then(name()).then(call::args(expr).or_not()).map(|(name, args)| Postfix::Dot(name, args)).boxed();
    let index = expr.clone().delimited_by(sym(Symbol::LBracket), sym(Symbol::RBracket)).map(Postfix::Index).boxed();
    let sign = sym(Symbol::Cast).to(false).or(sym(Symbol::TryCast).to(true)).boxed();
    let cast = sign.then(types::type_expr(expr)).map(|(lenient, ty)| Postfix::Cast(ty, lenient)).boxed();
    let over = kw(Keyword::Over).ignore_then(window::window(expr, arith)).map(Postfix::Over).boxed();
    let one = name()
        .map(|name| {
            let span = name.span;
            vec![Expr::new(ExprKind::Name(name), span)]
        })
        .boxed();
    let but =
        kw(Keyword::But).then(one.or(parens(some_inside(expr))).boxed()).map(|(span, except)| Postfix::But(span, except)).boxed();
    choice((dot, index, cast, over, but)).labelled("an operator").boxed()
}

pub(super) fn apply(value: Expr, postfix: Postfix, e: &mut At<'_>) -> Expr {
    let span = e.span();
    if let Postfix::But(at, _) = &postfix
        && !is_selector(&value)
    {
        e.emit(failure(
            Diagnostic::error(Code::BAD_BUT, "`but` follows `*` or `cols(…)`", *at).also(value.span, "this is no selector"),
        ));
    }
    let value = Box::new(value);
    let kind = match postfix {
        Postfix::Dot(name, Some(args)) => ExprKind::Method { receiver: value, name, args },
        Postfix::Dot(name, None) => ExprKind::Field { receiver: value, name },
        Postfix::Index(index) => ExprKind::Index { receiver: value, index: Box::new(index) },
        Postfix::Cast(ty, lenient) => ExprKind::Cast { value, ty, lenient },
        Postfix::Over(window) => ExprKind::Over { value, window },
        Postfix::But(_, except) => ExprKind::But { selector: value, except },
    };
    Expr::new(kind, span)
}

fn is_selector(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Star | ExprKind::Error => true,
        ExprKind::Call { name, .. } => name.text == "cols",
        _ => false,
    }
}
