//! What holds for a join key on one side holds for its partner on the other, and is checked there as well.

use std::sync::Arc;

use weft_core::error::Result;
use weft_core::expr::NamedExpr;
use weft_core::{ColumnRef, Expr, ExprKind, Schema};

use super::rule::{Rule, RuleContext, bottom_up};
use super::safety::{is_free, respects_equality};
use super::substitute::substitute;
use crate::nodes::{Join, Node, Project};
use crate::plan::LogicalPlan;

pub(super) struct Transitive;

impl Rule for Transitive {
    fn name(&self) -> &'static str {
        "transitive_filters"
    }

    fn apply(&self, plan: &LogicalPlan, _: &RuleContext<'_>) -> Result<LogicalPlan> {
        bottom_up(plan, &mut |p| match p.node() {
            Node::Join(join) => derived(p, join),
            _ => Ok(None),
        })
    }
}

fn derived(plan: &LogicalPlan, join: &Join) -> Result<Option<LogicalPlan>> {
    if join.expect.is_some() {
        return Ok(None);
    }
    let pairs: Vec<(&Expr, &Expr)> = join
        .keys
        .iter()
        .map(|k| (&k.left, &k.right))
        .filter(|(l, r)| l.as_column().is_some() && r.as_column().is_some())
        .collect();
    if pairs.is_empty() {
        return Ok(None);
    }
    let (on_left, on_right) = (known(&join.left)?, known(&join.right)?);
    // Rows that match nothing stay on a side that the join keeps.
    let to_right = if join.kind.keeps_right() { Vec::new() } else { missing(&on_left, &pairs, &on_right)? };
    let flipped: Vec<(&Expr, &Expr)> = pairs.iter().map(|(l, r)| (*r, *l)).collect();
    let to_left = if join.kind.keeps_left() { Vec::new() } else { missing(&on_right, &flipped, &on_left)? };
    if to_left.is_empty() && to_right.is_empty() {
        return Ok(None);
    }
    let with = |side: &LogicalPlan, parts: Vec<Expr>| {
        if parts.is_empty() { Ok(side.clone()) } else { side.clone().filter(Expr::and(parts)) }
    };
    plan.with_inputs(vec![with(&join.left, to_left)?, with(&join.right, to_right)?]).map(Some)
}

/// The conditions of one side over a single key, for the other side, where they are not known yet.
fn missing(conditions: &[Expr], pairs: &[(&Expr, &Expr)], known: &[Expr]) -> Result<Vec<Expr>> {
    let mut found: Vec<Expr> = Vec::new();
    for condition in conditions {
        let columns = condition.columns();
        let [column] = columns.as_slice() else { continue };
        for (from, to) in pairs {
            if from.as_column() != Some(column) || !is_free(condition) || !respects_equality(condition) {
                continue;
            }
            let made = [NamedExpr { name: Arc::clone(column), expr: (*to).clone() }];
            let moved = substitute(condition.clone(), &made)?;
            if !known.contains(&moved) && !found.contains(&moved) {
                found.push(moved);
            }
        }
    }
    Ok(found)
}

/// Conditions that all rows of `plan` meet, over its columns.
fn known(plan: &LogicalPlan) -> Result<Vec<Expr>> {
    let mut conditions = match plan.node() {
        Node::Scan(scan) => scan.filters.iter().chain(&scan.pruning).cloned().collect(),
        Node::Filter(filter) => {
            let mut below = known(&filter.input)?;
            below.extend(filter.predicate.clone().split_conjuncts());
            below
        }
        Node::Project(project) => renamed(known(&project.input)?, project)?,
        Node::Explode(explode) => {
            let mut same = known(&explode.input)?;
            same.retain(|c| c.columns().iter().all(|name| explode.passes(name)));
            same
        }
        Node::Join(join) => {
            let mut both = if join.kind.has_left() { known(&join.left)? } else { Vec::new() };
            if join.kind.has_right() {
                both.extend(known(&join.right)?);
            }
            both
        }
        Node::Sort(_) | Node::TopN(_) | Node::Limit(_) | Node::Tail(_) | Node::Distinct(_) | Node::Window(_) | Node::With(_) => {
            plan.inputs().into_iter().next().map_or(Ok(Vec::new()), known)?
        }
        Node::Aggregate(_) | Node::Union(_) => Vec::new(),
    };
    conditions.retain(|c| over(c, plan.schema()));
    Ok(conditions)
}

fn over(condition: &Expr, schema: &Schema) -> bool {
    condition.columns().iter().all(|c| schema.index_of(c).is_some())
}

/// Conditions over a projection's input as ones over its output, where their columns are passed on.
fn renamed(conditions: Vec<Expr>, project: &Project) -> Result<Vec<Expr>> {
    let mut names: Vec<NamedExpr> = Vec::new();
    for made in &project.exprs {
        if let Some(old) = made.expr.as_column() {
            let kind = ExprKind::Column(ColumnRef::Name(Arc::clone(&made.name)));
            names.push(NamedExpr { name: Arc::clone(old), expr: Expr { kind, ..made.expr.clone() } });
        }
    }
    let passed = |c: &Expr| c.columns().iter().all(|name| names.iter().any(|n| n.name == *name));
    conditions.into_iter().filter(passed).map(|c| substitute(c, &names)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nodes::JoinKind;
    use crate::testing::*;

    fn join(kind: JoinKind, left: LogicalPlan, right: LogicalPlan) -> LogicalPlan {
        left.join(right, kind, vec![key(col("a"), other("k"))], None).unwrap()
    }

    #[test]
    fn a_condition_on_a_key_is_checked_on_both_sides_once() {
        let plan = join(JoinKind::Inner, numbers().filter(gt(col("a"), int(3))).unwrap(), others());
        let once = apply(&Transitive, &plan);
        assert_text(&once, "join inner, on a == k\n  where a > 3\n    scan numbers\n  where k > 3\n    scan others");
        assert_eq!(apply(&Transitive, &once), once);
        let plan = join(JoinKind::Semi, numbers(), others().filter(gt(other("k"), int(3))).unwrap());
        assert_text(
            &apply(&Transitive, &plan),
            "join semi, on a == k\n  where a > 3\n    scan numbers\n  where k > 3\n    scan others",
        );
    }

    #[test]
    fn rows_without_match_are_kept_where_they_show() {
        for kind in [JoinKind::Left, JoinKind::Anti, JoinKind::Full] {
            let plan = join(kind, numbers(), others().filter(gt(other("k"), int(3))).unwrap());
            assert_eq!(apply(&Transitive, &plan), plan);
        }
        for kind in [JoinKind::Right, JoinKind::Full] {
            let plan = join(kind, numbers().filter(gt(col("a"), int(3))).unwrap(), others());
            assert_eq!(apply(&Transitive, &plan), plan);
        }
    }

    #[test]
    fn what_can_fail_and_what_reads_more_stays() {
        for condition in [gt(floor_div(int(10), col("a")), int(1)), gt(col("a"), col("b")), gt(col("b"), int(1))] {
            let plan = join(JoinKind::Inner, numbers().filter(condition).unwrap(), others());
            assert_eq!(apply(&Transitive, &plan), plan);
        }
    }

    #[test]
    fn conditions_are_found_below_renaming() {
        let renamed = numbers().filter(gt(col("b"), int(3))).unwrap();
        let renamed = renamed.project(vec![named("a", col("b"))]).unwrap();
        let text = crate::explain(&apply(&Transitive, &join(JoinKind::Inner, renamed, others())));
        assert!(text.contains("where k > 3"), "{text}");
    }
}
