//! Where the order of rows is observed.

use std::sync::Arc;

use weft_core::expr::SortKey;
use weft_plan::{LogicalPlan, Node};

/// Whether no two rows of `plan` are equal in all of `keys`, so that their order below the sort cannot be seen.
pub(super) fn is_unique_on(plan: &LogicalPlan, keys: &[SortKey]) -> bool {
    let names: Vec<&Arc<str>> = keys.iter().filter_map(|k| k.expr.as_column()).collect();
    unique_columns(plan).is_some_and(|unique| unique.iter().all(|u| names.contains(&u)))
}

/// Columns whose combination stands at most once in `plan`, where that is known.
fn unique_columns(plan: &LogicalPlan) -> Option<Vec<Arc<str>>> {
    match plan.node() {
        Node::Aggregate(node) => Some(node.keys.iter().map(|k| Arc::clone(&k.name)).collect()),
        Node::Distinct(node) => Some(node.key_names()),
        Node::Filter(node) => unique_columns(&node.input),
        Node::Project(node) => {
            let renamed = |name: &Arc<str>| {
                let pass = node.exprs.iter().find(|e| e.expr.as_column() == Some(name));
                pass.map(|e| Arc::clone(&e.name))
            };
            unique_columns(&node.input)?.iter().map(renamed).collect()
        }
        _ => None,
    }
}
