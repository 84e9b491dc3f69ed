//! `distinct [keys]`: the first whole row of each key.

use std::sync::Arc;

use weft_core::expr::NamedExpr;
use weft_core::{AggregateCall, Expr, WindowCall};
use weft_plan::LogicalPlan;
use weft_plan::nodes::NamedWindow;

use super::group_block::{columns, window};
use crate::Span;
use crate::diagnostics::Code;
use crate::resolve::{Context, Failed, NamedItem, Options, Outcome, Placement, Scope};
use crate::syntax::{Core, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Items(items) = &stage.core else { return Err(Failed) };
    let options = Options::of(cx, stage, &["keep"])?;
    let mut only = None;
    match options.text(cx, "keep")? {
        None => {}
        Some((keep, _)) if keep == "first" => {}
        Some((keep, _)) if keep == "last" || keep == "none" => only = Some(keep == "last"),
        Some((_, span)) => return cx.error(Code::BAD_ARGUMENT, "`keep` is \"first\", \"last\" or \"none\"", span),
    }
    let scope = Scope::Rows(input.schema());
    let keys = cx.all_items(items, |cx, item| cx.item(scope, item, Placement::Anywhere))?;
    let mut keys: Vec<NamedItem> = keys.into_iter().flatten().collect();
    if !keys.is_empty() {
        keys.extend(cx.block_keys(input.schema(), stage.span)?);
    }
    if let Some(last) = only {
        return counted(cx, input.clone(), keys, last, stage.span);
    }
    let plan = by_keys(input.clone(), keys);
    cx.plan(plan, stage.span)
}

/// Of each key the `last` row, or else the rows whose key no other row has: rows are counted in the partition of the key.
fn counted(cx: &mut Context<'_>, input: LogicalPlan, keys: Vec<NamedItem>, last: bool, span: Span) -> Outcome<LogicalPlan> {
    let shown: Vec<Arc<str>> = input.schema().names().cloned().collect();
    let partition =
        if keys.is_empty() { columns(cx, input.schema(), &shown, span)? } else { keys.into_iter().map(|k| k.expr).collect() };
    let count = cx.env.registry().aggregate("count").ok_or(Failed)?;
    let count = cx.engine(AggregateCall::new(count, Vec::new()), span)?;
    let mut calls = vec![NamedWindow { name: "`rows`".into(), call: WindowCall::aggregate(count) }];
    if last {
        calls.push(NamedWindow { name: "`row`".into(), call: window(cx, "row_number", span)? });
    }
    let plan = cx.plan(input.window(partition, Vec::new(), calls), span)?;
    let rows = cx.engine(Expr::column(plan.schema(), "`rows`"), span)?;
    let place = if last { cx.engine(Expr::column(plan.schema(), "`row`"), span)? } else { Expr::int(1) };
    let condition = cx.invoke("equal", vec![rows, place], span)?;
    let plan = cx.plan(plan.filter(condition), span)?;
    cx.plan(plan.select_columns(shown.iter().map(|n| &**n)), span)
}

/// Keys that are expressions stand beside the rows meanwhile.
fn by_keys(input: LogicalPlan, keys: Vec<NamedItem>) -> weft_core::Result<LogicalPlan> {
    let columns: Vec<Arc<str>> = input.schema().names().cloned().collect();
    let mut on = Vec::with_capacity(keys.len());
    let mut computed = Vec::new();
    for key in keys {
        match key.expr.as_column() {
            Some(name) => on.push(Arc::clone(name)),
            None => {
                let name: Arc<str> = format!("distinct key {}", computed.len() + 1).into();
                on.push(Arc::clone(&name));
                computed.push(NamedExpr { name, expr: key.expr });
            }
        }
    }
    if computed.is_empty() {
        return input.distinct(on);
    }
    input.with_columns(computed)?.distinct(on)?.select_columns(columns.iter().map(|n| &**n))
}
