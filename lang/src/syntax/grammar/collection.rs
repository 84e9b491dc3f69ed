//! Lists, comprehensions, structs.

use chumsky::prelude::*;

use super::common::{braces, kw, name, parens, some_inside, sym};
use super::{P, item};
use crate::syntax::ast::{Expr, ExprKind, Key, Name};
use crate::syntax::token::{Keyword, Symbol};

enum Tail {
    For(Vec<Name>, Box<Expr>, Option<Box<Expr>>),
    Elements(Vec<Key>),
}

/// `[a, b]`, `[f(x) for x in xs if c]`; elements with sort directions make a list of keys.
pub(super) fn list(expr: &P<Expr>) -> P<Expr> {
    let key = item::key(expr);
    let more = sym(Symbol::Comma)
        .ignore_then(key.clone())
        .repeated()
        .collect::<Vec<_>>()
        .then_ignore(sym(Symbol::Comma).or_not())
        .map(Tail::Elements)
        .boxed();
    let inner = key.then(comprehension(expr).or(more).boxed()).or_not().boxed();
    inner
        .delimited_by(sym(Symbol::LBracket), sym(Symbol::RBracket))
        .map_with(|inner, e| Expr::new(list_kind(inner), e.span()))
        .boxed()
}

fn list_kind(inner: Option<(Key, Tail)>) -> ExprKind {
    match inner {
        None => ExprKind::List(Vec::new()),
        Some((first, Tail::For(vars, list, condition))) => {
            ExprKind::Comprehension { element: Box::new(first.expr), vars, list, condition }
        }
        Some((first, Tail::Elements(more))) => {
            let mut keys = vec![first];
            keys.extend(more);
            if keys.iter().all(Key::is_plain) {
                ExprKind::List(keys.into_iter().map(|key| key.expr).collect())
            } else {
                ExprKind::Keys(keys)
            }
        }
    }
}

fn comprehension(expr: &P<Expr>) -> P<Tail> {
    let one = name().map(|name| vec![name]).boxed();
    let vars = one.or(parens(some_inside(&name()))).boxed();
    kw(Keyword::For)
        .ignore_then(vars)
        .then_ignore(kw(Keyword::In))
        .then(expr.clone())
        .then(kw(Keyword::If).ignore_then(expr.clone()).or_not())
        .map(|((vars, list), condition)| Tail::For(vars, Box::new(list), condition.map(Box::new)))
        .boxed()
}

/// `{a: 1}`, `{..base, a: 1}`
pub(super) fn structure(expr: &P<Expr>) -> P<Expr> {
    let base = sym(Symbol::DotDot).ignore_then(expr.clone()).then_ignore(sym(Symbol::Comma).or_not()).or_not();
    let fields = item::field(expr).separated_by(sym(Symbol::Comma)).allow_trailing().collect::<Vec<_>>();
    braces(base.then(fields).boxed())
        .map_with(|(base, fields), e| Expr::new(ExprKind::Struct { base: base.map(Box::new), fields }, e.span()))
        .boxed()
}
