//! From nodes to pipelines: one arm a node, deterministic, names replaced by positions.

mod aggregate;
mod columns;
mod distinct;
mod explode;
mod extract;
mod filter;
mod first_appearance;
mod join;
mod limit;
mod project;
mod scan;
mod sort;
mod window;
mod with;

use std::sync::Arc;

use weft_core::error::Result;
use weft_core::{Expr, Schema};
use weft_plan::nodes::Subtable;
use weft_plan::{LogicalPlan, Node, ObservedOrder};

use crate::operators::filter::FilterOperator;
use crate::operators::project::ProjectOperator;
use crate::pipeline::{Branch, Operator, Pipeline, Shared, Sink, Source};
use crate::sinks::collect::Collect;

/// The pipelines of `plan`, each after those that it needs, and the sink that keeps the result.
pub(crate) fn lower(plan: &LogicalPlan, shared: &Shared) -> Result<(Vec<Pipeline>, Arc<Collect>)> {
    let order = ObservedOrder::of(plan, true);
    let mut lowering = Lowering { shared, order, pipelines: Vec::new(), answered: Vec::new(), ready: Vec::new() };
    let fragment = lowering.node(plan)?;
    let collect = Collect::new(shared, true);
    lowering.end(fragment, Arc::clone(&collect) as Arc<dyn Sink>);
    Ok((lowering.pipelines, collect))
}

pub(crate) struct Lowering<'a> {
    pub(crate) shared: &'a Shared,
    /// Where the order of rows is observed; elsewhere nothing is paid for it.
    order: ObservedOrder,
    pipelines: Vec<Pipeline>,
    /// The sub-pipelines that have been lowered, and the pipeline that computes each.
    answered: Vec<(Subtable, usize)>,
    /// The pipelines of those that the expressions at hand may read.
    ready: Vec<usize>,
}

/// A pipeline that has no sink yet.
pub(crate) struct Fragment {
    branches: Vec<Branch>,
    needs: Vec<usize>,
}

impl Fragment {
    /// One that begins with `source`, after the pipelines `needs`.
    pub(crate) fn new(source: impl Source + 'static, needs: Vec<usize>) -> Self {
        let mut fragment = Fragment { branches: Vec::new(), needs };
        fragment.branches.push(Branch { source: Arc::new(source), operators: Vec::new(), after_earlier: false });
        fragment
    }

    /// Adds the rows of `source`, which is opened when all tasks so far are done.
    fn then(&mut self, source: Arc<dyn Source>) {
        self.branches.push(Branch { source, operators: Vec::new(), after_earlier: true });
    }

    /// Lets all its chunks pass through `operator`.
    pub(crate) fn append(&mut self, operator: Arc<dyn Operator>) {
        for branch in &mut self.branches {
            branch.operators.push(Arc::clone(&operator));
        }
    }
}

impl Lowering<'_> {
    /// Lowers a node and all below it.
    pub(crate) fn node(&mut self, plan: &LogicalPlan) -> Result<Fragment> {
        let ordered = self.order.at(plan);
        match plan.node() {
            Node::Scan(node) => scan::lower(self, node),
            Node::Filter(node) => filter::lower(self, node),
            Node::Project(node) => project::lower(self, node),
            Node::Explode(node) => explode::lower(self, node, plan.origin()),
            Node::Aggregate(node) => aggregate::lower(self, node, ordered),
            Node::Distinct(node) => distinct::lower(self, node, ordered),
            Node::Join(node) => join::lower(self, node, ordered, plan.origin()),
            Node::Sort(node) => sort::lower_sort(self, node),
            Node::TopN(node) => sort::lower_top_n(self, node),
            Node::Limit(node) => limit::lower_limit(self, node),
            Node::Tail(node) => limit::lower_tail(self, node),
            Node::Window(node) => window::lower(self, node, ordered),
            Node::With(node) => with::lower(self, node),
            Node::Union(node) => {
                let parts = node.inputs.iter().map(|i| self.node(i)).collect::<Result<Vec<_>>>()?;
                let mut whole = Fragment { branches: Vec::new(), needs: Vec::new() };
                for part in parts {
                    whole.branches.extend(part.branches);
                    whole.needs.extend(part.needs);
                }
                Ok(whole)
            }
        }
        .map_err(|e| e.at(plan.origin()))
    }

    /// Ends a fragment in `sink`; gives the number of the pipeline.
    pub(crate) fn end(&mut self, fragment: Fragment, sink: Arc<dyn Sink>) -> usize {
        let Fragment { mut branches, mut needs } = fragment;
        needs.extend(&self.ready);
        for branch in &mut branches {
            let rows = branch.operators.iter().filter_map(|o| o.task_rows()).min();
            if let Some(smaller) = rows.and_then(|rows| branch.source.with_task_rows(rows)) {
                branch.source = smaller;
            }
        }
        self.pipelines.push(Pipeline { branches, sink, needs });
        self.pipelines.len() - 1
    }

    /// Lets a fragment's chunks pass a filter over its columns by position.
    fn filter(&self, fragment: &mut Fragment, predicate: Expr) {
        fragment.append(Arc::new(FilterOperator::new(self.shared, predicate)));
    }

    /// Lets a fragment's chunks pass a projection over its columns by position.
    fn project(&self, fragment: &mut Fragment, exprs: Vec<Expr>) {
        fragment.append(Arc::new(ProjectOperator::new(self.shared, exprs)));
    }
}

/// The columns of `schema` by position.
fn all_columns(schema: &Schema) -> Vec<Expr> {
    schema.fields().iter().enumerate().map(|(i, f)| Expr::index(i, f.ty.clone(), f.nullable)).collect()
}
