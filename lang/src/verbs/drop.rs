//! `drop a, b`: all columns but these.

use std::sync::Arc;

use weft_plan::LogicalPlan;

use super::group_block::keep_key;
use super::rename::column_of;
use crate::diagnostics::Code;
use crate::resolve::{Context, Failed, Options, Outcome};
use crate::syntax::{Core, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Items(items) = &stage.core else { return Err(Failed) };
    Options::of(cx, stage, &[])?;
    let gone = cx.all_items(items, |cx, item| {
        if let Some(name) = &item.name {
            return cx.error(Code::NOT_A_VALUE, "`drop` only names columns", name.span());
        }
        if cx.is_selector(&item.expr) {
            return cx.expand(input.schema(), &item.expr);
        }
        column_of(cx, input.schema(), &item.expr).map(|name| vec![name])
    })?;
    let gone: Vec<Arc<str>> = gone.into_iter().flatten().collect();
    for name in &gone {
        keep_key(cx, name, None, stage.span)?;
    }
    let kept: Vec<Arc<str>> = input.schema().names().filter(|n| !gone.contains(n)).cloned().collect();
    if kept.is_empty() {
        return cx.error(Code::BAD_ARGUMENT, "a table keeps at least one column", stage.span);
    }
    let plan = input.select_columns(kept.iter().map(|n| &**n));
    cx.plan(plan, stage.span)
}
