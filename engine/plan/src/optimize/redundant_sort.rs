//! A sort whose order nobody observes goes.

use weft_core::error::Result;

use super::rule::{Rule, RuleContext};
use crate::nodes::Node;
use crate::order::ObservedOrder;
use crate::plan::LogicalPlan;

pub(super) struct RedundantSort;

impl Rule for RedundantSort {
    fn name(&self) -> &'static str {
        "redundant_sort"
    }

    fn apply(&self, plan: &LogicalPlan, _: &RuleContext<'_>) -> Result<LogicalPlan> {
        without(plan, &ObservedOrder::of(plan, true))
    }
}

fn without(plan: &LogicalPlan, observed: &ObservedOrder) -> Result<LogicalPlan> {
    if let Node::Sort(sort) = plan.node()
        && !observed.at(plan)
    {
        return without(&sort.input, observed);
    }
    let inputs = plan.inputs().into_iter().map(|i| without(i, observed)).collect::<Result<_>>()?;
    plan.with_inputs(inputs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn a_total_does_not_care_for_order() {
        let plan = numbers().sort(vec![asc(col("b"))]).unwrap().aggregate(vec![], vec![sum("s", col("a"))]).unwrap();
        assert_text(&apply(&RedundantSort, &plan), "group compute s = sum(a)\n  scan numbers");
    }

    #[test]
    fn windows_see_the_order_only_where_ties_show() {
        let sorted = || numbers().sort(vec![asc(col("b"))]).unwrap();
        let over = |call| sorted().window(vec![col("a")], vec![], vec![call]).unwrap();
        let total = |plan: LogicalPlan| plan.aggregate(vec![], vec![sum("t", col("s"))]).unwrap();
        let free = total(over(whole(sum("s", col("b")))));
        assert_text(
            &apply(&RedundantSort, &free),
            "group compute t = sum(s)\n  window by a, compute s = sum(b)\n    scan numbers",
        );
        for seen in [numbered("s"), running(sum("s", col("b"))), whole(first("s", col("b")))] {
            let plan = total(over(seen));
            assert_eq!(apply(&RedundantSort, &plan), plan);
        }
    }

    #[test]
    fn first_and_groups_and_limits_do() {
        let sorted = || numbers().sort(vec![asc(col("b"))]).unwrap();
        let plans = [
            sorted().aggregate(vec![], vec![first("f", col("a"))]),
            sorted().aggregate(vec![named("k", col("a"))], vec![sum("s", col("b"))]),
            sorted().limit(0, Some(2)).unwrap().aggregate(vec![], vec![sum("s", col("a"))]),
            sorted().distinct(vec!["a".into()]).unwrap().aggregate(vec![], vec![sum("s", col("b"))]),
            sorted().filter(gt(col("a"), int(1))),
        ];
        for plan in plans {
            let plan = plan.unwrap();
            assert_eq!(apply(&RedundantSort, &plan), plan);
        }
    }
}
