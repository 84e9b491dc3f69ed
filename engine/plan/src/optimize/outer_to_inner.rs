//! An outer join whose unmatched rows a condition above drops anyway is an inner join, or outer on one side only.

use weft_core::error::Result;
use weft_core::function::Nulls;
use weft_core::{Expr, ExprKind, Schema};

use super::known::{as_not, null_test};
use super::rule::{Rule, RuleContext, bottom_up};
use crate::nodes::{Filter, Join, JoinKind, Node};
use crate::plan::LogicalPlan;

pub(super) struct OuterToInner;

impl Rule for OuterToInner {
    fn name(&self) -> &'static str {
        "outer_to_inner"
    }

    fn apply(&self, plan: &LogicalPlan, _: &RuleContext<'_>) -> Result<LogicalPlan> {
        bottom_up(plan, &mut |p| match p.node() {
            Node::Filter(filter) => inner(p, filter),
            _ => Ok(None),
        })
    }
}

fn inner(plan: &LogicalPlan, filter: &Filter) -> Result<Option<LogicalPlan>> {
    let Node::Join(join) = filter.input.node() else { return Ok(None) };
    if !matches!(join.kind, JoinKind::Left | JoinKind::Right | JoinKind::Full) {
        return Ok(None);
    }
    let conjuncts = filter.predicate.clone().split_conjuncts();
    // Rows that the condition sees must stay those it saw as written if it can fail on them; fewer are fine.
    let drops = |absent: &Schema| conjuncts.iter().any(|c| !c.is_fallible() && is_null_or_false_without(c, absent));
    let keeps_left = join.kind.keeps_left() && !drops(join.right.schema());
    let keeps_right = join.kind.keeps_right() && !drops(join.left.schema());
    let kind = match (keeps_left, keeps_right) {
        (true, true) => JoinKind::Full,
        (true, false) => JoinKind::Left,
        (false, true) => JoinKind::Right,
        (false, false) => JoinKind::Inner,
    };
    if kind == join.kind {
        return Ok(None);
    }
    let node = Join { kind, ..join.clone() };
    let join = LogicalPlan::new(node.into())?.at(filter.input.origin());
    plan.with_inputs(vec![join]).map(Some)
}

/// Whether a condition cannot be true where all columns of `absent` are null.
fn is_null_or_false_without(condition: &Expr, absent: &Schema) -> bool {
    if let Some((tested, wants_null)) = null_test(condition) {
        return !wants_null && is_null_without(tested, absent);
    }
    match &condition.kind {
        ExprKind::And(parts) => parts.iter().any(|p| is_null_or_false_without(p, absent)),
        ExprKind::Or(parts) => parts.iter().all(|p| is_null_or_false_without(p, absent)),
        _ => match as_not(condition) {
            Some(inner) => is_null_without(inner, absent),
            None => is_null_without(condition, absent),
        },
    }
}

/// Whether an expression is null where all columns of `absent` are.
fn is_null_without(expr: &Expr, absent: &Schema) -> bool {
    match &expr.kind {
        ExprKind::Column(_) => expr.as_column().is_some_and(|n| absent.index_of(n).is_some()),
        ExprKind::Call { function, args } => {
            function.properties().nulls == Nulls::Propagate && args.iter().any(|a| is_null_without(a, absent))
        }
        ExprKind::Cast { input, .. } | ExprKind::InList { input, .. } | ExprKind::InTable { input, .. } => {
            is_null_without(input, absent)
        }
        ExprKind::Coalesce(parts) => parts.iter().all(|p| is_null_without(p, absent)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn a_condition_on_the_right_drops_rows_without_match() {
        let join = numbers().join(others(), JoinKind::Left, vec![key(col("a"), other("k"))], None).unwrap();
        let right = |name: &str| Expr::column(join.schema(), name).unwrap();
        let plan = join.clone().filter(gt(right("v"), int(2))).unwrap();
        assert_text(&apply(&OuterToInner, &plan), "where v > 2\n  join inner, on a == k\n    scan numbers\n    scan others");
        for kept in [
            gt(col("b"), int(2)),
            Expr::or(vec![gt(right("v"), int(2)), gt(col("b"), int(1))]),
            gt(Expr::coalesce(vec![right("v"), int(5)]).unwrap(), int(2)),
            gt(floor_div(int(10), right("v")), int(1)),
        ] {
            let plan = join.clone().filter(kept).unwrap();
            assert_eq!(apply(&OuterToInner, &plan), plan);
        }
    }

    #[test]
    fn each_side_of_a_full_join_is_dropped_by_itself() {
        let join = |kind| numbers().join(others(), kind, vec![key(col("a"), other("k"))], None).unwrap();
        let kind = |kind: JoinKind, conditions: Vec<Expr>| {
            let plan = join(kind).filter(Expr::and(conditions)).unwrap();
            let after = apply(&OuterToInner, &plan);
            let Node::Filter(filter) = after.node() else { panic!("{after:?}") };
            let Node::Join(join) = filter.input.node() else { panic!("{after:?}") };
            join.kind
        };
        let column = |name: &str| Expr::column(join(JoinKind::Full).schema(), name).unwrap();
        let (left, right) = (gt(column("b"), int(1)), gt(column("v"), int(1)));
        assert_eq!(kind(JoinKind::Full, vec![left.clone()]), JoinKind::Left);
        assert_eq!(kind(JoinKind::Full, vec![right.clone()]), JoinKind::Right);
        assert_eq!(kind(JoinKind::Full, vec![left.clone(), right.clone()]), JoinKind::Inner);
        assert_eq!(kind(JoinKind::Right, vec![left.clone()]), JoinKind::Inner);
        assert_eq!(kind(JoinKind::Right, vec![right]), JoinKind::Right);
        let either = gt(Expr::coalesce(vec![column("a"), column("k")]).unwrap(), int(1));
        assert_eq!(kind(JoinKind::Full, vec![either]), JoinKind::Full);
    }
}
