//! Conditions move towards the sources, so that later steps see fewer rows.
//!
//! A condition that can fail moves only together with all conditions before it, and never below a node that excludes rows.
//! What is not deterministic stays.

use std::sync::Arc;

use weft_core::Expr;
use weft_core::error::Result;
use weft_core::function::Weight;

use super::rule::{Rule, RuleContext, top_down};
use super::safety::{is_free, is_plain, reads_only, reads_only_names, respects_equality};
use super::substitute::{maker, substitute};
use crate::nodes::{Aggregate, Distinct, Filter, Join, Node, Project, Window};
use crate::plan::LogicalPlan;

pub(super) struct FilterPushdown;

impl Rule for FilterPushdown {
    fn name(&self) -> &'static str {
        "filter_pushdown"
    }

    fn apply(&self, plan: &LogicalPlan, _: &RuleContext<'_>) -> Result<LogicalPlan> {
        top_down(plan, &mut |p| match p.node() {
            Node::Filter(filter) => below(p, filter),
            Node::Join(join) => residual(p, join),
            _ => Ok(None),
        })
    }
}

/// A filter over a node as that node over filters.
fn below(plan: &LogicalPlan, filter: &Filter) -> Result<Option<LogicalPlan>> {
    let conjuncts = filter.predicate.clone().split_conjuncts();
    let input = &filter.input;
    let (pushed, kept) = match input.node() {
        Node::Sort(_) => {
            let (down, kept) = split(conjuncts, |_| true, false);
            (over_inputs(input, down)?, kept)
        }
        Node::Union(_) => {
            let (down, kept) = split(conjuncts, |_| true, false);
            (over_inputs(input, down)?, kept)
        }
        Node::Project(project) => {
            let (down, kept) = split(conjuncts, |c| through_project(c, project), false);
            let down = down.into_iter().map(|c| substitute(c, &project.exprs)).collect::<Result<_>>()?;
            (over_inputs(input, down)?, kept)
        }
        Node::Explode(explode) => {
            let passed = |c: &Expr| c.columns().iter().all(|name| explode.passes(name));
            let (down, kept) = split(conjuncts, passed, !explode.keep_empty);
            (over_inputs(input, down)?, kept)
        }
        Node::Distinct(distinct) => {
            let (down, kept) = split(conjuncts, |c| through_distinct(c, distinct), false);
            (over_inputs(input, down)?, kept)
        }
        Node::Aggregate(aggregate) => {
            let (down, kept) = split(conjuncts, |c| through_aggregate(c, aggregate), false);
            let down = down.into_iter().map(|c| substitute(c, &aggregate.keys)).collect::<Result<_>>()?;
            (over_inputs(input, down)?, kept)
        }
        Node::Window(window) if !window.calls.iter().any(|c| c.call.observes_others()) => {
            let (down, kept) = split(conjuncts, |c| through_window(c, window), false);
            (over_inputs(input, down)?, kept)
        }
        Node::Join(join) if join.expect.is_none() => {
            let to_left = |c: &Expr| join.kind.has_left() && is_free(c) && reads_only(c, join.left.schema());
            let (left, rest) = split(conjuncts, to_left, true);
            let to_right = |c: &Expr| join.kind.has_right() && is_free(c) && reads_only(c, join.right.schema());
            let (right, kept) = split(rest, to_right, true);
            let left = left.into_iter().map(|c| retyped(c, join)).collect::<Result<_>>()?;
            let right = right.into_iter().map(|c| retyped(c, join)).collect::<Result<_>>()?;
            let sides = vec![filtered(&join.left, left)?, filtered(&join.right, right)?];
            (input.with_inputs(sides)?, kept)
        }
        _ => return Ok(None),
    };
    if pushed.is_same(input) {
        return Ok(None);
    }
    let whole = filtered(&pushed, kept)?;
    Ok(Some(if matches!(whole.node(), Node::Filter(_)) { whole.at(plan.origin()) } else { whole }))
}

/// The conditions that go below a node and those that stay, both in order. Below a node that `excludes` rows nothing that
/// can fail may go; elsewhere it may as long as everything before it does.
fn split(conjuncts: Vec<Expr>, may_move: impl Fn(&Expr) -> bool, excludes: bool) -> (Vec<Expr>, Vec<Expr>) {
    let (mut down, mut kept) = (Vec::new(), Vec::new());
    for conjunct in conjuncts {
        let guarded = !kept.is_empty() || excludes;
        let safe = !conjunct.is_fallible() || !guarded;
        if safe && conjunct.is_deterministic() && may_move(&conjunct) {
            down.push(conjunct);
        } else {
            kept.push(conjunct);
        }
    }
    (down, kept)
}

fn filtered(plan: &LogicalPlan, conjuncts: Vec<Expr>) -> Result<LogicalPlan> {
    let Some(origin) = conjuncts.first().map(|c| c.origin) else { return Ok(plan.clone()) };
    let predicate = Expr::and(conjuncts).at(origin);
    Ok(LogicalPlan::new(Filter { input: plan.clone(), predicate }.into())?.at(origin))
}

/// `plan` with the conditions over each of its inputs.
fn over_inputs(plan: &LogicalPlan, conjuncts: Vec<Expr>) -> Result<LogicalPlan> {
    if conjuncts.is_empty() {
        return Ok(plan.clone());
    }
    let inputs = plan.inputs().into_iter().map(|i| filtered(i, conjuncts.clone())).collect::<Result<_>>()?;
    plan.with_inputs(inputs)
}

/// Work that the projection does is not done twice, nor before the conditions that guard it.
fn through_project(conjunct: &Expr, project: &Project) -> bool {
    conjunct.columns().iter().all(|c| maker(&project.exprs, c).is_some_and(|e| is_plain(e) || is_free(e)))
}

/// A condition on keys holds for all rows of a key or for none.
fn through_distinct(conjunct: &Expr, distinct: &Distinct) -> bool {
    conjunct.weight() == Weight::Cheap && respects_equality(conjunct) && reads_only_names(conjunct, &distinct.key_names())
}

/// A condition on what partitions are made by keeps whole partitions.
fn through_window(conjunct: &Expr, window: &Window) -> bool {
    conjunct.weight() == Weight::Cheap && respects_equality(conjunct) && reads_only_names(conjunct, &window.key_columns())
}

fn through_aggregate(conjunct: &Expr, aggregate: &Aggregate) -> bool {
    let key = |name: &str| maker(&aggregate.keys, name);
    let columns = conjunct.columns();
    let cheap = |e: &Expr| e.weight() == Weight::Cheap && e.is_deterministic();
    cheap(conjunct)
        && respects_equality(conjunct)
        && !columns.is_empty()
        // A key that can fail fails on every row as written, so it may be computed for the condition too.
        && columns.iter().all(|c| key(c).is_some_and(cheap))
}

/// Parts of a join's further condition that read one side only filter that side, where its unmatched rows do not show.
fn residual(plan: &LogicalPlan, join: &Join) -> Result<Option<LogicalPlan>> {
    let Some(condition) = join.residual.as_ref().filter(|_| join.expect.is_none()) else { return Ok(None) };
    let to_left = |c: &Expr| !join.kind.keeps_left() && is_free(c) && reads_only(c, join.left.schema());
    let (left, rest) = split(condition.clone().split_conjuncts(), to_left, true);
    let to_right = |c: &Expr| !join.kind.keeps_right() && is_free(c) && reads_only(c, join.right.schema());
    let (right, kept) = split(rest, to_right, true);
    if left.is_empty() && right.is_empty() {
        return Ok(None);
    }
    let left = left.into_iter().map(|c| retyped(c, join)).collect::<Result<_>>()?;
    let right = right.into_iter().map(|c| retyped(c, join)).collect::<Result<_>>()?;
    let residual = (!kept.is_empty()).then(|| Expr::and(kept).at(condition.origin));
    let (left, right) = (filtered(&join.left, left)?, filtered(&join.right, right)?);
    Ok(Some(LogicalPlan::new(Join { left, right, residual, ..join.clone() }.into())?.at(plan.origin())))
}

/// An outer join's condition takes the columns of a side for nullable; below the join they are what they are.
fn retyped(conjunct: Expr, join: &Join) -> Result<Expr> {
    conjunct.transform(&mut |mut e| {
        let field = |n: &Arc<str>| join.left.schema().field(n).or_else(|| join.right.schema().field(n));
        if let Some(field) = e.as_column().and_then(field) {
            e.nullable = field.nullable;
        }
        Ok(e)
    })
}

#[cfg(test)]
mod tests {
    use weft_core::expr::NamedExpr;

    use super::*;
    use crate::nodes::{Expect, JoinKind};
    use crate::testing::*;

    fn pushed(plan: LogicalPlan) -> LogicalPlan {
        apply(&FilterPushdown, &plan)
    }

    #[test]
    fn through_a_projection_by_substitution() {
        let plan = numbers().project(vec![named("u", add(col("a"), int(1)))]).unwrap();
        let plan = plan.filter(gt(col("u"), int(3))).unwrap();
        assert_text(&pushed(plan), "select u = a + 1\n  where (a + 1) > 3\n    scan numbers");
    }

    #[test]
    fn below_a_window_on_what_makes_its_partitions() {
        let over = |by| numbers().window(vec![by], vec![], vec![whole(sum("s", col("b")))]).unwrap();
        let both = Expr::and(vec![gt(col("a"), int(1)), gt(col("s"), int(2))]);
        assert_text(
            &pushed(over(col("a")).filter(both).unwrap()),
            "where s > 2\n  window by a, compute s = sum(b)\n    where a > 1\n      scan numbers",
        );
        for condition in [gt(col("b"), int(1)), gt(col("s"), int(1)), gt(add(col("a"), col("b")), int(1))] {
            let plan = over(col("a")).filter(condition).unwrap();
            assert_eq!(pushed(plan.clone()), plan);
        }
        let computed = over(add(col("a"), int(1))).filter(gt(col("a"), int(1))).unwrap();
        assert_eq!(pushed(computed.clone()), computed);
    }

    #[test]
    fn never_through_work_that_can_fail_or_differ() {
        for made in [floor_div(int(10), col("a")), random(), heavy(col("a"))] {
            let plan = numbers().project(vec![named("u", made)]).unwrap().filter(gt(col("u"), int(3))).unwrap();
            assert_eq!(pushed(plan.clone()), plan);
        }
    }

    #[test]
    fn what_can_fail_moves_with_its_guard_or_not_at_all() {
        let guard = ne(col("a"), int(0));
        let risky = gt(floor_div(int(10), col("a")), int(1));
        let by_b = numbers().sort(vec![asc(col("b"))]).unwrap();
        let both = by_b.clone().filter(Expr::and(vec![guard.clone(), risky.clone()])).unwrap();
        assert_text(&pushed(both), "sort b\n  where (a != 0) and ((10 // a) > 1)\n    scan numbers");
        // The guard cannot go below the projection that makes it, so the other stays too.
        let guarded = numbers().project(vec![named("a", col("a")), named("g", heavy(col("b")))]).unwrap();
        let guarded = guarded.filter(Expr::and(vec![ne(col("g"), int(0)), risky.clone()])).unwrap();
        assert_eq!(pushed(guarded.clone()), guarded);
        // A filter between it and the source excludes rows.
        let below = numbers().filter(guard).unwrap().filter(risky).unwrap();
        assert_eq!(pushed(below.clone()), below);
    }

    #[test]
    fn a_join_takes_conditions_of_one_side() {
        let join = |kind| numbers().join(others(), kind, vec![key(col("a"), other("k"))], None).unwrap();
        let left = gt(col("b"), int(1));
        let right = gt(other("v"), int(2));
        let both = |kind| join(kind).filter(Expr::and(vec![left.clone(), right.clone()])).unwrap();
        assert_text(
            &pushed(both(JoinKind::Inner)),
            "join inner, on a == k\n  where b > 1\n    scan numbers\n  where v > 2\n    scan others",
        );
        assert_text(
            &pushed(both(JoinKind::Left)),
            "where v > 2\n  join left, on a == k\n    where b > 1\n      scan numbers\n    scan others",
        );
        assert_text(
            &pushed(both(JoinKind::Right)),
            "where b > 1\n  join right, on a == k\n    scan numbers\n    where v > 2\n      scan others",
        );
        assert_text(
            &pushed(both(JoinKind::Full)),
            "where (b > 1) and (v > 2)\n  join full, on a == k\n    scan numbers\n    scan others",
        );
        let Node::Join(counted) = join(JoinKind::Inner).node().clone() else { panic!() };
        let counted = LogicalPlan::new(Join { expect: Some(Expect::AtMostOne), ..counted }.into()).unwrap();
        let counted = counted.filter(left.clone()).unwrap();
        assert_eq!(pushed(counted.clone()), counted);
        let anti = join(JoinKind::Anti).filter(left.clone()).unwrap();
        assert_text(&pushed(anti), "join anti, on a == k\n  where b > 1\n    scan numbers\n  scan others");
        let risky = join(JoinKind::Inner).filter(gt(floor_div(int(10), col("b")), int(1))).unwrap();
        assert_eq!(pushed(risky.clone()), risky);
    }

    #[test]
    fn a_left_join_keeps_the_left_part_of_its_condition() {
        let condition = Expr::and(vec![gt(col("b"), int(1)), gt(other("v"), int(2))]);
        let join = |kind| numbers().join(others(), kind, vec![key(col("a"), other("k"))], Some(condition.clone())).unwrap();
        assert_text(
            &pushed(join(JoinKind::Left)),
            "join left, on a == k, and b > 1\n  scan numbers\n  where v > 2\n    scan others",
        );
        assert_text(
            &pushed(join(JoinKind::Semi)),
            "join semi, on a == k\n  where b > 1\n    scan numbers\n  where v > 2\n    scan others",
        );
        assert_text(
            &pushed(join(JoinKind::Right)),
            "join right, on a == k, and v > 2\n  where b > 1\n    scan numbers\n  scan others",
        );
        let full = join(JoinKind::Full);
        assert_eq!(pushed(full.clone()), full);
    }

    #[test]
    fn groups_are_filtered_by_key_before_they_are_made() {
        let plan = numbers().aggregate(vec![named("k", col("a"))], vec![sum("s", col("b"))]).unwrap();
        let plan = plan.filter(Expr::and(vec![gt(col("k"), int(1)), gt(col("s"), int(5))])).unwrap();
        assert_text(&pushed(plan), "where s > 5\n  group by k = a, compute s = sum(b)\n    where a > 1\n      scan numbers");
        let total = numbers().aggregate(vec![], vec![sum("s", col("b"))]).unwrap().filter(gt(random(), int(5))).unwrap();
        assert_eq!(pushed(total.clone()), total);
    }

    #[test]
    fn distinct_keeps_what_reads_other_columns_or_tells_zeros_apart() {
        let first = numbers().distinct(vec!["a".into()]).unwrap();
        let plan = first.clone().filter(gt(col("b"), int(1))).unwrap();
        assert_eq!(pushed(plan.clone()), plan);
        let plan = first.filter(gt(col("a"), int(1))).unwrap();
        assert_text(&pushed(plan), "distinct on a\n  where a > 1\n    scan numbers");
        let floats = numbers().distinct(vec!["x".into()]).unwrap();
        let plan = floats.clone().filter(gt(add(col("x"), float(1.0)), float(1.0))).unwrap();
        assert_eq!(pushed(plan.clone()), plan);
        let plan = floats.filter(gt(col("x"), float(1.0))).unwrap();
        assert_text(&pushed(plan), "distinct on x\n  where x > 1.0\n    scan numbers");
    }

    #[test]
    fn a_union_filters_each_input_and_limits_are_left_alone() {
        let plan = numbers().union(vec![numbers()]).unwrap().filter(gt(col("a"), int(1))).unwrap();
        assert_text(&pushed(plan), "union\n  where a > 1\n    scan numbers\n  where a > 1\n    scan numbers");
        let plan = numbers().limit(0, Some(3)).unwrap().filter(gt(col("a"), int(1))).unwrap();
        assert_eq!(pushed(plan.clone()), plan);
    }

    #[test]
    fn a_renamed_column_is_read_by_its_old_name() {
        let rename = vec![NamedExpr { name: "b".into(), expr: col("a") }];
        let plan = numbers().project(rename).unwrap().filter(gt(col("b"), int(1))).unwrap();
        assert_text(&pushed(plan), "select b = a\n  where a > 1\n    scan numbers");
    }
}
