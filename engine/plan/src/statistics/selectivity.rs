//! The part of the rows that meet a condition.

use weft_core::source::{ColumnStatistics, Estimate};
use weft_core::{Expr, ExprKind, Schema, Value};

use super::{PlanStatistics, UNKNOWN_SELECTIVITY};
use crate::optimize::known::{Relation, as_comparison, as_not, null_test};

/// The part of the rows equal to a value of which nothing is known.
const UNKNOWN_EQUAL: f64 = 0.05;

/// The rows of `input` that meet all of `conditions`.
pub(super) fn filtered<'a>(
    input: &PlanStatistics,
    schema: &Schema,
    conditions: impl IntoIterator<Item = &'a Expr>,
) -> PlanStatistics {
    let mut output = input.clone();
    let mut part = 1.0;
    let mut any = false;
    for condition in conditions.into_iter().flat_map(conjuncts) {
        part *= selectivity(condition, schema, input);
        narrow(condition, schema, &mut output.columns);
        any = true;
    }
    if any {
        output.rows = match input.rows {
            Some(Estimate::Exact(0)) => input.rows,
            Some(rows) => Some(Estimate::About((rows.value() as f64 * part).ceil() as u64)),
            None => None,
        };
        for column in &mut output.columns {
            // None stay none; of others nobody knows how many the conditions left.
            column.nulls = column.nulls.map(|n| if n == Estimate::Exact(0) { n } else { Estimate::About(n.value()) });
        }
    }
    output
}

fn conjuncts(condition: &Expr) -> Vec<&Expr> {
    match &condition.kind {
        ExprKind::And(parts) => parts.iter().flat_map(conjuncts).collect(),
        _ => vec![condition],
    }
}

/// Between 0 and 1.
pub(super) fn selectivity(condition: &Expr, schema: &Schema, input: &PlanStatistics) -> f64 {
    let of = |e: &Expr| selectivity(e, schema, input);
    if let Some(inner) = as_not(condition) {
        return 1.0 - of(inner);
    }
    if let Some((tested, wants_null)) = null_test(condition) {
        return nulls_part(&super::of_expr(tested, schema, input), input.rows, wants_null);
    }
    match &condition.kind {
        ExprKind::Literal(value) => f64::from(value.as_bool() == Some(true)),
        ExprKind::And(parts) => parts.iter().map(of).product(),
        ExprKind::Or(parts) => 1.0 - parts.iter().map(|p| 1.0 - of(p)).product::<f64>(),
        ExprKind::InList { input: looked, list } => {
            let column = super::of_expr(looked, schema, input);
            list.iter().map(|v| equal(&column, v)).sum::<f64>().min(1.0)
        }
        _ => comparison(condition, schema, input),
    }
}

fn comparison(condition: &Expr, schema: &Schema, input: &PlanStatistics) -> f64 {
    let Some((relation, left, right)) = as_comparison(condition) else { return UNKNOWN_SELECTIVITY };
    let (relation, column, value) = match (left.as_literal(), right.as_literal()) {
        (_, Some(value)) => (relation, left, value),
        (Some(value), _) => (relation.flipped(), right, value),
        _ if relation == Relation::Equal => return UNKNOWN_EQUAL,
        _ => return UNKNOWN_SELECTIVITY,
    };
    let column = super::of_expr(column, schema, input);
    match relation {
        Relation::Equal => equal(&column, value),
        Relation::NotEqual => 1.0 - equal(&column, value),
        Relation::Less | Relation::LessOrEqual => below(&column, value).unwrap_or(UNKNOWN_SELECTIVITY),
        Relation::Greater | Relation::GreaterOrEqual => below(&column, value).map_or(UNKNOWN_SELECTIVITY, |b| 1.0 - b),
    }
}

fn nulls_part(column: &ColumnStatistics, rows: Option<Estimate>, wants_null: bool) -> f64 {
    let part = match (column.nulls, rows) {
        (Some(nulls), Some(rows)) if rows.value() > 0 => (nulls.value() as f64 / rows.value() as f64).min(1.0),
        _ => UNKNOWN_EQUAL,
    };
    if wants_null { part } else { 1.0 - part }
}

/// The part equal to `value`: values are taken as equally common.
fn equal(column: &ColumnStatistics, value: &Value) -> f64 {
    if let (Some(min), Some(max), Some(x)) = (number(&column.min), number(&column.max), scaled(value))
        && !(min..=max).contains(&x)
    {
        return 0.0;
    }
    column.distinct.map_or(UNKNOWN_EQUAL, |d| 1.0 / d.value().max(1) as f64)
}

/// The part below `value`: values are taken as spread evenly.
fn below(column: &ColumnStatistics, value: &Value) -> Option<f64> {
    let (min, max, x) = (number(&column.min)?, number(&column.max)?, scaled(value)?);
    if max <= min {
        return Some(f64::from(x > min));
    }
    Some(((x - min) / (max - min)).clamp(0.0, 1.0))
}

/// After the condition, no value of its column is past the literal.
fn narrow(condition: &Expr, schema: &Schema, columns: &mut [ColumnStatistics]) {
    let Some((relation, left, right)) = as_comparison(condition) else { return };
    let (relation, name, value) = match (left.as_column(), right.as_literal(), right.as_column(), left.as_literal()) {
        (Some(name), Some(value), ..) => (relation, name, value),
        (_, _, Some(name), Some(value)) => (relation.flipped(), name, value),
        _ => return,
    };
    let Some(column) = schema.index_of(name).and_then(|i| columns.get_mut(i)) else { return };
    let Some(x) = scaled(value) else { return };
    let lower = matches!(relation, Relation::Greater | Relation::GreaterOrEqual | Relation::Equal);
    let upper = matches!(relation, Relation::Less | Relation::LessOrEqual | Relation::Equal);
    if lower && number(&column.min).is_none_or(|min| min < x) {
        column.min = Some(value.clone());
    }
    if upper && number(&column.max).is_none_or(|max| max > x) {
        column.max = Some(value.clone());
    }
    if relation == Relation::Equal {
        column.distinct = Some(Estimate::About(1));
    }
    column.nulls = Some(Estimate::Exact(0));
}

fn number(value: &Option<Value>) -> Option<f64> {
    value.as_ref().and_then(scaled)
}

/// A value on a line, comparable with others of its type.
fn scaled(value: &Value) -> Option<f64> {
    match value {
        Value::Date(days) => Some(f64::from(*days)),
        Value::Time(n) | Value::Timestamp(n) | Value::Duration(n) => Some(*n as f64),
        other => other.as_float().filter(|x| !x.is_nan()),
    }
}
