//! `describe`: a row for each column, with counts, extremes and the mean.

use std::sync::Arc;

use weft_core::expr::{CastMode, NamedExpr};
use weft_core::{AggregateCall, Expr, Field, Type, Value};
use weft_plan::LogicalPlan;
use weft_plan::nodes::NamedAggregate;

use crate::Span;
use crate::diagnostics::Code;
use crate::resolve::{Context, Failed, Options, Outcome};
use crate::syntax::{Core, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Args(args) = &stage.core else { return Err(Failed) };
    Options::of(cx, stage, &[])?;
    if let Some(arg) = args.first() {
        return cx.error(Code::WRONG_ARGUMENT, "`describe` takes no arguments", arg.span);
    }
    // Each column is folded on its own, so that each branch reads nothing but its column.
    let mut rows = Vec::with_capacity(input.schema().len());
    for field in input.schema().fields() {
        rows.push(row(cx, &input, field, stage.span)?);
    }
    let mut rows = rows.into_iter();
    let Some(first) = rows.next() else {
        return cx.error(Code::BAD_ARGUMENT, "a table without columns has nothing to describe", stage.span);
    };
    cx.plan(first.union(rows.collect()), stage.span)
}

/// The row of one column.
fn row(cx: &mut Context<'_>, input: &LogicalPlan, field: &Field, span: Span) -> Outcome<LogicalPlan> {
    let column = || Expr::of_field(field);
    let mut calls = Vec::with_capacity(6);
    let mut add = |cx: &mut Context<'_>, name: &str, function: &str, args: Vec<Expr>| -> Outcome<()> {
        let Some(function) = cx.env.registry().aggregate(function) else { return Ok(()) };
        let call = cx.engine(AggregateCall::new(function, args), span)?;
        calls.push(NamedAggregate { name: name.into(), call });
        Ok(())
    };
    add(cx, "rows", "count", Vec::new())?;
    add(cx, "count", "count", vec![column()])?;
    if field.ty.is_hashable() {
        add(cx, "distinct", "count_distinct", vec![column()])?;
    }
    if has_extremes(&field.ty) {
        add(cx, "min", "min", vec![column()])?;
        add(cx, "max", "max", vec![column()])?;
    }
    if field.ty.is_numeric() {
        add(cx, "mean", "mean", vec![column()])?;
    }
    let folded = input.clone().aggregate(Vec::new(), calls);
    let folded = cx.engine(folded, span)?;
    let nulls = match (folded.schema().field("rows"), folded.schema().field("count")) {
        (Some(rows), Some(count)) => cx.invoke("subtract", vec![Expr::of_field(rows), Expr::of_field(count)], span)?,
        _ => Expr::literal(Type::Int64, Value::Null),
    };
    let found = |name: &str, ty: Type| match folded.schema().field(name) {
        Some(field) => Expr::of_field(field).cast(ty, CastMode::Strict),
        None => Expr::literal(ty, Value::Null),
    };
    let columns: Vec<(&str, Expr)> = vec![
        ("column", Expr::string(&field.name)),
        ("type", Expr::string(&field.ty.to_string())),
        ("count", found("count", Type::Int64)),
        ("nulls", nulls),
        ("distinct", found("distinct", Type::Int64)),
        ("min", found("min", Type::String)),
        ("max", found("max", Type::String)),
        ("mean", found("mean", Type::Float64)),
    ];
    let columns = columns.into_iter().map(|(name, expr)| NamedExpr { name: Arc::from(name), expr }).collect();
    let plan = folded.project(columns);
    cx.plan(plan, span)
}

/// Whether the least and greatest value are worth a line of text.
fn has_extremes(ty: &Type) -> bool {
    ty.is_numeric()
        || matches!(ty, Type::Bool | Type::String | Type::Date | Type::Time(_) | Type::Timestamp(..) | Type::Duration(_))
}
