//! Ordering rows.

use weft_core::error::{Error, Result};
use weft_core::expr::SortKey;
use weft_core::{Expr, Schema};

use super::{Node, NodeKind, Rewrite, check_columns, list, only};
use crate::plan::LogicalPlan;

/// All rows by `keys`; stable.
#[derive(Debug, Clone, PartialEq)]
pub struct Sort {
    /// The rows.
    pub input: LogicalPlan,
    /// The keys, most important first; at least one.
    pub keys: Vec<SortKey>,
}

impl NodeKind for Sort {
    fn name(&self) -> &'static str {
        "sort"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.input]
    }

    fn with_inputs(&self, inputs: Vec<LogicalPlan>) -> Result<Node> {
        Ok(Sort { input: only(inputs)?, keys: self.keys.clone() }.into())
    }

    fn schema(&self) -> Result<Schema> {
        check_keys(&self.keys, self.input.schema())?;
        Ok(self.input.schema().clone())
    }

    fn exprs(&self) -> Vec<&Expr> {
        self.keys.iter().map(|k| &k.expr).collect()
    }

    fn with_exprs(&self, rewrite: Rewrite<'_>) -> Result<Node> {
        Ok(Sort { input: self.input.clone(), keys: rewrite_keys(&self.keys, rewrite)? }.into())
    }

    fn details(&self) -> Vec<(&'static str, String)> {
        vec![("", list(&self.keys))]
    }
}

pub(super) fn rewrite_keys(keys: &[SortKey], rewrite: Rewrite<'_>) -> Result<Vec<SortKey>> {
    keys.iter().map(|k| Ok(SortKey { expr: rewrite(k.expr.clone())?, ..k.clone() })).collect()
}

pub(super) fn check_keys(keys: &[SortKey], schema: &Schema) -> Result<()> {
    for key in keys {
        check_columns("sort", &key.expr, schema)?;
        if !key.expr.ty.is_ordered() {
            return Err(Error::type_mismatch(format!("cannot sort by {}: it has no order", key.expr.ty)).at(key.expr.origin));
        }
    }
    Ok(())
}
