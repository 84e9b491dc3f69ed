//! Adjacent filters become one whose parts guard each other in the written order; a filter that is always true goes, one
//! that never is becomes no rows.

use weft_core::Expr;
use weft_core::error::Result;

use super::rule::{Rule, RuleContext, bottom_up};
use crate::nodes::{Filter, Limit, Node};
use crate::plan::LogicalPlan;

pub(super) struct MergeFilters;

impl Rule for MergeFilters {
    fn name(&self) -> &'static str {
        "merge_filters"
    }

    fn apply(&self, plan: &LogicalPlan, _: &RuleContext<'_>) -> Result<LogicalPlan> {
        bottom_up(plan, &mut |p| match p.node() {
            Node::Filter(filter) => merged(p, filter),
            _ => Ok(None),
        })
    }
}

fn merged(plan: &LogicalPlan, filter: &Filter) -> Result<Option<LogicalPlan>> {
    if let Some(value) = filter.predicate.as_literal() {
        return Ok(Some(match value.as_bool() {
            Some(true) => filter.input.clone(),
            _ => LogicalPlan::new(Limit { input: filter.input.clone(), offset: 0, limit: Some(0) }.into())?.at(plan.origin()),
        }));
    }
    let Node::Filter(below) = filter.input.node() else { return Ok(None) };
    let mut parts: Vec<Expr> = below.predicate.clone().split_conjuncts();
    for part in filter.predicate.clone().split_conjuncts() {
        if !(part.is_deterministic() && parts.contains(&part)) {
            parts.push(part);
        }
    }
    let predicate = Expr::and(parts).at(filter.predicate.origin);
    Ok(Some(LogicalPlan::new(Filter { input: below.input.clone(), predicate }.into())?.at(plan.origin())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn the_written_order_stays_the_guard_order() {
        let plan = numbers().filter(ne(col("a"), int(0))).unwrap().filter(gt(floor_div(int(10), col("a")), int(1))).unwrap();
        assert_text(&apply(&MergeFilters, &plan), "where (a != 0) and ((10 // a) > 1)\n  scan numbers");
    }

    #[test]
    fn constant_conditions_vanish() {
        let plan = numbers().filter(Expr::bool(true)).unwrap();
        assert_text(&apply(&MergeFilters, &plan), "scan numbers");
        let plan = numbers().filter(Expr::bool(false)).unwrap();
        assert_text(&apply(&MergeFilters, &plan), "take 0\n  scan numbers");
    }
}
