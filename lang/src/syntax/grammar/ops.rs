//! Operators and the checks that belong to them.

use chumsky::prelude::*;

use super::P;
use super::common::{At, failure, kw, sym};
use super::expr::binary;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, Spanned, UnaryOp};
use crate::syntax::token::{Keyword, Kind, Symbol};

type Op = P<Spanned<BinaryOp>>;

fn op(symbol: Symbol, op: BinaryOp) -> Op {
    sym(symbol).map(move |span| Spanned { value: op, span }).boxed()
}

pub(super) fn power() -> Op {
    op(Symbol::StarStar, BinaryOp::Pow).labelled("an operator").boxed()
}

pub(super) fn product() -> Op {
    select! {
        Kind::Symbol(Symbol::Star) = e => Spanned { value: BinaryOp::Mul, span: e.span() },
        Kind::Symbol(Symbol::Slash) = e => Spanned { value: BinaryOp::Div, span: e.span() },
        Kind::Symbol(Symbol::SlashSlash) = e => Spanned { value: BinaryOp::FloorDiv, span: e.span() },
        Kind::Symbol(Symbol::Percent) = e => Spanned { value: BinaryOp::Rem, span: e.span() },
    }
    .labelled("an operator")
    .boxed()
}

pub(super) fn sum() -> Op {
    select! {
        Kind::Symbol(Symbol::Plus) = e => Spanned { value: BinaryOp::Add, span: e.span() },
        Kind::Symbol(Symbol::Minus) = e => Spanned { value: BinaryOp::Sub, span: e.span() },
    }
    .labelled("an operator")
    .boxed()
}

pub(super) fn minus() -> P<Spanned<UnaryOp>> {
    sym(Symbol::Minus).map(|span| Spanned { value: UnaryOp::Neg, span }).labelled("an expression").boxed()
}

pub(super) fn not() -> P<Spanned<UnaryOp>> {
    kw(Keyword::Not).map(|span| Spanned { value: UnaryOp::Not, span }).labelled("an expression").boxed()
}

pub(super) fn coalesce() -> Op {
    op(Symbol::Coalesce, BinaryOp::Coalesce).labelled("an operator").boxed()
}

/// `..` (true) or `..<` (false).
pub(super) fn range() -> P<bool> {
    select! {
        Kind::Symbol(Symbol::DotDot) => true,
        Kind::Symbol(Symbol::DotDotLess) => false,
    }
    .labelled("an operator")
    .boxed()
}

/// A range operator whose next token cannot start an expression.
pub(super) fn open_range() -> P<bool> {
    let operand = any().filter(Kind::starts_expr).ignored();
    range().then_ignore(operand.not()).labelled("an operator").boxed()
}

pub(super) fn comparison() -> Op {
    let symbol = select! {
        Kind::Symbol(Symbol::Eq) => BinaryOp::Eq,
        Kind::Symbol(Symbol::Ne) => BinaryOp::Ne,
        Kind::Symbol(Symbol::Lt) => BinaryOp::Lt,
        Kind::Symbol(Symbol::Le) => BinaryOp::Le,
        Kind::Symbol(Symbol::Gt) => BinaryOp::Gt,
        Kind::Symbol(Symbol::Ge) => BinaryOp::Ge,
        Kind::Symbol(Symbol::Tilde) => BinaryOp::Matches,
        Kind::Symbol(Symbol::NotTilde) => BinaryOp::NotMatches,
        Kind::Keyword(Keyword::In) => BinaryOp::In,
    };
    let negated = kw(Keyword::Not).then(kw(Keyword::In)).to(BinaryOp::NotIn);
    let is = kw(Keyword::Is)
        .ignore_then(kw(Keyword::Not).or_not())
        .map(|not| if not.is_some() { BinaryOp::IsNot } else { BinaryOp::Is });
    let assign = sym(Symbol::Assign).map_with(|span, e| {
        e.emit(failure(Diagnostic::error(Code::EQUALS_COMPARES, "`=` gives a name; `==` compares", span).fix(
            span,
            "==",
            "write `==`",
        )));
        BinaryOp::Eq
    });
    choice((symbol.boxed(), negated.boxed(), is.boxed(), assign.boxed()))
        .map_with(|value, e| Spanned { value, span: e.span() })
        .labelled("an operator")
        .boxed()
}

pub(super) fn and() -> Op {
    kw(Keyword::And).map(|span| Spanned { value: BinaryOp::And, span }).labelled("an operator").boxed()
}

pub(super) fn or() -> Op {
    kw(Keyword::Or).map(|span| Spanned { value: BinaryOp::Or, span }).labelled("an operator").boxed()
}

/// Comparisons do not chain.
pub(super) fn checked_comparison(left: Expr, op: Spanned<BinaryOp>, right: Expr, e: &mut At<'_>) -> Expr {
    if let ExprKind::Binary { op: first, .. } = &left.kind
        && first.value.is_comparison()
    {
        e.emit(failure(
            Diagnostic::error(Code::CHAINED_COMPARISON, "comparisons do not chain", op.span)
                .also(first.span, "the first comparison")
                .help("write `a < b and b < c`, or `b in a..c`"),
        ));
    }
    binary(left, op, right, e)
}

/// `a ?? 0 + b` could be read in two ways.
pub(super) fn checked_coalesce(left: Expr, op: Spanned<BinaryOp>, right: Expr, e: &mut At<'_>) -> Expr {
    if let ExprKind::Binary { op: inner, .. } = &right.kind
        && inner.value.is_arithmetic()
    {
        let mut first = &right;
        while let ExprKind::Binary { left, .. } = &first.kind {
            first = left;
        }
        let message = format!("`??` and `{}` need parentheses", inner.value.as_str());
        e.emit(failure(
            Diagnostic::error(Code::COALESCE_ARITHMETIC, message, op.span)
                .also(left.span.to(first.span), "this first")
                .also(right.span, "or this first")
                .help("put parentheses around what belongs together"),
        ));
    }
    binary(left, op, right, e)
}
