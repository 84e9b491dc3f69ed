//! `take n`, `take -n` (the last), `take a..<b` (from 0).

use weft_core::Value;
use weft_plan::LogicalPlan;

use crate::diagnostics::Code;
use crate::resolve::{Context, Failed, Options, Outcome};
use crate::syntax::{Core, ExprKind, Stage};

/// The rows that a `take` wants.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wanted {
    /// So many of the last.
    Last(u64),
    /// Past so many, at most so many.
    From(u64, Option<u64>),
}

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let plan = match wanted(cx, stage)? {
        Wanted::Last(rows) => input.tail(rows),
        Wanted::From(offset, limit) => input.limit(offset, limit),
    };
    cx.plan(plan, stage.span)
}

/// The rows that the stage wants.
pub(super) fn wanted(cx: &mut Context<'_>, stage: &Stage) -> Outcome<Wanted> {
    let Core::Expr(expr) = &stage.core else { return Err(Failed) };
    Options::of(cx, stage, &[])?;
    if let ExprKind::Range { start, end, inclusive } = &expr.without_parens().kind {
        let from = start.as_ref().map_or(Ok(0), |e| cx.count(e, "the first row"))?;
        let to = end.as_ref().map(|e| cx.count(e, "the last row")).transpose()?;
        let limit = to.map(|to| (to + u64::from(*inclusive)).saturating_sub(from));
        return Ok(Wanted::From(from, limit));
    }
    let (_, value) = cx.constant(expr)?;
    match value {
        Value::Int(n) if n < 0 => Ok(Wanted::Last(n.unsigned_abs())),
        Value::Int(n) => Ok(Wanted::From(0, Some(n.unsigned_abs()))),
        other => {
            let message = format!("`take` needs a whole number or a range, not {other}");
            cx.error(Code::BAD_ARGUMENT, message, expr.span)
        }
    }
}
