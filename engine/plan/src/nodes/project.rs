//! Computing columns.

use weft_core::error::Result;
use weft_core::expr::NamedExpr;
use weft_core::{Expr, Field, Schema};

use super::{Node, NodeKind, Rewrite, check_columns, list, only, rewrite_named};
use crate::plan::LogicalPlan;

/// Exactly the columns `exprs`, computed side by side from the input's row. Keeps order.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// The rows.
    pub input: LogicalPlan,
    /// The output's columns.
    pub exprs: Vec<NamedExpr>,
}

impl NodeKind for Project {
    fn name(&self) -> &'static str {
        "select"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.input]
    }

    fn with_inputs(&self, inputs: Vec<LogicalPlan>) -> Result<Node> {
        Ok(Project { input: only(inputs)?, exprs: self.exprs.clone() }.into())
    }

    fn schema(&self) -> Result<Schema> {
        let field = |e: &NamedExpr| {
            check_columns("select", &e.expr, self.input.schema())?;
            Ok(Field { name: e.name.clone(), ty: e.expr.ty.clone(), nullable: e.expr.nullable })
        };
        Schema::new(self.exprs.iter().map(field).collect::<Result<_>>()?)
    }

    fn exprs(&self) -> Vec<&Expr> {
        self.exprs.iter().map(|e| &e.expr).collect()
    }

    fn with_exprs(&self, rewrite: Rewrite<'_>) -> Result<Node> {
        let exprs = self.exprs.iter().map(|e| rewrite_named(e, rewrite)).collect::<Result<_>>()?;
        Ok(Project { input: self.input.clone(), exprs }.into())
    }

    fn details(&self) -> Vec<(&'static str, String)> {
        vec![("", list(self.exprs.iter().map(named)))]
    }
}

/// `name = expr`, or just the name where the column is passed on.
pub(super) fn named(e: &NamedExpr) -> String {
    if e.expr.as_column() == Some(&e.name) { e.expr.to_string() } else { format!("{} = {}", e.name, e.expr) }
}
