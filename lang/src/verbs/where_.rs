//! `where condition`: the rows for which it is true.

use weft_plan::LogicalPlan;

use crate::resolve::{Context, Failed, Options, Outcome, Scope};
use crate::syntax::{Core, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Expr(condition) = &stage.core else { return Err(Failed) };
    Options::of(cx, stage, &[])?;
    let rows = Scope::Rows(input.schema());
    let (predicate, windows) = cx.windowed(&input, &[], |cx| cx.condition(rows, condition, "`where`"));
    let predicate = predicate?;
    cx.over_windows(input.clone(), windows, stage.span, |plan| plan.filter(predicate))
}
