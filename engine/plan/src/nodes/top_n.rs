//! The first rows of an order, without sorting the rest.

use weft_core::error::Result;
use weft_core::expr::SortKey;
use weft_core::{Expr, Schema};

use super::{
    Node, NodeKind, Rewrite, list, only,
    sort::{check_keys, rewrite_keys},
};
use crate::plan::LogicalPlan;

/// Rows `offset .. offset + limit` of the input sorted by `keys`; stable. Made by the optimizer of a limit over a sort.
#[derive(Debug, Clone, PartialEq)]
pub struct TopN {
    /// The rows.
    pub input: LogicalPlan,
    /// The keys, most important first.
    pub keys: Vec<SortKey>,
    /// Rows that are passed over.
    pub offset: u64,
    /// Rows that are kept after those.
    pub limit: u64,
}

impl NodeKind for TopN {
    fn name(&self) -> &'static str {
        "top"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.input]
    }

    fn with_inputs(&self, inputs: Vec<LogicalPlan>) -> Result<Node> {
        Ok(TopN { input: only(inputs)?, keys: self.keys.clone(), offset: self.offset, limit: self.limit }.into())
    }

    fn schema(&self) -> Result<Schema> {
        check_keys(&self.keys, self.input.schema())?;
        Ok(self.input.schema().clone())
    }

    fn exprs(&self) -> Vec<&Expr> {
        self.keys.iter().map(|k| &k.expr).collect()
    }

    fn with_exprs(&self, rewrite: Rewrite<'_>) -> Result<Node> {
        Ok(TopN { keys: rewrite_keys(&self.keys, rewrite)?, ..self.clone() }.into())
    }

    fn details(&self) -> Vec<(&'static str, String)> {
        let mut details = vec![("take", self.limit.to_string()), ("sort", list(&self.keys))];
        if self.offset > 0 {
            details.push(("skip", self.offset.to_string()));
        }
        details
    }
}
