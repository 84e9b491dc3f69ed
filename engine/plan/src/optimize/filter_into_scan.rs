//! Conditions that a source applies itself, or can use to leave out parts, move into the scan.

use weft_core::Expr;
use weft_core::error::Result;
use weft_core::source::FilterSupport;

use super::rule::{Rule, RuleContext, bottom_up};
use crate::nodes::{Filter, Node, Scan};
use crate::plan::LogicalPlan;

pub(super) struct FilterIntoScan;

impl Rule for FilterIntoScan {
    fn name(&self) -> &'static str {
        "filter_into_scan"
    }

    fn apply(&self, plan: &LogicalPlan, _: &RuleContext<'_>) -> Result<LogicalPlan> {
        bottom_up(plan, &mut |p| match p.node() {
            Node::Filter(filter) => match filter.input.node() {
                // Rows that a limited scan leaves out must not be counted as filtered.
                Node::Scan(scan) if scan.limit.is_none() => into_scan(p, filter, scan),
                _ => Ok(None),
            },
            _ => Ok(None),
        })
    }
}

fn into_scan(plan: &LogicalPlan, filter: &Filter, scan: &Scan) -> Result<Option<LogicalPlan>> {
    let mut new = scan.clone();
    let mut kept = Vec::new();
    for conjunct in filter.predicate.clone().split_conjuncts() {
        match support(scan, &conjunct) {
            FilterSupport::Exact => new.filters.push(conjunct),
            FilterSupport::Pruning => {
                if !new.pruning.contains(&conjunct) {
                    new.pruning.push(conjunct.clone());
                }
                kept.push(conjunct);
            }
            FilterSupport::None => kept.push(conjunct),
        }
    }
    if new == *scan {
        return Ok(None);
    }
    let scan = LogicalPlan::new(new.into())?.at(filter.input.origin());
    if kept.is_empty() {
        return Ok(Some(scan));
    }
    let predicate = Expr::and(kept).at(filter.predicate.origin);
    Ok(Some(LogicalPlan::new(Filter { input: scan, predicate }.into())?.at(plan.origin())))
}

/// What can fail is not handed over: a source evaluates its conditions in any order, so guards would not hold.
fn support(scan: &Scan, conjunct: &Expr) -> FilterSupport {
    if conjunct.is_fallible() || !conjunct.is_deterministic() || conjunct.columns().is_empty() {
        return FilterSupport::None;
    }
    scan.source.0.filter_support(conjunct)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn exact_conditions_move_and_pruning_ones_stay_as_well() {
        // The test source applies comparisons of `a` exactly, prunes by `b`, and knows nothing of others.
        let parts = vec![gt(col("a"), int(1)), gt(col("b"), int(2)), gt(col("x"), float(0.5))];
        let plan = numbers().filter(Expr::and(parts)).unwrap();
        let once = apply(&FilterIntoScan, &plan);
        assert_text(&once, "where (b > 2) and (x > 0.5)\n  scan numbers, where a > 1, prune b > 2");
        assert_eq!(apply(&FilterIntoScan, &once), once);
    }

    #[test]
    fn what_can_fail_and_what_follows_a_limit_stays() {
        let risky = numbers().filter(gt(floor_div(int(10), col("a")), int(1))).unwrap();
        assert_eq!(apply(&FilterIntoScan, &risky), risky);
        let mut limited = Scan::all(numbers_source());
        limited.limit = Some(3);
        let plan = LogicalPlan::new(limited.into()).unwrap().filter(gt(col("a"), int(1))).unwrap();
        assert_eq!(apply(&FilterIntoScan, &plan), plan);
    }
}
