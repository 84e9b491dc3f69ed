//! `unless condition`: the rows for which it is not true, those with a null among them.

use weft_core::Expr;
use weft_plan::LogicalPlan;

use crate::resolve::{Context, Failed, Options, Outcome, Scope};
use crate::syntax::{Core, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Expr(condition) = &stage.core else { return Err(Failed) };
    Options::of(cx, stage, &[])?;
    let rows = Scope::Rows(input.schema());
    let (predicate, windows) = cx.windowed(&input, &[], |cx| cx.condition(rows, condition, "`unless`"));
    let mut predicate = predicate?;
    if predicate.nullable {
        predicate = cx.engine(Expr::coalesce(vec![predicate, Expr::bool(false)]), condition.span)?;
    }
    let kept = cx.invoke("not", vec![predicate], condition.span)?;
    cx.over_windows(input.clone(), windows, stage.span, |plan| plan.filter(kept))
}
