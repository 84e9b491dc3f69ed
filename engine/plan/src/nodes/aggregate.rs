//! Folding groups of rows.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use weft_core::error::{Error, Result};
use weft_core::expr::NamedExpr;
use weft_core::{AggregateCall, Expr, Field, Schema};

use super::{Node, NodeKind, Rewrite, check_columns, list, only, project::named, rewrite_named};
use crate::plan::LogicalPlan;

/// One row for each combination of `keys` (nulls are a value); without keys exactly one row.
///
/// Groups come by first appearance where order is observed.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// The rows.
    pub input: LogicalPlan,
    /// What is grouped by; the first columns of the output.
    pub keys: Vec<NamedExpr>,
    /// What is computed of each group; the columns after the keys.
    pub aggregates: Vec<NamedAggregate>,
}

/// An aggregate with the name of the column it makes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NamedAggregate {
    /// The column's name.
    pub name: Arc<str>,
    /// How it is computed.
    pub call: AggregateCall,
}

impl NodeKind for Aggregate {
    fn name(&self) -> &'static str {
        "group"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.input]
    }

    fn with_inputs(&self, inputs: Vec<LogicalPlan>) -> Result<Node> {
        Ok(Aggregate { input: only(inputs)?, keys: self.keys.clone(), aggregates: self.aggregates.clone() }.into())
    }

    fn schema(&self) -> Result<Schema> {
        let mut fields = Vec::with_capacity(self.keys.len() + self.aggregates.len());
        for key in &self.keys {
            check_columns("group", &key.expr, self.input.schema())?;
            if !key.expr.ty.is_hashable() {
                return Err(Error::type_mismatch(format!("cannot group by `{}`: {} has no equality", key.name, key.expr.ty))
                    .at(key.expr.origin));
            }
            fields.push(Field { name: key.name.clone(), ty: key.expr.ty.clone(), nullable: key.expr.nullable });
        }
        for aggregate in &self.aggregates {
            aggregate.call.exprs().try_for_each(|e| check_columns("group", e, self.input.schema()))?;
            let call = &aggregate.call;
            fields.push(Field { name: aggregate.name.clone(), ty: call.ty.clone(), nullable: call.nullable });
        }
        Schema::new(fields)
    }

    fn exprs(&self) -> Vec<&Expr> {
        let keys = self.keys.iter().map(|k| &k.expr);
        keys.chain(self.aggregates.iter().flat_map(|a| a.call.exprs())).collect()
    }

    fn with_exprs(&self, rewrite: Rewrite<'_>) -> Result<Node> {
        let keys = self.keys.iter().map(|k| rewrite_named(k, rewrite)).collect::<Result<_>>()?;
        let mut aggregates = self.aggregates.clone();
        for expr in aggregates.iter_mut().flat_map(|a| a.call.exprs_mut()) {
            *expr = rewrite(expr.clone())?;
        }
        Ok(Aggregate { input: self.input.clone(), keys, aggregates }.into())
    }

    fn details(&self) -> Vec<(&'static str, String)> {
        let aggregates = list(self.aggregates.iter().map(|a| format!("{} = {}", a.name, a.call)));
        let mut details = Vec::new();
        if !self.keys.is_empty() {
            details.push(("by", list(self.keys.iter().map(named))));
        }
        if !self.aggregates.is_empty() {
            details.push(("compute", aggregates));
        }
        details
    }
}
