//! Rows of one table by whether they stand in others: joins on all columns, nulls equal.
//!
//! With `all: true` rows are counted: the second of equal rows stands in a table that has two of them. Each row gets the
//! number it has among its equals, and that number is one more key.

use std::sync::Arc;

use weft_core::expr::NamedExpr;
use weft_core::types::common_type;
use weft_core::{Expr, WindowCall};
use weft_plan::LogicalPlan;
use weft_plan::builder::pass_on;
use weft_plan::nodes::{JoinKey, JoinKind, NamedWindow};

use super::{Matching, tables};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Context, Failed, Options, Outcome};
use crate::syntax::Stage;

/// The number of a row among its equals; nobody can write such a name.
const NUMBER: &str = "`number`";

/// The input's rows that stand in all the other tables (`Semi`), or in none of them (`Anti`).
pub(super) fn choose(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage, kind: JoinKind) -> Outcome<LogicalPlan> {
    let options = Options::of(cx, stage, &["all", "fill", "by"])?;
    let all = options.flag(cx, "all")?;
    let matching = Matching::of(cx, &options)?;
    let mut tables = tables(cx, input, stage, matching)?.into_iter();
    let Some((mut plan, _)) = tables.next() else { return Err(Failed) };
    let shown: Vec<Arc<str>> = plan.schema().names().cloned().collect();
    for (other, span) in tables {
        comparable(cx, &plan, &other, span)?;
        if !all {
            plan = cx.plan(matched(plan, other, kind), stage.span)?;
            continue;
        }
        let (left, right) = (numbered(cx, plan, stage.span)?, numbered(cx, other, span)?);
        let chosen = matched(left, right, kind).and_then(|plan| plan.select_columns(shown.iter().map(|n| &**n)));
        plan = cx.plan(chosen, stage.span)?;
    }
    // Equal rows are all chosen or none is, so their first one stays where it is.
    if all { Ok(plan) } else { cx.plan(plan.distinct(Vec::new()), stage.span) }
}

/// The left rows with, or without, an equal right one.
fn matched(left: LogicalPlan, right: LogicalPlan, kind: JoinKind) -> weft_core::Result<LogicalPlan> {
    let renamed = right.schema().fields().iter().enumerate();
    let renamed = renamed.map(|(i, f)| NamedExpr { name: format!("`right {i}`").into(), expr: pass_on(f).expr }).collect();
    let right = right.project(renamed)?;
    let sides = left.schema().fields().iter().zip(right.schema().fields());
    let key = |(l, r)| JoinKey { left: Expr::of_field(l), right: Expr::of_field(r), null_safe: true };
    let keys = sides.map(key).collect();
    left.join(right, kind, keys, None)
}

fn numbered(cx: &mut Context<'_>, plan: LogicalPlan, span: Span) -> Outcome<LogicalPlan> {
    let function = cx.env.registry().window("row_number").ok_or_else(|| weft_core::Error::internal("no row numbers"));
    let call = function.and_then(|f| WindowCall::function(f, Vec::new()));
    let call = cx.engine(call, span)?.at(cx.origin(span));
    let partition = plan.schema().fields().iter().map(Expr::of_field).collect();
    cx.plan(plan.window(partition, Vec::new(), vec![NamedWindow { name: NUMBER.into(), call }]), span)
}

/// An error where columns that meet have no equality.
fn comparable(cx: &mut Context<'_>, plan: &LogicalPlan, other: &LogicalPlan, span: Span) -> Outcome<()> {
    for (a, b) in plan.schema().fields().iter().zip(other.schema().fields()) {
        let message = match common_type(&a.ty, &b.ty) {
            Some(ty) if ty.is_hashable() => continue,
            Some(ty) => format!("column `{}` is {ty}, which has no equality", a.name),
            None => format!("column `{}` is {} in one table and {} in another", a.name, a.ty, b.ty),
        };
        let diagnostic = Diagnostic::error(Code::COLUMNS_DIFFER, message, span);
        return cx.fail(
            diagnostic.help("compare chosen columns: join semi and join anti take keys, select and a cast make them alike"),
        );
    }
    Ok(())
}
