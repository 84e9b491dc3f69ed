//! A left join whose unmatched rows a condition above drops anyway is an inner join.

use weft_core::error::Result;
use weft_core::function::Nulls;
use weft_core::{Expr, ExprKind};

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
    // Rows that the condition sees must stay those it saw as written if it can fail on them; fewer are fine.
    let drops = |c: &Expr| !c.is_fallible() && is_null_or_false_without_match(c, join);
    if join.kind != JoinKind::Left || !filter.predicate.clone().split_conjuncts().iter().any(drops) {
        return Ok(None);
    }
    let node = Join { kind: JoinKind::Inner, ..join.clone() };
    let join = LogicalPlan::new(node.into())?.at(filter.input.origin());
    plan.with_inputs(vec![join]).map(Some)
}

/// Whether a condition cannot be true where all right columns are null.
fn is_null_or_false_without_match(condition: &Expr, join: &Join) -> bool {
    if let Some((tested, wants_null)) = null_test(condition) {
        return !wants_null && is_null_without_match(tested, join);
    }
    match &condition.kind {
        ExprKind::And(parts) => parts.iter().any(|p| is_null_or_false_without_match(p, join)),
        ExprKind::Or(parts) => parts.iter().all(|p| is_null_or_false_without_match(p, join)),
        _ => match as_not(condition) {
            Some(inner) => is_null_without_match(inner, join),
            None => is_null_without_match(condition, join),
        },
    }
}

/// Whether an expression is null where all right columns are.
fn is_null_without_match(expr: &Expr, join: &Join) -> bool {
    match &expr.kind {
        ExprKind::Column(_) => expr.as_column().is_some_and(|n| join.right.schema().index_of(n).is_some()),
        ExprKind::Call { function, args } => {
            function.properties().nulls == Nulls::Propagate && args.iter().any(|a| is_null_without_match(a, join))
        }
        ExprKind::Cast { input, .. } | ExprKind::InList { input, .. } | ExprKind::InTable { input, .. } => {
            is_null_without_match(input, join)
        }
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
}
