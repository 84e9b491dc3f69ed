//! How many rows a join yields.

use weft_core::source::{ColumnStatistics, Estimate};

use super::{PlanStatistics, of_expr};
use crate::nodes::{Join, JoinKind};

/// What a residual condition lets through where nothing is known of it.
const RESIDUAL: f64 = 1.0 / 3.0;

/// The output of `join` over inputs of which these are known.
pub(super) fn joined(join: &Join, left: &PlanStatistics, right: &PlanStatistics) -> PlanStatistics {
    let rows = match (left.rows, right.rows) {
        (Some(l), Some(r)) => Some(rows(join, left, right, l.value() as f64, r.value() as f64)),
        _ => None,
    };
    let columns = join.output.iter().map(|name| {
        let of = |side: &crate::LogicalPlan, known: &PlanStatistics| {
            side.schema().index_of(name).and_then(|i| known.columns.get(i).cloned())
        };
        of(&join.left, left).or_else(|| of(&join.right, right)).unwrap_or_default()
    });
    PlanStatistics { rows, columns: columns.map(loosened).collect() }
}

fn rows(join: &Join, left: &PlanStatistics, right: &PlanStatistics, l: f64, r: f64) -> Estimate {
    let matched = if join.residual.is_some() { RESIDUAL } else { 1.0 };
    let values = key_values(join, left, right, l, r).max(1.0);
    let pairs = l * r / values * matched;
    // Of the left rows, those whose key has a partner among the right side's.
    let with_partner = (l * (r / values).min(1.0) * matched).min(pairs);
    let rows = match join.kind {
        JoinKind::Inner => pairs,
        JoinKind::Left => pairs.max(l),
        JoinKind::Right => pairs.max(r),
        JoinKind::Full => pairs.max(l).max(r),
        JoinKind::Semi => with_partner,
        JoinKind::Anti => l - with_partner,
    };
    Estimate::About(rows.ceil().clamp(0.0, u64::MAX as f64) as u64)
}

/// The number of different keys that rows are spread over.
///
/// A key's values are those of the side where it is unique, so of two guessed bounds the smaller one is nearer; exact
/// counts mean that the larger set holds the smaller one.
fn key_values(join: &Join, left: &PlanStatistics, right: &PlanStatistics, l: f64, r: f64) -> f64 {
    let mut values = 1.0f64;
    if join.keys.is_empty() {
        return values;
    }
    for key in &join.keys {
        let a = of_expr(&key.left, join.left.schema(), left).distinct;
        let b = of_expr(&key.right, join.right.schema(), right).distinct;
        values *= match (a, b) {
            (Some(Estimate::Exact(a)), Some(Estimate::Exact(b))) => a.max(b) as f64,
            (Some(a), Some(b)) => a.value().min(b.value()) as f64,
            (Some(known), None) | (None, Some(known)) => known.value() as f64,
            (None, None) => l.min(r),
        };
    }
    values.min(l.max(r))
}

/// Bounds still hold after a join, counts do not.
fn loosened(column: ColumnStatistics) -> ColumnStatistics {
    let about = |e: Estimate| Estimate::About(e.value());
    ColumnStatistics { nulls: column.nulls.map(about), distinct: column.distinct.map(about), ..column }
}
