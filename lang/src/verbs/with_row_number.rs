//! `with_row_number [name: "row", start: 0]`: the place of each row as a column, in the order at hand.

use std::sync::Arc;

use weft_core::expr::NamedExpr;
use weft_core::{Expr, Value};
use weft_plan::LogicalPlan;
use weft_plan::nodes::NamedWindow;

use super::group_block::{columns, window};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Context, Failed, Options, Outcome};
use crate::syntax::{Core, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Args(args) = &stage.core else { return Err(Failed) };
    let options = Options::of(cx, stage, &["name", "start"])?;
    if let Some(arg) = args.first() {
        let diagnostic = Diagnostic::error(Code::WRONG_ARGUMENT, "`with_row_number` takes its options by name", arg.span);
        return cx.fail(diagnostic.help("`with_row_number name: \"id\", start: 1`"));
    }
    let (name, span) = options.text(cx, "name")?.unwrap_or_else(|| ("row".to_owned(), stage.span));
    let start = start(cx, &options)?;
    if input.schema().field(&name).is_some() {
        let message = format!("there is a column `{name}` already");
        return cx
            .fail(Diagnostic::error(Code::NAME_TWICE, message, span).help("take another name: `with_row_number name: \"id\"`"));
    }
    number(cx, input, &name, start, stage.span)
}

fn start(cx: &mut Context<'_>, options: &Options<'_>) -> Outcome<i64> {
    match options.value(cx, "start")? {
        None => Ok(0),
        Some((Value::Int(n), _)) => Ok(n),
        Some((other, span)) => cx.error(Code::BAD_ARGUMENT, format!("`start` is a whole number, not {other}"), span),
    }
}

/// Rows are counted in the group of the block around the stage, in the order that the block has.
fn number(cx: &mut Context<'_>, input: LogicalPlan, name: &str, start: i64, span: Span) -> Outcome<LogicalPlan> {
    let block = cx.block.clone().unwrap_or_default();
    let partition = columns(cx, input.schema(), &block.keys, span)?;
    let name: Arc<str> = name.into();
    let calls = vec![NamedWindow { name: Arc::clone(&name), call: window(cx, "row_number", span)? }];
    let plan = cx.plan(input.window(partition, block.order, calls), span)?;
    if start == 1 {
        return Ok(plan);
    }
    let counted = cx.engine(Expr::column(plan.schema(), &name), span)?;
    let before = Expr::int(start.saturating_sub(1));
    let expr = cx.invoke("add", vec![counted, before], span)?;
    cx.plan(plan.with_columns(vec![NamedExpr { name, expr }]), span)
}
