//! A plan: a node with its inputs and the schema of its output.

use std::sync::Arc;

use weft_core::error::Result;
use weft_core::{Origin, Schema};

use crate::nodes::{Node, NodeKind};

/// A lazy table. Cheap to clone; equality ignores where the parts were written.
#[derive(Debug, Clone, PartialEq)]
pub struct LogicalPlan(Arc<Inner>);

#[derive(Debug, PartialEq)]
struct Inner {
    node: Node,
    schema: Schema,
    origin: Origin,
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
