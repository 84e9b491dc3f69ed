//! A union of unions is one; a union of one table is that table.

use weft_core::error::Result;

use super::rule::{Rule, RuleContext, bottom_up};
use crate::nodes::{Node, Union};
use crate::plan::LogicalPlan;

pub(super) struct Unions;

impl Rule for Unions {
    fn name(&self) -> &'static str {
        "union_flattening"
    }

    fn apply(&self, plan: &LogicalPlan, _: &RuleContext<'_>) -> Result<LogicalPlan> {
        bottom_up(plan, &mut |p| match p.node() {
            Node::Union(union) => flat(p, union),
            _ => Ok(None),
        })
    }
}

fn flat(plan: &LogicalPlan, union: &Union) -> Result<Option<LogicalPlan>> {
    if let [only] = union.inputs.as_slice() {
        return Ok(Some(only.clone()));
    }
    if !union.inputs.iter().any(|i| matches!(i.node(), Node::Union(_))) {
        return Ok(None);
    }
    let mut inputs = Vec::new();
    for input in &union.inputs {
        match input.node() {
            Node::Union(inner) => inputs.extend(inner.inputs.iter().cloned()),
            _ => inputs.push(input.clone()),
        }
    }
    Ok(Some(LogicalPlan::new(Union { inputs }.into())?.at(plan.origin())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn unions_flatten_in_order() {
        let inner = numbers().limit(0, Some(1)).unwrap().union(vec![numbers()]).unwrap();
        let plan = inner.union(vec![numbers().limit(0, Some(2)).unwrap()]).unwrap();
        let expected = "union\n  take 1\n    scan numbers\n  scan numbers\n  take 2\n    scan numbers";
        assert_text(&apply(&Unions, &plan), expected);
        let one = LogicalPlan::new(Union { inputs: vec![numbers()] }.into()).unwrap();
        assert_text(&apply(&Unions, &one), "scan numbers");
    }
}
