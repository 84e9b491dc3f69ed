//! Rows of several tables, one after the other.

use weft_core::error::{Error, Result};
use weft_core::{Expr, Field, Schema};

use super::{Node, NodeKind, Rewrite};
use crate::plan::LogicalPlan;

/// The rows of all inputs in their order, duplicates kept. Columns match by position and have the same names and types:
/// whoever builds the node casts and reorders first.
#[derive(Debug, Clone, PartialEq)]
pub struct Union {
    /// At least one.
    pub inputs: Vec<LogicalPlan>,
}

impl NodeKind for Union {
    fn name(&self) -> &'static str {
        "union"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        self.inputs.iter().collect()
    }

    fn with_inputs(&self, inputs: Vec<LogicalPlan>) -> Result<Node> {
        Ok(Union { inputs }.into())
    }

    fn schema(&self) -> Result<Schema> {
        let (first, rest) = self.inputs.split_first().ok_or_else(|| Error::internal("a union of nothing"))?;
        let mut fields: Vec<Field> = first.schema().fields().to_vec();
        for input in rest {
            let other = input.schema().fields();
            let same = |(a, b): (&Field, &Field)| a.name == b.name && a.ty == b.ty;
            if other.len() != fields.len() || !fields.iter().zip(other).all(same) {
                return Err(Error::internal("the inputs of a union differ in their columns"));
            }
            fields.iter_mut().zip(other).for_each(|(f, g)| f.nullable |= g.nullable);
        }
        Schema::new(fields)
    }

    fn exprs(&self) -> Vec<&Expr> {
        Vec::new()
    }

    fn with_exprs(&self, _: Rewrite<'_>) -> Result<Node> {
        Ok(self.clone().into())
    }

    fn details(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }
}
