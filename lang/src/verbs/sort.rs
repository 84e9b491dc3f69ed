//! `sort a, b desc nulls first`: stable; nulls last both ways unless told.

use weft_plan::LogicalPlan;

use crate::resolve::{Context, Failed, Options, Outcome, Scope};
use crate::syntax::{Core, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Keys(keys) = &stage.core else { return Err(Failed) };
    Options::of(cx, stage, &[])?;
    let keys = cx.sort_keys(Scope::Rows(input.schema()), keys)?;
    cx.plan(input.sort(keys), stage.span)
}
