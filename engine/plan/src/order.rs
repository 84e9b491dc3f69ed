//! Where the order of rows is observed: elsewhere execution may yield them in any order, and pays nothing for it.

use std::collections::HashMap;
use std::sync::Arc;

use weft_core::expr::SortKey;

use crate::nodes::{Aggregate, Distinct, Node, Window};
use crate::plan::LogicalPlan;

/// For each part of a plan whether anybody sees the order of the rows it yields.
#[derive(Debug, Clone, Default)]
pub struct ObservedOrder(HashMap<usize, bool>);

impl ObservedOrder {
    /// Walks `plan`, whose own rows are shown or written in order if `at_root`.
    pub fn of(plan: &LogicalPlan, at_root: bool) -> Self {
        let mut seen = ObservedOrder::default();
        seen.walk(plan, at_root);
        seen
    }

    /// Whether the order of `part`'s rows is observed; `part` is an object of the plan that was walked. True for others.
    pub fn at(&self, part: &LogicalPlan) -> bool {
        self.0.get(&part.address()).copied().unwrap_or(true)
    }

    fn walk(&mut self, plan: &LogicalPlan, observed: bool) {
        let known = self.0.get(&plan.address()).copied();
        if known == Some(true) || known == Some(observed) {
            return;
        }
        self.0.insert(plan.address(), observed);
        for (i, input) in plan.inputs().into_iter().enumerate() {
            self.walk(input, observes_input(plan.node(), i, observed));
        }
    }
}

/// Whether `node` makes the order of its input number `input` matter, given whether its own order does.
fn observes_input(node: &Node, input: usize, observed: bool) -> bool {
    match node {
        Node::Scan(_) | Node::Filter(_) | Node::Project(_) | Node::Explode(_) | Node::Union(_) => observed,
        // A sort is stable: ties keep the order they came in, where there can be any.
        Node::Sort(sort) => observed && !is_unique_on(&sort.input, &sort.keys),
        // Which of equal rows are among the first depends on their order.
        Node::TopN(top) => !is_unique_on(&top.input, &top.keys),
        Node::Limit(_) | Node::Tail(_) => true,
        Node::Aggregate(aggregate) => aggregate_observes(aggregate, observed),
        // Of equal keys the first row is kept whole, so which one is first shows unless all columns are keys.
        Node::Distinct(distinct) => observed || !covers_all(distinct),
        Node::Window(window) => observed || window_observes(window),
        Node::Join(join) => observed && (input == 0 || join.kind.shows_right()),
        // Of a sub-pipeline only its value, or which values it has, is seen.
        Node::With(_) => observed && input == 0,
    }
}

/// Whether no two rows of `plan` are equal in all of `keys`.
fn is_unique_on(plan: &LogicalPlan, keys: &[SortKey]) -> bool {
    let names: Vec<&Arc<str>> = keys.iter().filter_map(|k| k.expr.as_column()).collect();
    unique_columns(plan).is_some_and(|unique| unique.iter().all(|u| names.contains(&u)))
}

/// Columns whose combination stands at most once in `plan`, where that is known.
fn unique_columns(plan: &LogicalPlan) -> Option<Vec<Arc<str>>> {
    traced(plan, &|node| match node {
        Node::Distinct(node) => Some(node.key_names()),
        node => keys_of_groups(node),
    })
}

/// The keys of the groups that the rows of `plan` are, where nothing gave them an order since.
pub(crate) fn group_keys(plan: &LogicalPlan) -> Option<Vec<Arc<str>>> {
    traced(plan, &keys_of_groups)
}

fn keys_of_groups(node: &Node) -> Option<Vec<Arc<str>>> {
    match node {
        Node::Aggregate(node) => Some(node.keys.iter().map(|k| Arc::clone(&k.name)).collect()),
        _ => None,
    }
}

/// The columns that `origin` names in a node below those that pass single rows on, by their names in `plan`.
fn traced(plan: &LogicalPlan, origin: &dyn Fn(&Node) -> Option<Vec<Arc<str>>>) -> Option<Vec<Arc<str>>> {
    match plan.node() {
        Node::Filter(node) => traced(&node.input, origin),
        Node::Window(node) => traced(&node.input, origin),
        Node::With(node) => traced(&node.input, origin),
        Node::Project(node) => {
            let renamed = |name: &Arc<str>| {
                let pass = node.exprs.iter().find(|e| e.expr.as_column() == Some(name));
                pass.map(|e| Arc::clone(&e.name))
            };
            traced(&node.input, origin)?.iter().map(renamed).collect()
        }
        node => origin(node),
    }
}

fn aggregate_observes(aggregate: &Aggregate, observed: bool) -> bool {
    observed && !aggregate.keys.is_empty() || aggregate.aggregates.iter().any(|a| a.call.function.observes_order())
}

/// Rows that tie stand as they arrive: that shows unless nothing tells them apart, or nobody looks.
fn window_observes(window: &Window) -> bool {
    window.calls.iter().any(|c| c.call.observes_ties()) && !is_unique_on(&window.input, &window.order)
}

fn covers_all(distinct: &Distinct) -> bool {
    distinct.on.is_empty() || distinct.input.schema().names().all(|n| distinct.on.contains(n))
}
