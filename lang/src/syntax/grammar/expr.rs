//! Expressions: the table of precedence.
//!
//! Three layers, because some places take only a part of the table: `arith` (postfix to `+ -`; bounds of frames),
//! `term` (with `??` and ranges; keys of pivots), `expr` (comparisons, `not`, `and`, `or`).

use chumsky::pratt::{infix, left, postfix, prefix, right};
use chumsky::prelude::*;

use super::common::At;
use super::{P, atom, ops, postfix as post};
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, Pipe, Spanned, UnaryOp};

/// The layers that other parsers take.
#[derive(Clone)]
pub(super) struct Exprs {
    pub(super) term: P<Expr>,
    pub(super) expr: P<Expr>,
}

/// Builds the layers over the parser of pipes in parentheses.
pub(super) fn exprs(pipe: &P<Pipe>) -> Exprs {
    let inner = pipe.clone();
    let expr = recursive(move |expr| comparisons(&term(&operands(&expr.boxed(), &inner)))).boxed();
    // `term` is built once more around the finished `expr`, because nothing leaves a recursion but its result.
    Exprs { term: term(&operands(&expr, pipe)), expr }
}

/// `arith`, which the bounds of frames in its own windows need again.
fn operands(expr: &P<Expr>, pipe: &P<Pipe>) -> P<Expr> {
    let (expr, pipe) = (expr.clone(), pipe.clone());
    recursive(move |operands| arith(&expr, &operands.boxed(), &pipe)).boxed()
}

fn arith(expr: &P<Expr>, arith: &P<Expr>, pipe: &P<Pipe>) -> P<Expr> {
    let atom = atom::atom(expr, pipe);
    atom.pratt((
        postfix(10, post::postfix(expr, arith), |value, op, e: &mut At<'_>| post::apply(value, op, e)),
        infix(right(9), ops::power(), binary),
        prefix(8, ops::minus(), unary),
        infix(left(7), ops::product(), binary),
        infix(left(6), ops::sum(), binary),
    ))
    .boxed()
}

fn term(arith: &P<Expr>) -> P<Expr> {
    arith
        .clone()
        .pratt((
            infix(left(5), ops::coalesce(), ops::checked_coalesce),
            postfix(4, ops::open_range(), |start: Expr, inclusive, e: &mut At<'_>| range(Some(start), None, inclusive, e)),
            prefix(4, ops::range(), |inclusive, end: Expr, e: &mut At<'_>| range(None, Some(end), inclusive, e)),
            infix(left(4), ops::range(), |start: Expr, inclusive, end: Expr, e: &mut At<'_>| {
                range(Some(start), Some(end), inclusive, e)
            }),
        ))
        .boxed()
}

fn comparisons(term: &P<Expr>) -> P<Expr> {
    term.clone()
        .pratt((
            infix(left(3), ops::comparison(), ops::checked_comparison),
            prefix(2, ops::not(), unary),
            infix(left(1), ops::and(), binary),
            infix(left(0), ops::or(), binary),
        ))
        .boxed()
}

pub(super) fn binary(left: Expr, op: Spanned<BinaryOp>, right: Expr, e: &mut At<'_>) -> Expr {
    let kind = ExprKind::Binary { op, left: Box::new(left), right: Box::new(right) };
    Expr::new(kind, e.span())
}

fn unary(op: Spanned<UnaryOp>, operand: Expr, e: &mut At<'_>) -> Expr {
    Expr::new(ExprKind::Unary { op, operand: Box::new(operand) }, e.span())
}

fn range(start: Option<Expr>, end: Option<Expr>, inclusive: bool, e: &mut At<'_>) -> Expr {
    let kind = ExprKind::Range { start: start.map(Box::new), end: end.map(Box::new), inclusive };
    Expr::new(kind, e.span())
}
