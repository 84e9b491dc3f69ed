//! All sub-pipelines stand at the top, each once, so that no other rule meets them on its way; unused ones go.

use std::sync::Arc;

use weft_core::Expr;
use weft_core::error::{Error, Result};

use super::rule::{Rule, RuleContext};
use crate::nodes::{Node, NodeKind, Subtable, SubtableRole, With};
use crate::plan::LogicalPlan;

pub(super) struct HoistSubqueries;

impl Rule for HoistSubqueries {
    fn name(&self) -> &'static str {
        "hoist_subqueries"
    }

    fn apply(&self, plan: &LogicalPlan, _: &RuleContext<'_>) -> Result<LogicalPlan> {
        if !has_subqueries(plan) {
            return Ok(plan.clone());
        }
        let mut tables = Vec::new();
        let input = without(plan, &mut tables)?;
        drop_unused(&input, &mut tables);
        if let Node::With(with) = plan.node()
            && with.input.is_same(&input)
            && with.tables == tables
        {
            return Ok(plan.clone());
        }
        if tables.is_empty() { Ok(input) } else { Ok(LogicalPlan::new(With { input, tables }.into())?.at(plan.origin())) }
    }
}

fn has_subqueries(plan: &LogicalPlan) -> bool {
    matches!(plan.node(), Node::With(_)) || plan.inputs().into_iter().any(has_subqueries)
}

/// The plan without its sub-pipelines, which are added to `found`, those that another one reads before it.
fn without(plan: &LogicalPlan, found: &mut Vec<Subtable>) -> Result<LogicalPlan> {
    let Node::With(with) = plan.node() else {
        let inputs = plan.inputs().into_iter().map(|i| without(i, found)).collect::<Result<_>>()?;
        return plan.with_inputs(inputs);
    };
    for table in &with.tables {
        let table = Subtable { plan: without(&table.plan, found)?, ..table.clone() };
        match found.iter().find(|f| f.key() == table.key()) {
            None => found.push(table),
            Some(same) if same.plan == table.plan => {}
            Some(_) => return Err(Error::internal(format!("two sub-pipelines are called {}", table.subquery))),
        }
    }
    without(&with.input, found)
}

/// Leaves out what neither the rows nor a later sub-pipeline reads.
fn drop_unused(input: &LogicalPlan, tables: &mut Vec<Subtable>) {
    let mut used = Vec::new();
    reads(input, &mut used);
    for at in (0..tables.len()).rev() {
        let table = &tables[at];
        if used.iter().any(|(id, role)| *id == table.subquery.id && *role == table.role) {
            reads(&tables[at].plan, &mut used);
        } else {
            tables.remove(at);
        }
    }
}

fn reads(plan: &LogicalPlan, used: &mut Vec<(Arc<str>, SubtableRole)>) {
    for expr in plan.node().exprs() {
        note(expr, used);
    }
    plan.inputs().into_iter().for_each(|i| reads(i, used));
}

fn note(expr: &Expr, used: &mut Vec<(Arc<str>, SubtableRole)>) {
    expr.any(&mut |e| {
        match &e.kind {
            weft_core::ExprKind::Scalar(subquery) => used.push((Arc::clone(&subquery.id), SubtableRole::Value)),
            weft_core::ExprKind::InTable { table, .. } => used.push((Arc::clone(&table.id), SubtableRole::Set)),
            _ => {}
        }
        false
    });
}

#[cfg(test)]
mod tests {
    use weft_core::Origin;

    use super::*;
    use crate::testing::*;

    fn greatest() -> (Expr, Subtable) {
        let plan = others().aggregate(vec![], vec![sum("most", other("v"))]).unwrap();
        Subtable::value(plan, Origin::NONE).unwrap()
    }

    #[test]
    fn sub_pipelines_move_to_the_top_and_stand_once() {
        let (most, table) = greatest();
        let one = numbers().filter(gt(col("a"), most.clone())).unwrap().with_tables(vec![table.clone()]).unwrap();
        let two = numbers().filter(gt(col("b"), most)).unwrap().with_tables(vec![table]).unwrap();
        let plan = one.union(vec![two]).unwrap().limit(0, Some(1)).unwrap();
        let once = apply(&HoistSubqueries, &plan);
        assert_text(
            &once,
            "with value $(most)\n  take 1\n    union\n      where a > $(most)\n        scan numbers\n      where b > $(most)\n        scan numbers\n  group compute most = sum(v)\n    scan others",
        );
        assert!(apply(&HoistSubqueries, &once).is_same(&once));
    }

    #[test]
    fn one_that_another_reads_comes_before_it() {
        let (most, inner) = greatest();
        let below = numbers().filter(gt(most, col("a"))).unwrap().with_tables(vec![inner]).unwrap();
        let (sum, outer) = Subtable::value(below.aggregate(vec![], vec![sum("all", col("a"))]).unwrap(), Origin::NONE).unwrap();
        let plan = numbers().filter(gt(col("b"), sum)).unwrap().with_tables(vec![outer]).unwrap();
        let once = apply(&HoistSubqueries, &plan);
        let Node::With(with) = once.node() else { panic!("{once:?}") };
        let names: Vec<&str> = with.tables.iter().map(|t| &*t.subquery.label).collect();
        assert_eq!(names, ["most", "all"]);
        assert_eq!(interpret(&once).unwrap(), interpret(&plan).unwrap());
    }

    #[test]
    fn what_nobody_reads_is_not_computed() {
        let (_, table) = greatest();
        let plan = numbers().with_tables(vec![table]).unwrap();
        assert_text(&apply(&HoistSubqueries, &plan), "scan numbers");
    }
}
