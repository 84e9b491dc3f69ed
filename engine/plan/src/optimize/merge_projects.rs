//! Adjacent projections become one where that does no work twice; one that changes nothing goes.

use weft_core::Expr;
use weft_core::error::Result;
use weft_core::expr::NamedExpr;
use weft_core::function::Weight;

use super::rule::{Rule, RuleContext, bottom_up};
use super::safety::is_plain;
use super::substitute::substitute;
use crate::nodes::{Node, Project};
use crate::plan::LogicalPlan;

pub(super) struct MergeProjects;

impl Rule for MergeProjects {
    fn name(&self) -> &'static str {
        "merge_projects"
    }

    fn apply(&self, plan: &LogicalPlan, _: &RuleContext<'_>) -> Result<LogicalPlan> {
        bottom_up(plan, &mut |p| match p.node() {
            Node::Project(project) => merged(p, project),
            _ => Ok(None),
        })
    }
}

fn merged(plan: &LogicalPlan, project: &Project) -> Result<Option<LogicalPlan>> {
    if changes_nothing(project) {
        return Ok(Some(project.input.clone()));
    }
    let Node::Project(below) = project.input.node() else { return Ok(None) };
    if !below.exprs.iter().all(|made| may_inline(made, project)) {
        return Ok(None);
    }
    let inline = |e: &NamedExpr| Ok(NamedExpr { name: e.name.clone(), expr: substitute(e.expr.clone(), &below.exprs)? });
    let exprs = project.exprs.iter().map(inline).collect::<Result<_>>()?;
    Ok(Some(LogicalPlan::new(Project { input: below.input.clone(), exprs }.into())?.at(plan.origin())))
}

fn changes_nothing(project: &Project) -> bool {
    let names = project.input.schema().names();
    project.exprs.len() == project.input.schema().len()
        && project.exprs.iter().zip(names).all(|(e, name)| e.name == *name && e.expr.as_column() == Some(name))
}

/// Plain columns may stand anywhere. Cheap work used once may move into its use: under a guard it then runs on fewer rows.
/// Other work may only be passed on as it is.
fn may_inline(made: &NamedExpr, above: &Project) -> bool {
    if is_plain(&made.expr) {
        return true;
    }
    let uses: usize = above.exprs.iter().map(|e| count_uses(&e.expr, &made.name)).sum();
    let passed_on = above.exprs.iter().any(|e| e.expr.as_column() == Some(&made.name));
    let cheap = made.expr.weight() == Weight::Cheap && made.expr.is_deterministic();
    uses == 0 || uses == 1 && (cheap || passed_on)
}

fn count_uses(expr: &Expr, name: &str) -> usize {
    let own = usize::from(expr.as_column().is_some_and(|c| **c == *name));
    own + expr.children().into_iter().map(|c| count_uses(c, name)).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn cheap_work_used_once_moves_into_its_use() {
        let plan = numbers().project(vec![named("u", add(col("a"), int(1)))]).unwrap();
        let plan = plan.project(vec![named("y", add(col("u"), int(2)))]).unwrap();
        assert_text(&apply(&MergeProjects, &plan), "select y = (a + 1) + 2\n  scan numbers");
    }

    #[test]
    fn work_is_never_done_twice_or_hidden_in_another() {
        let twice = numbers().project(vec![named("u", add(col("a"), int(1)))]).unwrap();
        let twice = twice.project(vec![named("y", add(col("u"), col("u")))]).unwrap();
        assert_eq!(apply(&MergeProjects, &twice), twice);
        for made in [heavy(col("a")), random()] {
            let plan = numbers().project(vec![named("u", made)]).unwrap();
            let plan = plan.project(vec![named("y", add(col("u"), int(1)))]).unwrap();
            assert_eq!(apply(&MergeProjects, &plan), plan);
        }
    }

    #[test]
    fn what_changes_nothing_goes() {
        let plan = numbers().select_columns(["a", "b", "x"]).unwrap();
        assert_text(&apply(&MergeProjects, &plan), "scan numbers");
        let other_order = numbers().select_columns(["b", "a", "x"]).unwrap();
        assert_eq!(apply(&MergeProjects, &other_order), other_order);
        let renamed = numbers().project(vec![named("z", col("a"))]).unwrap().project(vec![named("w", col("z"))]).unwrap();
        assert_text(&apply(&MergeProjects, &renamed), "select w = a\n  scan numbers");
    }
}
