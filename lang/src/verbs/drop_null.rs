//! `drop_null [column, …]`: the rows without a null in these columns.

use weft_core::Expr;
use weft_plan::LogicalPlan;

use super::columns::columns;
use crate::resolve::{Context, Failed, Options, Outcome};
use crate::syntax::{Core, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Args(args) = &stage.core else { return Err(Failed) };
    Options::of(cx, stage, &[])?;
    let mut conditions = Vec::new();
    for name in columns(cx, input.schema(), "drop_null", args)? {
        let column = cx.engine(Expr::column(input.schema(), &name), stage.span)?;
        if column.nullable {
            conditions.push(cx.invoke("is_not_null", vec![column], stage.span)?);
        }
    }
    if conditions.is_empty() {
        return Ok(input);
    }
    cx.plan(input.filter(Expr::and(conditions)), stage.span)
}
