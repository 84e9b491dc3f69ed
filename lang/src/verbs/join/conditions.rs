//! Conditions of a join: equalities of both sides are keys, all else is tried on the pairs.

use std::sync::Arc;

use weft_core::{Expr, ExprKind};
use weft_plan::nodes::JoinKey;

use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::resolve::{Context, Failed, JoinScope, Outcome, Scope};
use crate::syntax::{self as ast, BinaryOp, Name};

/// The parts of an `and`.
pub(super) fn conjuncts<'t>(expr: &'t ast::Expr, parts: &mut Vec<&'t ast::Expr>) {
    match &expr.without_parens().kind {
        ast::ExprKind::Binary { op, left, right } if op.value == BinaryOp::And => {
            conjuncts(left, parts);
            conjuncts(right, parts);
        }
        _ => parts.push(expr),
    }
}

/// What is left of a condition when keys are taken out.
pub(super) type Conditions = (Vec<JoinKey>, Vec<Expr>);

/// Equalities of both sides are keys, all else is the residual.
pub(super) fn conditions(cx: &mut Context<'_>, scope: &JoinScope<'_>, parts: &[&ast::Expr]) -> Outcome<Conditions> {
    let (mut keys, mut residual) = (Vec::new(), Vec::new());
    let mut failed = false;
    for part in parts {
        let outcome = match part.without_parens().as_name() {
            Some(name) => lone_key(cx, scope, name).map(|key| keys.push(key)),
            None => condition(cx, scope, part).map(|condition| match as_key(scope, &condition) {
                Some(key) => keys.push(key),
                None => residual.push(condition),
            }),
        };
        failed |= outcome.is_err();
    }
    if failed { Err(Failed) } else { Ok((keys, residual)) }
}

/// A name alone: a key of both sides.
pub(super) fn lone_key(cx: &mut Context<'_>, scope: &JoinScope<'_>, name: &Name) -> Outcome<JoinKey> {
    let origin = cx.origin(name.span);
    match (scope.left.field(&name.text), scope.right(&name.text)) {
        (Some(left), Some(right)) => {
            Ok(JoinKey { left: Expr::of_field(left).at(origin), right: Expr::of_field(right).at(origin), null_safe: false })
        }
        (None, None) => cx.no_column(Scope::Join(scope), name),
        (left, _) => {
            let side = if left.is_some() { "right" } else { "left" };
            let message = format!("`{}` alone is a key of both sides, but the {side} side has no such column", name.text);
            let diagnostic = Diagnostic::error(Code::JOIN_CONDITION, message, name.span);
            let other: Vec<Arc<str>> = match left {
                Some(_) => scope.right.iter().map(|(n, _)| Arc::clone(n)).collect(),
                None => scope.left.names().cloned().collect(),
            };
            let near = suggest(&name.text, other.iter().map(|n| &**n)).unwrap_or("other_key");
            cx.fail(diagnostic.help(format!("name both: on {} == {near}", name.text)))
        }
    }
}

/// A condition that reads both sides.
pub(super) fn condition(cx: &mut Context<'_>, scope: &JoinScope<'_>, part: &ast::Expr) -> Outcome<Expr> {
    let resolved = cx.condition(Scope::Join(scope), part, "`on`")?;
    let (message, help) = match reads(scope, &resolved) {
        (true, true) => return Ok(resolved),
        (true, false) => (
            "this condition reads only the left side of the join",
            "a right column whose name the left side has too is written q.c, with `as q`; what concerns the left side alone is \
             a `where` before the join",
        ),
        (false, true) => {
            ("this condition reads only the right side of the join", "filter the right side first: join (table | where …) on …")
        }
        (false, false) => ("this condition reads neither side of the join", "every pair of rows is `join cross`"),
    };
    cx.fail(Diagnostic::error(Code::JOIN_CONDITION, message, part.span).help(help))
}

/// Whether an expression reads left columns, and whether right ones.
pub(super) fn reads(scope: &JoinScope<'_>, expr: &Expr) -> (bool, bool) {
    let is_left = |name: &Arc<str>| scope.left.field(name).is_some();
    let columns = expr.columns();
    (columns.iter().any(is_left), columns.iter().any(|n| !is_left(n)))
}

/// The sides of a comparison of one side with the other, left first, and whether they had to be exchanged for that.
pub(super) fn sides<'e>(scope: &JoinScope<'_>, a: &'e Expr, b: &'e Expr) -> Option<(&'e Expr, &'e Expr, bool)> {
    match (reads(scope, a), reads(scope, b)) {
        ((true, false), (false, true)) => Some((a, b, false)),
        ((false, true), (true, false)) => Some((b, a, true)),
        _ => None,
    }
}

/// `a == b` or `a is b` of one side with the other.
pub(super) fn as_key(scope: &JoinScope<'_>, condition: &Expr) -> Option<JoinKey> {
    let ExprKind::Call { function, args } = &condition.kind else { return None };
    let [a, b] = args.as_slice() else { return None };
    let null_safe = match function.info().name {
        "equal" => false,
        "is_same" => true,
        _ => return None,
    };
    let (left, right, _) = sides(scope, a, b)?;
    left.ty.is_hashable().then(|| JoinKey { left: left.clone(), right: right.clone(), null_safe })
}
