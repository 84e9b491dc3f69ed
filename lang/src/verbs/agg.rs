//! `agg { … }`: all rows folded into one.

use weft_plan::LogicalPlan;

use super::group::fold;
use crate::resolve::{Context, Failed, Options, Outcome};
use crate::syntax::{Core, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Braces(items) = &stage.core else { return Err(Failed) };
    Options::of(cx, stage, &[])?;
    let keys = cx.block_keys(input.schema(), stage.span)?;
    fold(cx, input, keys, items, stage.span)
}
