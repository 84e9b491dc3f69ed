//! `take n`, `take -n` (the last), `take a..<b` (from 0).

use weft_core::Value;
use weft_plan::LogicalPlan;

use crate::diagnostics::Code;
use crate::resolve::{Context, Failed, Options, Outcome};
use crate::syntax::{Core, ExprKind, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Expr(expr) = &stage.core else { return Err(Failed) };
    Options::of(cx, stage, &[])?;
    if let ExprKind::Range { start, end, inclusive } = &expr.without_parens().kind {
        let from = start.as_ref().map_or(Ok(0), |e| cx.count(e, "the first row"))?;
        let to = end.as_ref().map(|e| cx.count(e, "the last row")).transpose()?;
        let limit = to.map(|to| (to + u64::from(*inclusive)).saturating_sub(from));
        return cx.plan(input.limit(from, limit), stage.span);
    }
    let (_, value) = cx.constant(expr)?;
    let plan = match value {
        Value::Int(n) if n < 0 => input.tail(n.unsigned_abs()),
        Value::Int(n) => input.limit(0, Some(n.unsigned_abs())),
        other => {
            let message = format!("`take` needs a whole number or a range, not {other}");
            return cx.error(Code::BAD_ARGUMENT, message, expr.span);
        }
    };
    cx.plan(plan, stage.span)
}
