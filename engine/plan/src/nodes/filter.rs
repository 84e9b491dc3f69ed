//! Keeping the rows that meet a condition.

use weft_core::error::{Error, Result};
use weft_core::{Expr, Schema, Type};

use super::{Node, NodeKind, Rewrite, check_columns, only};
use crate::plan::LogicalPlan;

/// Rows for which `predicate` is true; neither false nor null. Keeps order.
///
/// Where the predicate is an `and`, each part runs only on rows for which all parts before it are true (as a value, `and`
/// also goes on where a part is null): so two filters and one filter by both conditions are the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// The rows.
    pub input: LogicalPlan,
    /// A bool.
    pub predicate: Expr,
}

impl NodeKind for Filter {
    fn name(&self) -> &'static str {
        "where"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.input]
    }

    fn with_inputs(&self, inputs: Vec<LogicalPlan>) -> Result<Node> {
        Ok(Filter { input: only(inputs)?, predicate: self.predicate.clone() }.into())
    }

    fn schema(&self) -> Result<Schema> {
        check_columns("where", &self.predicate, self.input.schema())?;
        if !matches!(self.predicate.ty, Type::Bool | Type::Null) {
            let message = format!("`where` needs a condition (bool), not {}", self.predicate.ty);
            return Err(Error::type_mismatch(message).at(self.predicate.origin));
        }
        Ok(self.input.schema().clone())
    }

    fn exprs(&self) -> Vec<&Expr> {
        vec![&self.predicate]
    }

    fn with_exprs(&self, rewrite: Rewrite<'_>) -> Result<Node> {
        Ok(Filter { input: self.input.clone(), predicate: rewrite(self.predicate.clone())? }.into())
    }

    fn details(&self) -> Vec<(&'static str, String)> {
        vec![("", self.predicate.to_string())]
    }
}
