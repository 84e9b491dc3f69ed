//! The first rows.

use weft_core::error::Result;
use weft_core::{Expr, Schema};

use super::{Node, NodeKind, Rewrite, only};
use crate::plan::LogicalPlan;

/// Rows `offset .. offset + limit` in the input's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// The rows.
    pub input: LogicalPlan,
    /// Rows that are passed over.
    pub offset: u64,
    /// Rows that are kept after those; nothing for all.
    pub limit: Option<u64>,
}

impl NodeKind for Limit {
    fn name(&self) -> &'static str {
        "take"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.input]
    }

    fn with_inputs(&self, inputs: Vec<LogicalPlan>) -> Result<Node> {
        Ok(Limit { input: only(inputs)?, offset: self.offset, limit: self.limit }.into())
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
        let mut details = Vec::new();
        if let Some(limit) = self.limit {
            details.push(("", limit.to_string()));
        }
        if self.offset > 0 {
            details.push(("skip", self.offset.to_string()));
        }
        details
    }
}
