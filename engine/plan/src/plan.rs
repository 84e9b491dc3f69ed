//! A plan: a node with its inputs and the schema of its output.

use std::sync::Arc;

use weft_core::error::Result;
use weft_core::{Expr, Origin, Schema};

use crate::nodes::{Node, NodeKind};

/// A lazy table. Cheap to clone; equality ignores where the parts were written.
#[derive(Debug, Clone)]
pub struct LogicalPlan(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    node: Node,
    schema: Schema,
    origin: Origin,
}

impl PartialEq for LogicalPlan {
    fn eq(&self, other: &Self) -> bool {
        self.is_same(other) || self.0.node == other.0.node
    }
}

impl LogicalPlan {
    /// The plan with `node` on top.
    ///
    /// # Errors
    /// When the node does not fit its inputs: a name that stands twice, an unknown column, a condition that is no bool.
    pub fn new(node: Node) -> Result<Self> {
        let schema = node.schema()?;
        Ok(LogicalPlan(Arc::new(Inner { node, schema, origin: Origin::NONE })))
    }

    /// The same plan, with the place where its top node was written.
    pub fn at(self, origin: Origin) -> Self {
        match Arc::try_unwrap(self.0) {
            Ok(inner) => LogicalPlan(Arc::new(Inner { origin, ..inner })),
            Err(shared) => LogicalPlan(Arc::new(Inner { node: shared.node.clone(), schema: shared.schema.clone(), origin })),
        }
    }

    /// A number that tells objects in memory apart while they live.
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// The top node.
    pub fn node(&self) -> &Node {
        &self.0.node
    }

    /// The columns of the output.
    pub fn schema(&self) -> &Schema {
        &self.0.schema
    }

    /// Where the top node was written.
    pub fn origin(&self) -> Origin {
        self.0.origin
    }

    /// The inputs of the top node.
    pub fn inputs(&self) -> Vec<&LogicalPlan> {
        self.0.node.inputs()
    }

    /// The same top node over other inputs, as many as before.
    pub fn with_inputs(&self, inputs: Vec<LogicalPlan>) -> Result<Self> {
        if inputs.len() == self.inputs().len() && self.inputs().iter().zip(&inputs).all(|(a, b)| a.is_same(b)) {
            return Ok(self.clone());
        }
        Ok(LogicalPlan::new(self.0.node.with_inputs(inputs)?)?.at(self.origin()))
    }

    /// The same plan with the expressions of its top node put through `rewrite`, which keeps their types.
    pub fn map_exprs(&self, rewrite: &mut dyn FnMut(Expr) -> Result<Expr>) -> Result<Self> {
        if self.0.node.exprs().is_empty() {
            return Ok(self.clone());
        }
        let node = self.0.node.with_exprs(rewrite)?;
        if node == self.0.node { Ok(self.clone()) } else { Ok(LogicalPlan::new(node)?.at(self.origin())) }
    }

    /// Whether both are the same object in memory; cheaper than `==`.
    pub fn is_same(&self, other: &LogicalPlan) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Rewrites bottom-up: inputs first, then the whole.
    pub fn transform(&self, rewrite: &mut dyn FnMut(LogicalPlan) -> Result<LogicalPlan>) -> Result<LogicalPlan> {
        let inputs = self.inputs().into_iter().map(|i| i.transform(rewrite)).collect::<Result<Vec<_>>>()?;
        rewrite(self.with_inputs(inputs)?)
    }
}
