//! A distinct whose keys are unique already has nothing to do.

use std::sync::Arc;

use weft_core::error::Result;

use super::rule::{Rule, RuleContext, bottom_up};
use super::substitute::maker;
use crate::nodes::Node;
use crate::plan::LogicalPlan;

pub(super) struct RedundantDistinct;

impl Rule for RedundantDistinct {
    fn name(&self) -> &'static str {
        "redundant_distinct"
    }

    fn apply(&self, plan: &LogicalPlan, _: &RuleContext<'_>) -> Result<LogicalPlan> {
        bottom_up(plan, &mut |p| match p.node() {
            Node::Distinct(distinct) if is_unique(&distinct.input, &distinct.key_names()) => Ok(Some(distinct.input.clone())),
            _ => Ok(None),
        })
    }
}

/// Whether no two rows of `plan` agree in the columns `names`.
fn is_unique(plan: &LogicalPlan, names: &[Arc<str>]) -> bool {
    match plan.node() {
        Node::Aggregate(aggregate) => aggregate.keys.iter().all(|k| names.contains(&k.name)),
        Node::Distinct(distinct) => distinct.key_names().iter().all(|k| names.contains(k)) || is_unique(&distinct.input, names),
        Node::Filter(filter) => is_unique(&filter.input, names),
        Node::Sort(sort) => is_unique(&sort.input, names),
        Node::TopN(top) => is_unique(&top.input, names),
        Node::Limit(limit) => limit.limit.is_some_and(|n| n <= 1) || is_unique(&limit.input, names),
        Node::Tail(tail) => tail.rows <= 1 || is_unique(&tail.input, names),
        Node::Project(project) => {
            let passed: Vec<Arc<str>> =
                names.iter().filter_map(|n| maker(&project.exprs, n).and_then(|e| e.as_column()).cloned()).collect();
            is_unique(&project.input, &passed)
        }
        Node::Join(join) => !join.kind.shows_right() && is_unique(&join.left, names),
        Node::Window(window) => is_unique(&window.input, names),
        Node::With(with) => is_unique(&with.input, names),
        Node::Scan(_) | Node::Explode(_) | Node::Union(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    fn grouped() -> LogicalPlan {
        numbers().aggregate(vec![named("k", col("a")), named("l", col("b"))], vec![count("n")]).unwrap()
    }

    #[test]
    fn groups_are_distinct_already() {
        let plan = grouped().sort(vec![asc(col("n"))]).unwrap().distinct(vec![]).unwrap();
        assert_text(
            &apply(&RedundantDistinct, &plan),
            "sort n, k, l\n  group by k = a, l = b, compute n = count()\n    scan numbers",
        );
        let renamed = grouped().project(vec![named("p", col("l")), named("q", col("k"))]).unwrap();
        let plan = renamed.clone().distinct(vec!["p".into(), "q".into()]).unwrap();
        assert_eq!(apply(&RedundantDistinct, &plan), renamed);
    }

    #[test]
    fn a_part_of_the_keys_does_not_suffice() {
        let plan = grouped().distinct(vec!["k".into()]).unwrap();
        assert_eq!(apply(&RedundantDistinct, &plan), plan);
        let plan = numbers().distinct(vec!["a".into()]).unwrap().distinct(vec!["b".into()]).unwrap();
        assert_eq!(apply(&RedundantDistinct, &plan), plan);
    }
}
