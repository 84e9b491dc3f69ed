//! `group keys { | stage | stage }`: stages that run for each group.
//!
//! Nothing runs once a group: stages become ones over the whole table that keep the groups apart. Windows get the keys as
//! their partition, `take` and `skip` filter by the number of a row in its group, `agg` groups by the keys. A hidden
//! column tells where each group first appeared, so that in the end groups come in that order. `sort` makes no node at
//! once: windows take over its keys, and one sort at the end puts the rows that are left in order.

use std::sync::Arc;

use weft_core::expr::{NamedExpr, SortKey};
use weft_core::{AggregateCall, Expr, Schema, WindowCall};
use weft_plan::LogicalPlan;
use weft_plan::nodes::{NamedWindow, Sort};

use super::take::{Wanted, wanted};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Block, Context, Failed, NamedItem, Options, Outcome, Scope, carried_to};
use crate::syntax::{Core, Stage};

pub(super) fn apply(
    cx: &mut Context<'_>,
    input: LogicalPlan,
    keys: Vec<NamedItem>,
    stages: &[Stage],
    span: Span,
) -> Outcome<LogicalPlan> {
    let outer = cx.block.take();
    let plan = begin(cx, input, keys, outer.as_ref(), span);
    let plan = plan.and_then(|plan| run(cx, plan, stages));
    let plan = plan.and_then(|plan| end(cx, plan, span));
    cx.block = outer;
    plan
}

/// Computes the keys and notes where groups appear.
fn begin(
    cx: &mut Context<'_>,
    input: LogicalPlan,
    keys: Vec<NamedItem>,
    outer: Option<&Block>,
    span: Span,
) -> Outcome<LogicalPlan> {
    let mut block = Block { order: Vec::new(), ..outer.cloned().unwrap_or_default() };
    let mut computed = Vec::new();
    for key in keys {
        if !block.keys.contains(&key.name) {
            block.keys.push(Arc::clone(&key.name));
        }
        if key.expr.as_column() != Some(&key.name) {
            computed.push(NamedExpr { name: key.name, expr: key.expr });
        }
    }
    let plan = if computed.is_empty() { Ok(input) } else { input.with_columns(computed) };
    let plan = cx.engine(plan, span)?;
    let hidden: Arc<str> = format!("`group {}`", block.hidden.len() + 1).into();
    let call = window(cx, "appearance", span)?;
    let partition = columns(cx, plan.schema(), &block.keys, span)?;
    let plan = cx.plan(plan.window(partition, Vec::new(), vec![NamedWindow { name: Arc::clone(&hidden), call }]), span)?;
    block.hidden.push(hidden);
    cx.block = Some(block);
    Ok(plan)
}

fn run(cx: &mut Context<'_>, mut plan: LogicalPlan, stages: &[Stage]) -> Outcome<LogicalPlan> {
    let mut failed = false;
    for stage in stages {
        match stage_of(cx, plan.clone(), stage) {
            Ok(next) => plan = next,
            // The columns are the same as before, so later stages can still be checked.
            Err(Failed) if super::find(&stage.verb.text).is_some_and(|verb| verb.keeps_columns) => failed = true,
            Err(Failed) => return Err(Failed),
        }
    }
    if failed { Err(Failed) } else { Ok(plan) }
}

/// Puts groups in the order of their appearance, and the rows of each in its own.
fn end(cx: &mut Context<'_>, plan: LogicalPlan, span: Span) -> Outcome<LogicalPlan> {
    let Some(hidden) = cx.block.as_ref().and_then(|b| b.hidden.last().cloned()) else { return Err(Failed) };
    let appeared = columns(cx, plan.schema(), std::slice::from_ref(&hidden), span)?;
    let mut keys: Vec<SortKey> = appeared.into_iter().map(ascending).collect();
    keys.extend(pending(cx));
    let plan = cx.plan(by(plan, keys), span)?;
    let names: Vec<Arc<str>> = plan.schema().names().filter(|n| **n != hidden).cloned().collect();
    cx.plan(plan.select_columns(names.iter().map(|n| &**n)), span)
}

fn stage_of(cx: &mut Context<'_>, plan: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    if matches!(stage.core, Core::Error) {
        return Err(Failed);
    }
    match stage.verb.text.as_str() {
        "sort" => sort(cx, plan, stage),
        "take" => {
            let wanted = wanted(cx, stage)?;
            numbered(cx, plan, wanted, stage.span)
        }
        "skip" => {
            let Core::Expr(expr) = &stage.core else { return Err(Failed) };
            Options::of(cx, stage, &[])?;
            let rows = cx.count(expr, "`skip`")?;
            numbered(cx, plan, Wanted::From(rows, None), stage.span)
        }
        "where" | "unless" | "drop_null" | "drop_nan" => cx.stage(plan, stage),
        "derive" | "select" | "drop" | "rename" | "fill_null" | "with_row_number" => row_wise(cx, plan, stage),
        // What these yield depends on the order in which they meet the rows.
        "distinct" | "agg" | "group" | "explode" | "unnest" | "unpivot" => {
            let plan = sorted(cx, plan, stage.span)?;
            cx.stage(plan, stage)
        }
        verb @ ("sample" | "pivot") => cx.not_yet(&format!("`{verb}` in the block of a group is"), stage.verb.span),
        _ if matches!(stage.core, Core::Call(_)) => cx.stage(plan, stage),
        verb => {
            let message = format!("`{verb}` does not stand in the block of a group: it is no stage of single groups");
            let diagnostic = Diagnostic::error(Code::GROUP_BLOCK, message, stage.verb.span);
            cx.fail(diagnostic.help("write it behind the block: group … { | … } | …"))
        }
    }
}

/// Ties keep the order that the group had.
fn sort(cx: &mut Context<'_>, plan: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Keys(keys) = &stage.core else { return Err(Failed) };
    Options::of(cx, stage, &[])?;
    let mut order = cx.sort_keys(Scope::Rows(plan.schema()), keys)?;
    for old in pending(cx) {
        if !order.iter().any(|new| new.expr == old.expr) {
            order.push(old);
        }
    }
    if let Some(block) = &mut cx.block {
        block.order = order;
    }
    Ok(plan)
}

/// A stage that makes other columns: the order that is still to be made must survive it, or is made before.
fn row_wise(cx: &mut Context<'_>, plan: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let said = cx.diagnostics.len();
    let after = cx.stage(plan.clone(), stage)?;
    let order = cx.block.as_ref().map(|b| b.order.clone()).unwrap_or_default();
    if let Some(carried) = carried_to(&after, &plan, &order) {
        if let Some(block) = &mut cx.block {
            block.order = carried;
        }
        return Ok(after);
    }
    cx.diagnostics.truncate(said);
    let plan = sorted(cx, plan, stage.span)?;
    cx.stage(plan, stage)
}

/// The rows by their number in the group.
fn numbered(cx: &mut Context<'_>, plan: LogicalPlan, wanted: Wanted, span: Span) -> Outcome<LogicalPlan> {
    let Some(block) = cx.block.clone() else { return Err(Failed) };
    let shown: Vec<Arc<str>> = plan.schema().names().cloned().collect();
    let partition = columns(cx, plan.schema(), &block.keys, span)?;
    let mut calls = vec![NamedWindow { name: "`row`".into(), call: window(cx, "row_number", span)? }];
    if matches!(wanted, Wanted::Last(_)) {
        let count = cx.env.registry().aggregate("count").ok_or(Failed)?;
        let count = cx.engine(AggregateCall::new(count, Vec::new()), span)?;
        calls.push(NamedWindow { name: "`rows`".into(), call: WindowCall::aggregate(count) });
    }
    let plan = cx.plan(plan.window(partition, block.order, calls), span)?;
    let row = cx.engine(Expr::column(plan.schema(), "`row`"), span)?;
    let number = |rows: u64| Expr::int(i64::try_from(rows).unwrap_or(i64::MAX));
    let mut conditions = Vec::with_capacity(2);
    match wanted {
        Wanted::Last(rows) => {
            let all = cx.engine(Expr::column(plan.schema(), "`rows`"), span)?;
            let after = cx.invoke("subtract", vec![all, row], span)?;
            conditions.push(cx.invoke("less", vec![after, number(rows)], span)?);
        }
        Wanted::From(first, limit) => {
            if first > 0 {
                conditions.push(cx.invoke("greater", vec![row.clone(), number(first)], span)?);
            }
            if let Some(limit) = limit {
                conditions.push(cx.invoke("less_equal", vec![row, number(first.saturating_add(limit))], span)?);
            }
        }
    }
    let plan = if conditions.is_empty() { Ok(plan) } else { plan.filter(Expr::and(conditions)) };
    let plan = cx.plan(plan, span)?;
    cx.plan(plan.select_columns(shown.iter().map(|n| &**n)), span)
}

/// The rows in the order that was still to be made.
fn sorted(cx: &mut Context<'_>, plan: LogicalPlan, span: Span) -> Outcome<LogicalPlan> {
    let order = pending(cx);
    if order.is_empty() { Ok(plan) } else { cx.plan(by(plan, order), span) }
}

/// Takes the order that is still to be made.
fn pending(cx: &mut Context<'_>) -> Vec<SortKey> {
    cx.block.as_mut().map(|b| std::mem::take(&mut b.order)).unwrap_or_default()
}

/// A sort whose ties keep their order, also where the rows are groups: that order was written.
fn by(input: LogicalPlan, keys: Vec<SortKey>) -> weft_core::Result<LogicalPlan> {
    LogicalPlan::new(Sort { input, keys }.into())
}

fn ascending(expr: Expr) -> SortKey {
    SortKey { expr, descending: false, nulls_first: false }
}

/// Columns of `schema` by their names.
pub(super) fn columns(cx: &mut Context<'_>, schema: &Schema, names: &[Arc<str>], span: Span) -> Outcome<Vec<Expr>> {
    let columns = names.iter().map(|n| Expr::column(schema, n)).collect::<weft_core::Result<Vec<_>>>();
    cx.engine(columns, span)
}

/// A call of a window function without arguments.
pub(super) fn window(cx: &mut Context<'_>, name: &str, span: Span) -> Outcome<WindowCall> {
    let function = cx.env.registry().window(name);
    let function = function.ok_or_else(|| weft_core::Error::internal(format!("no window function `{name}`")));
    let call = function.and_then(|f| WindowCall::function(f, Vec::new()));
    let call = cx.engine(call, span)?;
    Ok(call.at(cx.origin(span)))
}

impl Context<'_> {
    /// The columns that the stage's block groups by, as keys; none outside of blocks.
    pub(super) fn block_keys(&mut self, schema: &Schema, span: Span) -> Outcome<Vec<NamedItem>> {
        let Some(block) = self.block.clone() else { return Ok(Vec::new()) };
        let mut items = Vec::with_capacity(block.keys.len() + block.hidden.len());
        for name in block.keys.iter().chain(&block.hidden) {
            let expr = self.engine(Expr::column(schema, name), span)?;
            items.push(NamedItem { name: Arc::clone(name), expr, span });
        }
        Ok(items)
    }
}

/// An error where a stage of a block would change the key `name`: to pass it on as it is, as `expr` may do, changes none.
pub(super) fn keep_key(cx: &mut Context<'_>, name: &Arc<str>, expr: Option<&Expr>, span: Span) -> Outcome<()> {
    let is_key = cx.block.as_ref().is_some_and(|b| b.keys.contains(name));
    if !is_key || expr.and_then(Expr::as_column) == Some(name) {
        return Ok(());
    }
    let message = format!("`{name}` makes the groups of this block, and stays as it is");
    cx.fail(Diagnostic::error(Code::GROUP_BLOCK, message, span).help("change it behind the block, or take another name"))
}

/// The names of a selection, with the keys of the block: those that were not chosen come first.
pub(super) fn with_keys(cx: &Context<'_>, names: Vec<Arc<str>>) -> Vec<Arc<str>> {
    let Some(block) = &cx.block else { return names };
    let missing = block.keys.iter().filter(|k| !names.contains(k)).cloned().collect::<Vec<_>>();
    missing.into_iter().chain(names).chain(block.hidden.iter().cloned()).collect()
}
