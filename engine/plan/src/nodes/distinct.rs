//! Keeping one row of each key.

use std::sync::Arc;

use weft_core::error::{Error, Result};
use weft_core::{Expr, Schema};

use super::{Node, NodeKind, Rewrite, list, only};
use crate::plan::LogicalPlan;

/// The first row of each combination of the columns `on` (of all columns where it is empty), whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Distinct {
    /// The rows.
    pub input: LogicalPlan,
    /// Names of the columns that must differ.
    pub on: Vec<Arc<str>>,
}

impl Distinct {
    /// The names of the key columns, all where none is given.
    pub fn key_names(&self) -> Vec<Arc<str>> {
        if self.on.is_empty() { self.input.schema().names().cloned().collect() } else { self.on.clone() }
    }
}

impl NodeKind for Distinct {
    fn name(&self) -> &'static str {
        "distinct"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.input]
    }

    fn with_inputs(&self, inputs: Vec<LogicalPlan>) -> Result<Node> {
        Ok(Distinct { input: only(inputs)?, on: self.on.clone() }.into())
    }

    fn schema(&self) -> Result<Schema> {
        for name in self.key_names() {
            let field = self.input.schema().field(&name);
            let field = field.ok_or_else(|| Error::not_found(format!("no column `{name}` for distinct")))?;
            if !field.ty.is_hashable() {
                return Err(Error::type_mismatch(format!("`{name}` is {}, which has no equality", field.ty)));
            }
        }
        Ok(self.input.schema().clone())
    }

    fn exprs(&self) -> Vec<&Expr> {
        Vec::new()
    }

    fn with_exprs(&self, _: Rewrite<'_>) -> Result<Node> {
        Ok(self.clone().into())
    }

    fn details(&self) -> Vec<(&'static str, String)> {
        if self.on.is_empty() { Vec::new() } else { vec![("on", list(&self.on))] }
    }
}
