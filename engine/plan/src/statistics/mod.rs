//! How many rows a plan yields, and what is known of its columns, before it runs.

mod join;
mod selectivity;

use std::sync::Arc;

use weft_core::source::{ColumnStatistics, Estimate, TableStatistics};
use weft_core::{Expr, Schema, Value};

use crate::nodes::{Aggregate, Limit, Node, Project, Scan};
use crate::plan::LogicalPlan;

/// What is known of a plan's output: `columns` has one entry per column of its schema.
pub type PlanStatistics = TableStatistics;

/// The part of the rows that pass a condition of which nothing is known.
const UNKNOWN_SELECTIVITY: f64 = 1.0 / 3.0;

/// The part of the rows that are groups of their own where nothing is known of the keys.
const UNKNOWN_GROUPS: f64 = 0.1;

/// What can be told of `plan` without running it. A row count is exact only where every step to it is.
pub fn estimate(plan: &LogicalPlan) -> PlanStatistics {
    let inputs: Vec<PlanStatistics> = plan.inputs().into_iter().map(estimate).collect();
    let mut statistics = match (plan.node(), inputs.as_slice()) {
        (Node::Scan(scan), _) => of_scan(scan, plan.schema()),
        (Node::Filter(filter), [input]) => selectivity::filtered(input, plan.schema(), [&filter.predicate]),
        (Node::Project(project), [input]) => of_project(project, input),
        (Node::Aggregate(aggregate), [input]) => of_aggregate(aggregate, input),
        (Node::Distinct(distinct), [input]) => of_keys(&distinct.key_names(), plan.schema(), input),
        (Node::Sort(_) | Node::Window(_), [input]) => input.clone(),
        (Node::With(_), [input, ..]) => input.clone(),
        (Node::Limit(limit), [input]) => cut(input, limit.offset, limit.limit),
        (Node::TopN(top), [input]) => cut(input, top.offset, Some(top.limit)),
        (Node::Tail(tail), [input]) => cut(input, 0, Some(tail.rows)),
        (Node::Join(join), [left, right]) => join::joined(join, left, right),
        (Node::Union(_), inputs) => of_union(inputs),
        _ => PlanStatistics::default(),
    };
    statistics.columns.resize(plan.schema().len(), ColumnStatistics::default());
    statistics
}

fn of_scan(scan: &Scan, schema: &Schema) -> PlanStatistics {
    let known = scan.source.0.statistics();
    let source = scan.source.0.schema();
    let all = PlanStatistics { rows: known.rows, columns: with_ranges(known, source.len()) };
    let filtered = selectivity::filtered(&all, source, &scan.filters);
    let column = |name: &Arc<str>| source.index_of(name).and_then(|i| filtered.columns.get(i).cloned()).unwrap_or_default();
    let statistics = PlanStatistics { rows: filtered.rows, columns: schema.names().map(column).collect() };
    cut(&statistics, 0, scan.limit)
}

/// The columns with a bound on the number of values where they are whole numbers in a known range.
fn with_ranges(known: TableStatistics, width: usize) -> Vec<ColumnStatistics> {
    let mut columns = known.columns;
    columns.resize(width, ColumnStatistics::default());
    for column in columns.iter_mut().filter(|c| c.distinct.is_none()) {
        let range = match (&column.min, &column.max) {
            (Some(Value::Int(a)), Some(Value::Int(b))) => b.checked_sub(*a),
            (Some(Value::Date(a)), Some(Value::Date(b))) => Some(i64::from(*b) - i64::from(*a)),
            _ => None,
        };
        let values = range.and_then(|r| u64::try_from(r).ok()).map(|r| r.saturating_add(1));
        column.distinct = values.map(|v| Estimate::About(known.rows.map_or(v, |rows| v.min(rows.value()))));
    }
    columns
}

fn of_project(project: &Project, input: &PlanStatistics) -> PlanStatistics {
    let schema = project.input.schema();
    let columns = project.exprs.iter().map(|e| of_expr(&e.expr, schema, input)).collect();
    PlanStatistics { rows: input.rows, columns }
}

/// What is known of an expression over rows of which `input` is known.
pub(crate) fn of_expr(expr: &Expr, schema: &Schema, input: &PlanStatistics) -> ColumnStatistics {
    if let Some(name) = expr.as_column() {
        return schema.index_of(name).and_then(|i| input.columns.get(i).cloned()).unwrap_or_default();
    }
    match expr.as_literal() {
        Some(value) if !value.is_null() => ColumnStatistics {
            min: Some(value.clone()),
            max: Some(value.clone()),
            nulls: Some(Estimate::Exact(0)),
            distinct: Some(Estimate::Exact(1)),
            bytes: None,
        },
        _ => ColumnStatistics::default(),
    }
}

fn of_aggregate(aggregate: &Aggregate, input: &PlanStatistics) -> PlanStatistics {
    let schema = aggregate.input.schema();
    let keys: Vec<ColumnStatistics> = aggregate.keys.iter().map(|k| of_expr(&k.expr, schema, input)).collect();
    let rows = if keys.is_empty() { Some(Estimate::Exact(1)) } else { combinations(&keys, input.rows) };
    let mut columns = keys;
    columns.resize(columns.len() + aggregate.aggregates.len(), ColumnStatistics::default());
    PlanStatistics { rows, columns }
}

fn of_keys(keys: &[Arc<str>], schema: &Schema, input: &PlanStatistics) -> PlanStatistics {
    let column = |k: &Arc<str>| schema.index_of(k).and_then(|i| input.columns.get(i).cloned()).unwrap_or_default();
    let keys: Vec<ColumnStatistics> = keys.iter().map(column).collect();
    PlanStatistics { rows: combinations(&keys, input.rows), columns: input.columns.clone() }
}

/// The number of combinations of keys: the product of their values, at most the rows.
fn combinations(keys: &[ColumnStatistics], rows: Option<Estimate>) -> Option<Estimate> {
    let rows = rows?.value();
    if rows == 0 {
        return Some(Estimate::Exact(0));
    }
    let distinct = |k: &ColumnStatistics| k.distinct.map(|d| d.value() as f64 + nulls_group(k));
    let product: Option<f64> = keys.iter().map(distinct).product();
    let groups = product.unwrap_or(rows as f64 * UNKNOWN_GROUPS).clamp(1.0, rows as f64);
    Some(Estimate::About(groups as u64))
}

/// Nulls are a group of their own.
fn nulls_group(key: &ColumnStatistics) -> f64 {
    if key.nulls.is_some_and(|n| n.value() > 0) { 1.0 } else { 0.0 }
}

fn of_union(inputs: &[PlanStatistics]) -> PlanStatistics {
    let sum = |a: Estimate, b: Estimate| match (a, b) {
        (Estimate::Exact(a), Estimate::Exact(b)) => Estimate::Exact(a.saturating_add(b)),
        (a, b) => Estimate::About(a.value().saturating_add(b.value())),
    };
    let rows = inputs.iter().map(|i| i.rows).reduce(|a, b| Some(sum(a?, b?))).flatten();
    PlanStatistics { rows, columns: Vec::new() }
}

/// Rows `offset .. offset + limit`.
fn cut(input: &PlanStatistics, offset: u64, limit: Option<u64>) -> PlanStatistics {
    let cut = |n: u64| n.saturating_sub(offset).min(limit.unwrap_or(u64::MAX));
    let rows = match input.rows {
        Some(Estimate::Exact(n)) => Some(Estimate::Exact(cut(n))),
        Some(Estimate::About(n)) => Some(Estimate::About(cut(n))),
        None if limit == Some(0) => Some(Estimate::Exact(0)),
        None => limit.map(Estimate::About),
    };
    PlanStatistics { rows, columns: input.columns.clone() }
}

/// The most rows that `plan` can yield whatever the data are, where that is known.
pub(crate) fn most_rows(plan: &LogicalPlan) -> Option<u64> {
    let input = || plan.inputs().first().and_then(|i| most_rows(i));
    match plan.node() {
        // A source may yield more than the limit it was told, which only says how many suffice.
        Node::Scan(scan) => match scan.source.0.statistics().rows {
            Some(Estimate::Exact(rows)) => Some(rows),
            _ => None,
        },
        Node::Aggregate(Aggregate { keys, .. }) if keys.is_empty() => Some(1),
        Node::Limit(Limit { offset, limit, .. }) => {
            let left = input().map(|n| n.saturating_sub(*offset));
            [left, *limit].into_iter().flatten().min()
        }
        Node::TopN(top) => Some(input().map_or(top.limit, |n| n.min(top.limit))),
        Node::Tail(tail) => Some(input().map_or(tail.rows, |n| n.min(tail.rows))),
        Node::Join(join) if join.kind.shows_right() => None,
        Node::Explode(_) => None,
        Node::Union(union) => union.inputs.iter().map(most_rows).try_fold(0u64, |a, n| a.checked_add(n?)),
        _ => input(),
    }
}

#[cfg(test)]
mod tests;
