//! The last rows.

use weft_core::error::Result;
use weft_core::{Expr, Schema};

use super::{Node, NodeKind, Rewrite, only};
use crate::plan::LogicalPlan;

/// The last `rows` rows, in the input's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Tail {
    /// The rows.
    pub input: LogicalPlan,
    /// How many are kept.
    pub rows: u64,
}

impl NodeKind for Tail {
    fn name(&self) -> &'static str {
        "take last"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.input]
    }

    fn with_inputs(&self, inputs: Vec<LogicalPlan>) -> Result<Node> {
        Ok(Tail { input: only(inputs)?, rows: self.rows }.into())
    }

    fn schema(&self) -> Result<Schema> {
        Ok(self.input.schema().clone())
    }

    fn exprs(&self) -> Vec<&Expr> {
        Vec::new()
    }

    fn with_exprs(&self, _: Rewrite<'_>) -> Result<Node> {
        Ok(self.clone().into())
    }

    fn details(&self) -> Vec<(&'static str, String)> {
        vec![("", self.rows.to_string())]
    }
}
