//! A limit over a sort keeps only the rows it will yield; it moves below a projection that its keys do not need.

use weft_core::error::Result;

use super::rule::{Rule, RuleContext, top_down};
use super::substitute::{maker, substitute};
use crate::nodes::{Limit, Node, Project, TopN};
use crate::plan::LogicalPlan;

/// Most rows that are kept in memory instead of being sorted with the rest (sorting can spill).
const MOST_ROWS: u64 = 100_000;

pub(super) struct TopNRule;

impl Rule for TopNRule {
    fn name(&self) -> &'static str {
        "top_n"
    }

    fn apply(&self, plan: &LogicalPlan, _: &RuleContext<'_>) -> Result<LogicalPlan> {
        top_down(plan, &mut |p| match p.node() {
            Node::Limit(limit) => from_limit(limit),
            Node::TopN(top) => below_project(p, top),
            _ => Ok(None),
        })
    }
}

fn from_limit(limit: &Limit) -> Result<Option<LogicalPlan>> {
    let (Node::Sort(sort), Some(rows)) = (limit.input.node(), limit.limit) else { return Ok(None) };
    if limit.offset.saturating_add(rows) > MOST_ROWS {
        return Ok(None);
    }
    let node = TopN { input: sort.input.clone(), keys: sort.keys.clone(), offset: limit.offset, limit: rows };
    Ok(Some(LogicalPlan::new(node.into())?.at(limit.input.origin())))
}

/// The projection runs on the rows that are left.
fn below_project(plan: &LogicalPlan, top: &TopN) -> Result<Option<LogicalPlan>> {
    let Node::Project(project) = top.input.node() else { return Ok(None) };
    if !top.keys.iter().all(|k| k.expr.columns().iter().all(|c| passed_on(project, c))) {
        return Ok(None);
    }
    let mut node = top.clone();
    node.input = project.input.clone();
    for key in &mut node.keys {
        key.expr = substitute(key.expr.clone(), &project.exprs)?;
    }
    let below = LogicalPlan::new(node.into())?.at(plan.origin());
    top.input.with_inputs(vec![below]).map(Some)
}

fn passed_on(project: &Project, name: &str) -> bool {
    maker(&project.exprs, name).is_some_and(|e| e.as_column().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn take_after_sort() {
        let plan = numbers().sort(vec![desc(col("b"))]).unwrap().limit(2, Some(3)).unwrap();
        assert_text(&apply(&TopNRule, &plan), "top take 3, sort b desc, skip 2\n  scan numbers");
        let many = numbers().sort(vec![desc(col("b"))]).unwrap().limit(0, Some(MOST_ROWS + 1)).unwrap();
        assert_eq!(apply(&TopNRule, &many), many);
    }

    #[test]
    fn heavy_columns_are_made_for_the_winners_only() {
        let plan = numbers().project(vec![named("h", heavy(col("a"))), named("k", col("b"))]).unwrap();
        let plan = plan.sort(vec![asc(col("k"))]).unwrap().limit(0, Some(3)).unwrap();
        assert_text(&apply(&TopNRule, &plan), "select h = heavy(a), k = b\n  top take 3, sort b\n    scan numbers");
        let by_made = numbers().project(vec![named("h", heavy(col("a")))]).unwrap();
        let by_made = by_made.sort(vec![asc(col("h"))]).unwrap().limit(0, Some(3)).unwrap();
        assert_text(&apply(&TopNRule, &by_made), "top take 3, sort h\n  select h = heavy(a)\n    scan numbers");
    }
}
