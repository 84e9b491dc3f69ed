//! `except t, …`: the rows that stand in none of the other tables.

use weft_plan::LogicalPlan;
use weft_plan::nodes::JoinKind;

use super::choose::choose;
use crate::resolve::{Context, Outcome};
use crate::syntax::Stage;

pub(in crate::verbs) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    choose(cx, input, stage, JoinKind::Anti)
}
