//! `unless condition`: the rows for which it is not true, those with a null among them.

use weft_core::Expr;
use weft_plan::LogicalPlan;

use crate::resolve::{Context, Failed, Options, Outcome, Scope};
use crate::syntax::{Core, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Expr(condition) = &stage.core else { return Err(Failed) };
    Options::of(cx, stage, &[])?;
    let mut predicate = cx.condition(Scope::Rows(input.schema()), condition, "`unless`")?;
    if predicate.nullable {
        predicate = cx.engine(Expr::coalesce(vec![predicate, Expr::bool(false)]), condition.span)?;
    }
    let kept = cx.invoke("not", vec![predicate], condition.span)?;
    cx.plan(input.filter(kept), stage.span)
}
