//! `union t, …`: the rows of all.

use weft_plan::LogicalPlan;

use super::{Matching, tables};
use crate::resolve::{Context, Failed, Options, Outcome};
use crate::syntax::Stage;

pub(in crate::verbs) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let options = Options::of(cx, stage, &["distinct", "fill", "by"])?;
    let distinct = options.flag(cx, "distinct")?;
    let matching = Matching::of(cx, &options)?;
    let mut plans = tables(cx, input, stage, matching)?.into_iter().map(|(plan, _)| plan);
    let Some(first) = plans.next() else { return Err(Failed) };
    let plan = first.union(plans.collect());
    let plan = cx.plan(plan, stage.span)?;
    if distinct { cx.plan(plan.distinct(Vec::new()), stage.span) } else { Ok(plan) }
}
