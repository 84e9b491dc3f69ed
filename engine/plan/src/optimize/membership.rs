//! `where x in (…)` becomes a semi join and `where x not in (…)` an anti join: those are filtered ahead, reordered and
//! spilled like all joins. Elsewhere in an expression, and where `x` can fail, rows are looked up one by one.

use std::sync::Arc;

use weft_core::error::Result;
use weft_core::expr::NamedExpr;
use weft_core::{Expr, ExprKind};

use super::known::as_not;
use super::rule::{Rule, RuleContext, bottom_up};
use super::safety::is_free;
use crate::nodes::{Filter, JoinKey, JoinKind, Node, Subtable, SubtableRole};
use crate::plan::LogicalPlan;

pub(super) struct Membership;

impl Rule for Membership {
    fn name(&self) -> &'static str {
        "membership_to_join"
    }

    fn apply(&self, plan: &LogicalPlan, context: &RuleContext<'_>) -> Result<LogicalPlan> {
        // All sub-pipelines stand at the top by now.
        let Node::With(with) = plan.node() else { return Ok(plan.clone()) };
        let sets: Vec<&Subtable> = with.tables.iter().filter(|t| t.role == SubtableRole::Set).collect();
        if sets.is_empty() {
            return Ok(plan.clone());
        }
        let mut rewrite = |p: &LogicalPlan| match p.node() {
            Node::Filter(filter) => joined(p, filter, &sets, context),
            _ => Ok(None),
        };
        let inputs = plan.inputs().into_iter().map(|i| bottom_up(i, &mut rewrite)).collect::<Result<_>>()?;
        plan.with_inputs(inputs)
    }
}

/// What a conjunct asks for.
struct Asked<'a> {
    value: &'a Expr,
    table: &'a Subtable,
    kind: JoinKind,
    /// Whether rows without a value stay.
    keeps_null: bool,
}

/// The filter as filters around a join for its first such conjunct.
fn joined(plan: &LogicalPlan, filter: &Filter, sets: &[&Subtable], context: &RuleContext<'_>) -> Result<Option<LogicalPlan>> {
    let conjuncts = filter.predicate.clone().split_conjuncts();
    let found = conjuncts.iter().enumerate().find_map(|(at, c)| Some((at, asked(c, sets)?)));
    let Some((at, asked)) = found else { return Ok(None) };
    let filtered = |input: LogicalPlan, parts: &[Expr]| {
        if parts.is_empty() { Ok(input) } else { Ok(input.filter(Expr::and(parts.to_vec()))?.at(plan.origin())) }
    };
    let mut left = filtered(filter.input.clone(), &conjuncts[..at])?;
    if asked.kind == JoinKind::Anti && !asked.keeps_null && asked.value.nullable {
        // An anti join keeps rows whose key is null: they match nothing.
        let Some(sure) = super::known::is_not_null(context.registry, asked.value.clone())? else { return Ok(None) };
        left = left.filter(sure)?.at(plan.origin());
    }
    let right = renamed(&asked.table.plan, &left)?;
    let Some(field) = right.schema().fields().first() else { return Ok(None) };
    let key = JoinKey { left: asked.value.clone(), right: Expr::of_field(field), null_safe: false };
    let join = left.join(right, asked.kind, vec![key], None)?.at(conjuncts[at].origin);
    filtered(join, &conjuncts[at + 1..]).map(Some)
}

/// `x in t`, `not x in t`, and `not (x in t ?? false)`, which is how rows with nulls are kept.
fn asked<'a>(conjunct: &'a Expr, sets: &[&'a Subtable]) -> Option<Asked<'a>> {
    let found = |e: &'a Expr| {
        let ExprKind::InTable { input, table } = &e.kind else { return None };
        let table = sets.iter().find(|s| s.subquery.id == table.id)?;
        is_free(input).then_some((&**input, *table))
    };
    if let Some((value, table)) = found(conjunct) {
        return Some(Asked { value, table, kind: JoinKind::Semi, keeps_null: false });
    }
    let negated = as_not(conjunct)?;
    if let Some((value, table)) = found(negated) {
        return Some(Asked { value, table, kind: JoinKind::Anti, keeps_null: false });
    }
    let ExprKind::Coalesce(parts) = &negated.kind else { return None };
    let [inner, otherwise] = parts.as_slice() else { return None };
    let (value, table) = found(inner).filter(|_| otherwise.as_literal().is_some_and(|v| v.as_bool() == Some(false)))?;
    Some(Asked { value, table, kind: JoinKind::Anti, keeps_null: true })
}

/// The table's column under a name that the left side has not.
fn renamed(table: &LogicalPlan, left: &LogicalPlan) -> Result<LogicalPlan> {
    let Some(field) = table.schema().fields().first() else { return Ok(table.clone()) };
    let mut name: Arc<str> = Arc::clone(&field.name);
    while left.schema().index_of(&name).is_some() {
        name = format!("{name} (in)").into();
    }
    if name == field.name {
        return Ok(table.clone());
    }
    let expr = Expr::of_field(field);
    Ok(table.clone().project(vec![NamedExpr { name, expr }])?.at(table.origin()))
}

#[cfg(test)]
mod tests {
    use weft_core::Origin;

    use super::*;
    use crate::testing::*;

    fn known(value: Expr) -> (Expr, Subtable) {
        Subtable::set(value, others().select_columns(["k"]).unwrap(), Origin::NONE).unwrap()
    }

    fn filtered(condition: impl Fn(Expr) -> Expr, value: Expr) -> LogicalPlan {
        let (inside, table) = known(value);
        numbers().filter(condition(inside)).unwrap().with_tables(vec![table]).unwrap()
    }

    fn below(plan: &LogicalPlan) -> LogicalPlan {
        let after = apply(&Membership, plan);
        assert_eq!(interpret(&after).unwrap(), interpret(plan).unwrap());
        after.inputs()[0].clone()
    }

    #[test]
    fn in_is_a_semi_join_between_the_conditions_around_it() {
        let plan = filtered(|inside| Expr::and(vec![gt(col("a"), int(1)), inside, gt(col("b"), int(2))]), col("b"));
        assert_text(
            &below(&plan),
            "where b > 2\n  join semi, on b == k\n    where a > 1\n      scan numbers\n    select k\n      scan others",
        );
    }

    #[test]
    fn not_in_is_an_anti_join_of_rows_with_a_value() {
        assert_text(
            &below(&filtered(not, col("b"))),
            "join anti, on b == k\n  where b is not null\n    scan numbers\n  select k\n    scan others",
        );
        assert_text(&below(&filtered(not, col("a"))), "join anti, on a == k\n  scan numbers\n  select k\n    scan others");
        let kept = |inside| not(Expr::coalesce(vec![inside, Expr::bool(false)]).unwrap());
        assert_text(&below(&filtered(kept, col("b"))), "join anti, on b == k\n  scan numbers\n  select k\n    scan others");
    }

    #[test]
    fn other_places_and_values_that_can_fail_are_looked_up() {
        for plan in [
            filtered(|inside| Expr::or(vec![gt(col("a"), int(1)), inside]), col("b")),
            filtered(|inside| inside, floor_div(int(10), add(col("a"), int(1)))),
        ] {
            assert!(below(&plan).is_same(plan.inputs()[0]));
        }
    }
}
