//! What a plan computes over which data, as a key for cached results.

use std::sync::Arc;

use weft_core::error::Result;
use weft_core::{Expr, Subquery};

use crate::nodes::{Node, NodeKind as _};
use crate::plan::LogicalPlan;
use crate::serialize::canonical;

/// Equal for plans that yield the same rows: the plan's canonical text and the state of all its sources. Where the parts
/// were written does not count. Not a digest, so two different plans never share one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(Arc<str>);

impl Fingerprint {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The fingerprint of `plan`; nothing where its rows may differ next time: functions that are not pure, and sources that
/// cannot tell whether their data changed.
pub fn fingerprint(plan: &LogicalPlan) -> Result<Option<Fingerprint>> {
    if !repeatable(plan) || !open_subqueries(plan).is_empty() {
        return Ok(None);
    }
    Ok(Some(Fingerprint(canonical(plan)?.into())))
}

/// The sub-pipelines that expressions of `plan` read and that stand outside of it: its rows depend on more than itself.
fn open_subqueries(plan: &LogicalPlan) -> Vec<Subquery> {
    let mut open: Vec<Subquery> = plan.node().exprs().into_iter().flat_map(Expr::subqueries).collect();
    open.extend(plan.inputs().into_iter().flat_map(open_subqueries));
    if let Node::With(with) = plan.node() {
        open.retain(|s| !with.tables.iter().any(|t| t.subquery.id == s.id));
    }
    open
}

/// Whether the plan yields the same while its sources stay as they are.
fn repeatable(plan: &LogicalPlan) -> bool {
    let source = match plan.node() {
        Node::Scan(scan) => scan.source.0.validator().is_some(),
        _ => true,
    };
    source && plan.node().exprs().into_iter().all(|e| e.is_pure()) && plan.inputs().into_iter().all(repeatable)
}

#[cfg(test)]
mod tests {
    use weft_core::Origin;

    use super::*;
    use crate::testing::*;

    fn of(plan: LogicalPlan) -> Fingerprint {
        fingerprint(&plan).unwrap().unwrap()
    }

    #[test]
    fn places_do_not_count_and_everything_else_does() {
        let plan = |n: i64| numbers().filter(gt(col("a").at(Origin::new(1, 2, 3)), int(n))).unwrap();
        let moved = numbers().filter(gt(col("a"), int(1)).at(Origin::new(7, 8, 9))).unwrap().at(Origin::new(2, 3, 4));
        assert_eq!(of(plan(1)), of(moved));
        assert_ne!(of(plan(1)), of(plan(2)));
        assert_ne!(of(plan(1)), of(numbers()));
        let grouped = |place| numbers().aggregate(vec![], vec![placed(sum("s", col("a")), place)]).unwrap();
        assert_eq!(of(grouped(1)), of(grouped(2)));
    }

    #[test]
    fn other_data_have_another_fingerprint() {
        let at = |validator: &str| LogicalPlan::scan(numbers_with_validator(Some(validator))).unwrap();
        assert_eq!(of(at("one")), of(at("one")));
        assert_ne!(of(at("one")), of(at("two")));
    }

    #[test]
    fn what_may_differ_next_time_has_none() {
        let random = numbers().filter(gt(random(), int(1))).unwrap();
        assert_eq!(fingerprint(&random).unwrap(), None);
        let unknown = LogicalPlan::scan(numbers_with_validator(None)).unwrap();
        assert_eq!(fingerprint(&unknown.limit(0, Some(1)).unwrap()).unwrap(), None);
    }
}
