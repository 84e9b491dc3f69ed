//! `case` and `??`.

use weft_core::{Expr, ExprKind, Value};

/// Branches that are never taken go; one that always is ends the `case`.
pub(super) fn case(expr: Expr) -> Expr {
    let ExprKind::Case { branches, otherwise } = expr.kind else { return expr };
    let mut kept = Vec::with_capacity(branches.len());
    let mut otherwise = otherwise;
    for (condition, value) in branches {
        match condition.as_literal() {
            Some(Value::Bool(true)) => {
                otherwise = Some(Box::new(value));
                break;
            }
            Some(_) => {}
            None => kept.push((condition, value)),
        }
    }
    if kept.is_empty() {
        return match otherwise {
            Some(value) => *value,
            None => Expr::literal(expr.ty, Value::Null).at(expr.origin),
        };
    }
    Expr { kind: ExprKind::Case { branches: kept, otherwise }, ..expr }
}

/// Nulls go, and so does everything after a part that is never null.
pub(super) fn coalesce(expr: Expr) -> Expr {
    let ExprKind::Coalesce(parts) = expr.kind else { return expr };
    let mut kept: Vec<Expr> = Vec::with_capacity(parts.len());
    for part in parts {
        if part.as_literal().is_some_and(|v| v.is_null()) {
            continue;
        }
        let last = !part.nullable;
        kept.push(part);
        if last {
            break;
        }
    }
    match kept.len() {
        0 => Expr::literal(expr.ty, Value::Null).at(expr.origin),
        1 => kept.remove(0),
        _ => Expr { kind: ExprKind::Coalesce(kept), ..expr },
    }
}
