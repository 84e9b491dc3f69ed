//! Atoms: what expressions are made of.

use chumsky::prelude::*;

use super::common::{name, pipe_as_expr, sym};
use super::{P, call, collection, common, control};
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast::{Expr, ExprKind, Literal, Name, Pipe};
use crate::syntax::token::{Keyword, Kind, Symbol};

pub(super) fn atom(expr: &P<Expr>, pipe: &P<Pipe>) -> P<Expr> {
    choice((
        literal(),
        lambda(expr),
        call::call_or_name(expr),
        paren(expr, pipe),
        collection::list(expr),
        collection::structure(expr),
        control::conditional(expr),
        control::case(expr),
        control::matching(expr),
    ))
    .labelled("an expression")
    .boxed()
}

fn literal() -> P<Expr> {
    select! {
        Kind::Literal(literal) => ExprKind::Literal((*literal).clone()),
        Kind::FString(string) => ExprKind::FString((*string).clone()),
        Kind::Session(text) = e => {
            ExprKind::Session(Name { text: text.to_string(), span: e.span(), quoted: false })
        },
        Kind::Keyword(Keyword::Null) => ExprKind::Literal(Literal::Null),
        Kind::Keyword(Keyword::True) => ExprKind::Literal(Literal::Bool(true)),
        Kind::Keyword(Keyword::False) => ExprKind::Literal(Literal::Bool(false)),
        Kind::Symbol(Symbol::Star) => ExprKind::Star,
        Kind::Error => ExprKind::Error,
    }
    .map_with(|kind, e| Expr::new(kind, e.span()))
    .boxed()
}

/// `x -> body`, `(x, y) -> body`
fn lambda(expr: &P<Expr>) -> P<Expr> {
    let one = name().map(|name| vec![name]).boxed();
    let many = common::parens(common::some_inside(&name()));
    let params = one.or(many).then_ignore(sym(Symbol::Arrow)).boxed();
    params
        .then(expr.clone())
        .map_with(|(params, body), e| Expr::new(ExprKind::Lambda { params, body: Box::new(body) }, e.span()))
        .boxed()
}

/// `(x)`, `(t | …)`; `(a, b)` is read as the list that is meant.
fn paren(expr: &P<Expr>, pipe: &P<Pipe>) -> P<Expr> {
    let more = sym(Symbol::Comma).ignore_then(expr.clone()).repeated().collect::<Vec<_>>();
    let trailing = sym(Symbol::Comma).or_not();
    common::parens(pipe.clone().then(more).then_ignore(trailing).boxed())
        .map_with(|(pipe, more), e| {
            let span = e.span();
            if more.is_empty() {
                let inner = pipe_as_expr(pipe);
                let kind = match inner.kind {
                    kind @ ExprKind::Pipeline(_) => kind,
                    kind => ExprKind::Paren(Box::new(Expr::new(kind, inner.span))),
                };
                return Expr::new(kind, span);
            }
            e.emit(common::failure(
                Diagnostic::error(Code::LIST_IN_PARENS, "a list is written in `[ ]`", span)
                    .help("`x in [1, 2]`; parentheses only group"),
            ));
            let mut elements = vec![pipe_as_expr(pipe)];
            elements.extend(more);
            Expr::new(ExprKind::List(elements), span)
        })
        .boxed()
}
