//! `skip n`: all rows but the first.

use weft_plan::LogicalPlan;

use crate::resolve::{Context, Failed, Options, Outcome};
use crate::syntax::{Core, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Expr(expr) = &stage.core else { return Err(Failed) };
    Options::of(cx, stage, &[])?;
    let rows = cx.count(expr, "`skip`")?;
    cx.plan(input.limit(rows, None), stage.span)
}
