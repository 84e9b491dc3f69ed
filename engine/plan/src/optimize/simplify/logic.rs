//! `not`, `and`, `or`.

use weft_core::error::Result;
use weft_core::{Expr, ExprKind, Type};

use crate::optimize::known::{as_comparison, as_not, compare, not};
use crate::optimize::rule::RuleContext;

/// [`Expr::and`] or [`Expr::or`].
type Joined = fn(Vec<Expr>) -> Expr;

/// `not` moves inwards until it meets something that it cannot turn round.
pub(super) fn negation(expr: Expr, context: &RuleContext<'_>) -> Result<Expr> {
    let Some(inner) = as_not(&expr) else { return Ok(expr) };
    if let Some(positive) = as_not(inner) {
        return Ok(positive.clone());
    }
    if let Some(value) = inner.as_literal().and_then(|v| v.as_bool()) {
        return Ok(Expr::bool(!value));
    }
    if let Some((relation, left, right)) = as_comparison(inner) {
        let turned = compare(context.registry, relation.negated(), left.clone(), right.clone())?;
        return Ok(turned.map_or(expr, |e| e));
    }
    // The later parts run where the earlier ones leave the answer open, on the same rows either way.
    let (parts, joined): (&[Expr], Joined) = match &inner.kind {
        ExprKind::And(parts) => (parts, Expr::or),
        ExprKind::Or(parts) => (parts, Expr::and),
        _ => return Ok(expr),
    };
    let mut negated = Vec::with_capacity(parts.len());
    for part in parts {
        match not(context.registry, part.clone())? {
            Some(part) => negated.push(negation(part, context)?),
            None => return Ok(expr),
        }
    }
    Ok(joined(negated))
}

/// Literals and repetitions among the parts of `and` and `or`.
pub(super) fn connectives(expr: Expr) -> Expr {
    let origin = expr.origin;
    match expr.kind {
        ExprKind::And(parts) => reduced(parts, true, Expr::and).coerced(&Type::Bool).at(origin),
        ExprKind::Or(parts) => reduced(parts, false, Expr::or).coerced(&Type::Bool).at(origin),
        _ => expr,
    }
}

/// Parts equal to `neutral` go; one equal to its opposite decides all; what repeats an earlier part goes.
fn reduced(parts: Vec<Expr>, neutral: bool, joined: Joined) -> Expr {
    let mut kept: Vec<Expr> = Vec::with_capacity(parts.len());
    for part in flattened(joined(parts)) {
        match part.as_literal().and_then(|v| v.as_bool()) {
            Some(value) if value == neutral => {}
            Some(value) => return Expr::bool(value),
            None if part.is_deterministic() && kept.contains(&part) => {}
            None => kept.push(part),
        }
    }
    joined(kept)
}

fn flattened(expr: Expr) -> Vec<Expr> {
    match expr.kind {
        ExprKind::And(parts) | ExprKind::Or(parts) => parts,
        _ => vec![expr],
    }
}
