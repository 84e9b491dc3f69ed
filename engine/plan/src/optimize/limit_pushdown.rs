//! Limits move towards the sources, so that these stop early.

use weft_core::error::Result;

use super::rule::{Rule, RuleContext, top_down};
use crate::nodes::{JoinKind, Limit, Node, Scan, TopN};
use crate::plan::LogicalPlan;
use crate::statistics::most_rows;

pub(super) struct LimitPushdown;

impl Rule for LimitPushdown {
    fn name(&self) -> &'static str {
        "limit_pushdown"
    }

    fn apply(&self, plan: &LogicalPlan, _: &RuleContext<'_>) -> Result<LogicalPlan> {
        top_down(plan, &mut |p| match p.node() {
            Node::Limit(limit) => pushed(p, limit),
            _ => Ok(None),
        })
    }
}

fn pushed(plan: &LogicalPlan, limit: &Limit) -> Result<Option<LogicalPlan>> {
    let Some(rows) = limit.limit else {
        return Ok((limit.offset == 0).then(|| limit.input.clone()));
    };
    let enough = limit.offset.saturating_add(rows);
    if limit.offset == 0 && rows > 0 && most_rows(&limit.input).is_some_and(|n| n <= rows) {
        return Ok(Some(limit.input.clone()));
    }
    match limit.input.node() {
        Node::Limit(inner) => merge(plan, limit, rows, inner).map(Some),
        Node::TopN(top) => {
            let (offset, kept) = window(limit.offset, rows, top.offset, Some(top.limit));
            let node = TopN { offset, limit: kept, ..top.clone() };
            Ok(Some(LogicalPlan::new(node.into())?.at(limit.input.origin())))
        }
        Node::Project(project) => {
            let below = LogicalPlan::new(Limit { input: project.input.clone(), ..limit.clone() }.into())?.at(plan.origin());
            limit.input.with_inputs(vec![below]).map(Some)
        }
        Node::Union(union) => {
            let inputs = union.inputs.iter().map(|i| at_most(i, enough)).collect::<Result<_>>()?;
            over(plan, limit, limit.input.with_inputs(inputs)?)
        }
        Node::Join(join) if join.kind == JoinKind::Left && join.expect.is_none() => {
            // Every left row yields a row or more, in left order.
            let left = at_most(&join.left, enough)?;
            let input = limit.input.with_inputs(vec![left, join.right.clone()])?;
            over(plan, limit, input)
        }
        Node::Scan(scan) if scan.pruning.is_empty() && scan.limit.is_none_or(|n| n > enough) => {
            let scan = LogicalPlan::new(Scan { limit: Some(enough), ..scan.clone() }.into())?.at(limit.input.origin());
            over(plan, limit, scan)
        }
        _ => Ok(None),
    }
}

/// The limit over a new input, unless that is the old one.
fn over(plan: &LogicalPlan, limit: &Limit, input: LogicalPlan) -> Result<Option<LogicalPlan>> {
    if input.is_same(&limit.input) { Ok(None) } else { plan.with_inputs(vec![input]).map(Some) }
}

fn at_most(plan: &LogicalPlan, rows: u64) -> Result<LogicalPlan> {
    if most_rows(plan).is_some_and(|n| n <= rows) || already_limited(plan, rows) {
        return Ok(plan.clone());
    }
    plan.clone().limit(0, Some(rows))
}

/// Whether a limit that was put here before has moved further down already.
fn already_limited(plan: &LogicalPlan, rows: u64) -> bool {
    match plan.node() {
        Node::Project(project) => already_limited(&project.input, rows),
        Node::Limit(limit) => limit.limit.is_some_and(|n| n <= rows),
        _ => false,
    }
}

/// `(offset, limit)` of rows `offset .. offset + limit` of rows `inner_offset .. inner_offset + inner_limit`.
fn window(offset: u64, limit: u64, inner_offset: u64, inner_limit: Option<u64>) -> (u64, u64) {
    let left = inner_limit.map_or(u64::MAX, |n| n.saturating_sub(offset));
    (inner_offset.saturating_add(offset), limit.min(left))
}

fn merge(plan: &LogicalPlan, outer: &Limit, rows: u64, inner: &Limit) -> Result<LogicalPlan> {
    let (offset, limit) = window(outer.offset, rows, inner.offset, inner.limit);
    Ok(LogicalPlan::new(Limit { input: inner.input.clone(), offset, limit: Some(limit) }.into())?.at(plan.origin()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    fn pushed_down(plan: LogicalPlan) -> LogicalPlan {
        apply(&LimitPushdown, &plan)
    }

    #[test]
    fn limits_merge() {
        let plan = numbers().limit(2, Some(10)).unwrap().limit(3, Some(20)).unwrap();
        assert_text(&pushed_down(plan), "take 7, skip 5\n  scan numbers, take 12");
        let past = numbers().limit(0, Some(3)).unwrap().limit(5, Some(2)).unwrap();
        assert_text(&pushed_down(past), "take 0, skip 5\n  scan numbers, take 5");
        let all = numbers().limit(0, None).unwrap();
        assert_text(&pushed_down(all), "scan numbers");
    }

    #[test]
    fn projections_compute_only_what_is_taken() {
        let plan = numbers().project(vec![named("h", heavy(col("a")))]).unwrap().limit(0, Some(2)).unwrap();
        assert_text(&pushed_down(plan), "select h = heavy(a)\n  take 2\n    scan numbers, take 2");
    }

    #[test]
    fn filters_and_sorts_hold_limits_up() {
        let filtered = numbers().filter(gt(col("b"), int(1))).unwrap().limit(0, Some(2)).unwrap();
        assert_eq!(pushed_down(filtered.clone()), filtered);
        let mut pruning = Scan::all(numbers_source());
        pruning.pruning.push(gt(col("b"), int(1)));
        let pruned = LogicalPlan::new(pruning.into()).unwrap().limit(0, Some(2)).unwrap();
        assert_eq!(pushed_down(pruned.clone()), pruned);
        let mut exact = Scan::all(numbers_source());
        exact.filters.push(gt(col("a"), int(1)));
        let exact = LogicalPlan::new(exact.into()).unwrap().limit(1, Some(2)).unwrap();
        assert_text(&pushed_down(exact), "take 2, skip 1\n  scan numbers, where a > 1, take 3");
    }

    #[test]
    fn each_input_of_a_union_and_the_left_of_a_left_join_is_limited_once() {
        let plan = numbers().union(vec![numbers()]).unwrap().limit(1, Some(2)).unwrap();
        let once = pushed_down(plan);
        let each = "  take 3\n    scan numbers, take 3";
        assert_text(
            &once,
            &format!("take 2, skip 1\n  union\n{0}\n{0}", each.replace("  take", "    take").replace("    scan", "      scan")),
        );
        assert_eq!(pushed_down(once.clone()), once);
        let join = numbers().join(others(), JoinKind::Left, vec![key(col("a"), other("k"))], None).unwrap();
        let once = pushed_down(join.limit(0, Some(2)).unwrap());
        assert_text(&once, "take 2\n  join left, on a == k\n    take 2\n      scan numbers, take 2\n    scan others");
        let inner = numbers().join(others(), JoinKind::Inner, vec![key(col("a"), other("k"))], None).unwrap();
        let inner = inner.limit(0, Some(2)).unwrap();
        assert_eq!(pushed_down(inner.clone()), inner);
    }

    #[test]
    fn a_limit_past_the_known_end_goes() {
        // The test source says that it has exactly six rows.
        assert_text(&pushed_down(numbers().limit(0, Some(6)).unwrap()), "scan numbers");
        let total = numbers().aggregate(vec![], vec![count("n")]).unwrap().limit(0, Some(1)).unwrap();
        assert_text(&pushed_down(total), "group compute n = count()\n  scan numbers");
    }
}
