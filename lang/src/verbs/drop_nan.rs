//! `drop_nan [column, …]`: the rows without a NaN in these columns of floats; nulls stay.

use weft_core::{Expr, Value};
use weft_plan::LogicalPlan;

use super::columns::columns;
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Context, Failed, Options, Outcome};
use crate::syntax::{Core, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Args(args) = &stage.core else { return Err(Failed) };
    Options::of(cx, stage, &[])?;
    let mut conditions = Vec::new();
    for name in columns(cx, input.schema(), "drop_nan", args)? {
        let column = cx.engine(Expr::column(input.schema(), &name), stage.span)?;
        if !column.ty.is_float() {
            if args.is_empty() {
                continue;
            }
            let message = format!("`{name}` is {}, which has no NaN", column.ty);
            let diagnostic = Diagnostic::error(Code::WRONG_TYPE, message, stage.span);
            return cx.fail(diagnostic.help("`drop_nan` takes columns of floats; `drop_null` is about nulls"));
        }
        // NaN is the same as NaN, and a null is not.
        let nan = Expr::literal(column.ty.clone(), Value::Float(f64::NAN));
        conditions.push(cx.invoke("is_not_same", vec![column, nan], stage.span)?);
    }
    if conditions.is_empty() {
        return Ok(input);
    }
    cx.plan(input.filter(Expr::and(conditions)), stage.span)
}
