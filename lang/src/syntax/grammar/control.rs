//! `if`, `case`, `match`.

use chumsky::prelude::*;

use super::P;
use super::common::{At, braces, failure, kw, some_inside, sym};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast::{CaseArm, Expr, ExprKind, MatchArm};
use crate::syntax::token::{Keyword, Symbol};

/// `if c then a else b`
pub(super) fn conditional(expr: &P<Expr>) -> P<Expr> {
    kw(Keyword::If)
        .ignore_then(expr.clone())
        .then_ignore(kw(Keyword::Then))
        .then(expr.clone())
        .then_ignore(kw(Keyword::Else))
        .then(expr.clone())
        .map_with(|((condition, then), otherwise), e| {
            let kind = ExprKind::If { condition: Box::new(condition), then: Box::new(then), otherwise: Box::new(otherwise) };
            Expr::new(kind, e.span())
        })
        .boxed()
}

enum Head {
    Else(Span),
    When(Expr),
}

type Arm = (Head, Expr);

fn arms(expr: &P<Expr>) -> P<Vec<Arm>> {
    let otherwise = kw(Keyword::Else).map(Head::Else).labelled("`else`").boxed();
    let head = otherwise.or(expr.clone().map(Head::When).boxed()).boxed();
    let arm = head.then_ignore(sym(Symbol::FatArrow)).then(expr.clone()).boxed();
    braces(some_inside(&arm))
}

/// `case { c => v, else => v }`
pub(super) fn case(expr: &P<Expr>) -> P<Expr> {
    kw(Keyword::Case)
        .ignore_then(arms(expr))
        .map_with(|arms, e| {
            let (arms, otherwise) = split(arms, e);
            let arms = arms.into_iter().map(|(condition, value)| CaseArm { condition, value }).collect();
            Expr::new(ExprKind::Case { arms, otherwise }, e.span())
        })
        .boxed()
}

/// `match x { p => v, else => v }`
pub(super) fn matching(expr: &P<Expr>) -> P<Expr> {
    kw(Keyword::Match)
        .ignore_then(expr.clone())
        .then(arms(expr))
        .map_with(|(subject, arms), e| {
            let (arms, otherwise) = split(arms, e);
            let arms = arms.into_iter().map(|(pattern, value)| MatchArm { pattern, value }).collect();
            Expr::new(ExprKind::Match { subject: Box::new(subject), arms, otherwise }, e.span())
        })
        .boxed()
}

/// Takes `else` out of the arms; it must be the last.
fn split(arms: Vec<Arm>, e: &mut At<'_>) -> (Vec<(Expr, Expr)>, Option<Box<Expr>>) {
    let mut rest = Vec::new();
    let mut otherwise: Option<Box<Expr>> = None;
    let last = arms.len();
    for (at, (head, value)) in arms.into_iter().enumerate() {
        match head {
            Head::When(when) => rest.push((when, value)),
            Head::Else(span) => {
                if at + 1 != last {
                    let message = "`else` is the last arm, and the only one of its kind";
                    e.emit(failure(Diagnostic::error(Code::BAD_ELSE, message, span)));
                }
                otherwise.get_or_insert_with(|| Box::new(value));
            }
        }
    }
    (rest, otherwise)
}
