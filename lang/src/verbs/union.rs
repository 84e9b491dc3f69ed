//! `union t, …`: the rows of all, columns matched by name.

use std::sync::Arc;

use weft_core::expr::NamedExpr;
use weft_core::{Expr, Schema, Type, Value};
use weft_plan::LogicalPlan;

use crate::Span;
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Context, Failed, Options, Outcome};
use crate::syntax::{Core, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Sources(sources) = &stage.core else { return Err(Failed) };
    let options = Options::of(cx, stage, &["distinct", "fill", "by"])?;
    let (distinct, fill) = (options.flag(cx, "distinct")?, options.flag(cx, "fill")?);
    let by_position = match options.text(cx, "by")? {
        None => false,
        Some((by, _)) if by == "name" => false,
        Some((by, _)) if by == "position" => true,
        Some((_, span)) => return cx.error(Code::BAD_ARGUMENT, "`by` is \"name\" or \"position\"", span),
    };
    let mut tables = vec![(input, stage.verb.span)];
    for source in sources {
        tables.push((cx.source(source)?, source.span));
    }
    if !by_position {
        tables = match fill {
            true => filled(cx, tables)?,
            false => matched(cx, tables)?,
        };
    }
    let mut plans = tables.into_iter().map(|(plan, _)| plan);
    let Some(first) = plans.next() else { return Err(Failed) };
    let plan = first.union(plans.collect());
    let plan = cx.plan(plan, stage.span)?;
    if distinct { cx.plan(plan.distinct(Vec::new()), stage.span) } else { Ok(plan) }
}

type Tables = Vec<(LogicalPlan, Span)>;

/// Every table with the columns of the first, in its order.
fn matched(cx: &mut Context<'_>, tables: Tables) -> Outcome<Tables> {
    let Some(names) = tables.first().map(|(plan, _)| plan.schema().names().cloned().collect::<Vec<_>>()) else {
        return Ok(tables);
    };
    let mut out = Vec::with_capacity(tables.len());
    for (plan, span) in tables {
        let lacks: Vec<&str> = names.iter().filter(|n| plan.schema().field(n).is_none()).map(|n| &**n).collect();
        let extra: Vec<&str> = plan.schema().names().filter(|n| !names.contains(n)).map(|n| &**n).collect();
        if !lacks.is_empty() || !extra.is_empty() {
            let parts = [("lacks", lacks), ("has besides", extra)];
            let parts = parts.iter().filter(|(_, names)| !names.is_empty());
            let parts: Vec<String> = parts.map(|(verb, names)| format!("{verb} `{}`", names.join("`, `"))).collect();
            let message = format!("the columns differ: this table {}", parts.join(" and "));
            let help = "select the same columns, or say fill: true for nulls in the missing ones";
            return cx.fail(Diagnostic::error(Code::COLUMNS_DIFFER, message, span).help(help));
        }
        let plan = ordered(cx, plan, &names, span)?;
        out.push((plan, span));
    }
    Ok(out)
}

fn ordered(cx: &mut Context<'_>, plan: LogicalPlan, names: &[Arc<str>], span: Span) -> Outcome<LogicalPlan> {
    if plan.schema().names().eq(names) {
        return Ok(plan);
    }
    let plan = plan.select_columns(names.iter().map(|n| &**n));
    cx.engine(plan, span)
}

/// Every table with the columns of all, nulls in those it lacks.
fn filled(cx: &mut Context<'_>, tables: Tables) -> Outcome<Tables> {
    let mut all: Vec<(Arc<str>, Type)> = Vec::new();
    for field in tables.iter().flat_map(|(plan, _)| plan.schema().fields()) {
        if !all.iter().any(|(name, _)| *name == field.name) {
            all.push((Arc::clone(&field.name), field.ty.clone()));
        }
    }
    let mut out = Vec::with_capacity(tables.len());
    for (plan, span) in tables {
        let schema: Schema = plan.schema().clone();
        let column = |(name, ty): &(Arc<str>, Type)| {
            let expr = schema.field(name).map_or_else(|| Expr::literal(ty.clone(), Value::Null), Expr::of_field);
            NamedExpr { name: Arc::clone(name), expr }
        };
        let plan = plan.project(all.iter().map(column).collect());
        out.push((cx.engine(plan, span)?, span));
    }
    Ok(out)
}
