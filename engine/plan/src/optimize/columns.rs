//! Only columns that somebody reads are read, computed and carried.

use std::collections::BTreeSet;
use std::sync::Arc;

use weft_core::Expr;
use weft_core::error::Result;

use super::rule::{Rule, RuleContext};
use crate::nodes::{Aggregate, Join, Node, NodeKind, Project, Scan, Union, Window};
use crate::plan::LogicalPlan;

pub(super) struct ColumnPruning;

type Names = BTreeSet<Arc<str>>;

impl Rule for ColumnPruning {
    fn name(&self) -> &'static str {
        "column_pruning"
    }

    fn apply(&self, plan: &LogicalPlan, _: &RuleContext<'_>) -> Result<LogicalPlan> {
        prune(plan, &plan.schema().names().cloned().collect())
    }
}

/// The plan with at least the columns `needed`, in their old order; nodes that pass columns on may leave more.
fn prune(plan: &LogicalPlan, needed: &Names) -> Result<LogicalPlan> {
    match plan.node() {
        Node::Scan(scan) => prune_scan(plan, scan, needed),
        Node::Project(project) => prune_project(plan, project, needed),
        Node::Aggregate(aggregate) => prune_aggregate(plan, aggregate, needed),
        Node::Join(join) => prune_join(plan, join, needed),
        Node::Union(union) => prune_union(plan, union, needed),
        Node::Window(window) => prune_window(plan, window, needed),
        Node::Distinct(distinct) => {
            let mut below = needed.clone();
            below.extend(distinct.key_names());
            plan.with_inputs(vec![prune(&distinct.input, &below)?])
        }
        Node::Explode(explode) => {
            let mut below: Names = needed.iter().filter(|n| explode.index.as_ref() != Some(n)).cloned().collect();
            below.extend(explode.columns.iter().cloned());
            plan.with_inputs(vec![prune(&explode.input, &below)?])
        }
        Node::With(with) => {
            let mut inputs = vec![prune(&with.input, needed)?];
            for table in &with.tables {
                inputs.push(prune(&table.plan, &table.plan.schema().names().cloned().collect())?);
            }
            plan.with_inputs(inputs)
        }
        Node::Filter(_) | Node::Sort(_) | Node::TopN(_) | Node::Limit(_) | Node::Tail(_) => {
            let mut below = needed.clone();
            below.extend(read_by(plan.node().exprs()));
            let inputs = plan.inputs().into_iter().map(|i| prune(i, &below)).collect::<Result<_>>()?;
            plan.with_inputs(inputs)
        }
    }
}

fn read_by<'a>(exprs: impl IntoIterator<Item = &'a Expr>) -> Names {
    exprs.into_iter().flat_map(Expr::columns).collect()
}

/// The node in place of `plan`'s, unless it is the same.
fn replaced(plan: &LogicalPlan, node: Node) -> Result<LogicalPlan> {
    if *plan.node() == node { Ok(plan.clone()) } else { Ok(LogicalPlan::new(node)?.at(plan.origin())) }
}

fn prune_scan(plan: &LogicalPlan, scan: &Scan, needed: &Names) -> Result<LogicalPlan> {
    let names: Vec<Arc<str>> = plan.schema().names().filter(|n| needed.contains(*n)).cloned().collect();
    if names.len() == plan.schema().len() {
        return Ok(plan.clone());
    }
    replaced(plan, Scan { projection: Some(names), ..scan.clone() }.into())
}

fn prune_project(plan: &LogicalPlan, project: &Project, needed: &Names) -> Result<LogicalPlan> {
    let exprs: Vec<_> = project.exprs.iter().filter(|e| needed.contains(&e.name)).cloned().collect();
    let input = prune(&project.input, &read_by(exprs.iter().map(|e| &e.expr)))?;
    replaced(plan, Project { input, exprs }.into())
}

fn prune_aggregate(plan: &LogicalPlan, aggregate: &Aggregate, needed: &Names) -> Result<LogicalPlan> {
    let mut aggregates: Vec<_> = aggregate.aggregates.iter().filter(|a| needed.contains(&a.name)).cloned().collect();
    if aggregates.is_empty() && aggregate.keys.is_empty() {
        // One row must still come out.
        aggregates = aggregate.aggregates.iter().take(1).cloned().collect();
    }
    let keys = aggregate.keys.iter().map(|k| &k.expr);
    let input = prune(&aggregate.input, &read_by(keys.chain(aggregates.iter().flat_map(|a| a.call.exprs()))))?;
    replaced(plan, Aggregate { input, keys: aggregate.keys.clone(), aggregates }.into())
}

fn prune_join(plan: &LogicalPlan, join: &Join, needed: &Names) -> Result<LogicalPlan> {
    let output: Vec<Arc<str>> = join.output.iter().filter(|n| needed.contains(*n)).cloned().collect();
    let mut below: Names = output.iter().cloned().collect();
    below.extend(read_by(plan.node().exprs()));
    let of = |side: &LogicalPlan| -> Names { below.iter().filter(|n| side.schema().index_of(n).is_some()).cloned().collect() };
    let (left, right) = (prune(&join.left, &of(&join.left))?, prune(&join.right, &of(&join.right))?);
    replaced(plan, Join { left, right, output, ..join.clone() }.into())
}

/// Windows that nobody reads are not computed.
fn prune_window(plan: &LogicalPlan, window: &Window, needed: &Names) -> Result<LogicalPlan> {
    let calls: Vec<_> = window.calls.iter().filter(|c| needed.contains(&c.name)).cloned().collect();
    let mut below: Names = needed.iter().filter(|n| !window.calls.iter().any(|c| c.name == **n)).cloned().collect();
    if calls.is_empty() {
        return prune(&window.input, &below);
    }
    let kept = Window { calls, ..window.clone() };
    below.extend(read_by(kept.exprs()));
    replaced(plan, Window { input: prune(&window.input, &below)?, ..kept }.into())
}

/// Columns match by position, so every input must end up with the same ones.
fn prune_union(plan: &LogicalPlan, union: &Union, needed: &Names) -> Result<LogicalPlan> {
    let names: Vec<&Arc<str>> = plan.schema().names().filter(|n| needed.contains(*n)).collect();
    let same = |input: LogicalPlan| {
        if input.schema().names().eq(names.iter().copied()) {
            Ok(input)
        } else {
            input.select_columns(names.iter().map(|n| &***n))
        }
    };
    let inputs = union.inputs.iter().map(|i| same(prune(i, needed)?)).collect::<Result<_>>()?;
    replaced(plan, Union { inputs }.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nodes::JoinKind;
    use crate::testing::*;

    fn pruned(plan: LogicalPlan) -> LogicalPlan {
        apply(&ColumnPruning, &plan)
    }

    #[test]
    fn scans_read_what_is_used() {
        let plan = numbers().filter(gt(col("b"), int(1))).unwrap().select_columns(["a"]).unwrap();
        assert_text(&pruned(plan), "select a\n  where b > 1\n    scan numbers, 2 of 3: a, b");
        let count = numbers().aggregate(vec![], vec![count("n")]).unwrap();
        assert_text(&pruned(count), "group compute n = count()\n  scan numbers, 0 of 3: ");
    }

    #[test]
    fn unused_results_are_not_computed() {
        let plan = numbers().aggregate(vec![named("k", col("a"))], vec![sum("s", col("b")), count("n")]).unwrap();
        let plan = plan.select_columns(["n"]).unwrap();
        assert_text(&pruned(plan), "select n\n  group by k = a, compute n = count()\n    scan numbers, 1 of 3: a");
        let plan = numbers().project(vec![named("p", heavy(col("a"))), named("q", col("b"))]).unwrap();
        let plan = plan.aggregate(vec![], vec![sum("s", col("q"))]).unwrap();
        assert_text(&pruned(plan), "group compute s = sum(q)\n  select q = b\n    scan numbers, 1 of 3: b");
    }

    #[test]
    fn joins_carry_what_is_used_above_and_read_their_keys() {
        let join = numbers().join(others(), JoinKind::Inner, vec![key(col("a"), other("k"))], None).unwrap();
        let plan = pruned(join.select_columns(["b"]).unwrap());
        assert_text(&plan, "select b\n  join inner, on a == k\n    scan numbers, 2 of 3: a, b\n    scan others, 1 of 2: k");
        let Node::Project(top) = plan.node() else { panic!("{plan:?}") };
        assert_eq!(top.input.schema().names().map(|n| &**n).collect::<Vec<_>>(), ["b"]);
    }

    #[test]
    fn windows_that_nobody_reads_go() {
        let windows = || vec![whole(sum("s", col("b"))), whole(count("n"))];
        let plan = numbers().window(vec![col("a")], vec![], windows()).unwrap();
        assert_text(
            &pruned(plan.clone().select_columns(["n"]).unwrap()),
            "select n\n  window by a, compute n = count()\n    scan numbers, 1 of 3: a",
        );
        assert_text(&pruned(plan.select_columns(["x"]).unwrap()), "select x\n  scan numbers, 1 of 3: x");
    }

    #[test]
    fn inputs_of_a_union_stay_alike() {
        let filtered = numbers().filter(gt(col("b"), int(1))).unwrap();
        let plan = numbers().union(vec![filtered]).unwrap().select_columns(["a"]).unwrap();
        assert_text(
            &pruned(plan),
            "select a\n  union\n    scan numbers, 1 of 3: a\n    select a\n      where b > 1\n        scan numbers, 2 of 3: a, b",
        );
    }

    #[test]
    fn distinct_over_all_columns_needs_them_all() {
        let plan = numbers().distinct(vec![]).unwrap().select_columns(["a"]).unwrap();
        assert_eq!(pruned(plan.clone()), plan);
    }
}
