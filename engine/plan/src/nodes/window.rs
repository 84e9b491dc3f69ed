//! Computing over the partitions of rows.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use weft_core::error::{Error, Result};
use weft_core::expr::SortKey;
use weft_core::{Expr, Field, Schema, WindowCall};

use super::sort::{check_keys, rewrite_keys};
use super::{Node, NodeKind, Rewrite, check_columns, list, only};
use crate::plan::LogicalPlan;

/// All rows, where they stand, with a column more for each call: computed over the rows that agree in `partition`
/// (nulls are a value; without keys over all), in the order of `order`, ties as they stand in the input.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// The rows.
    pub input: LogicalPlan,
    /// What the partitions are made by.
    pub partition: Vec<Expr>,
    /// The order in each partition; rows stand as they arrive without.
    pub order: Vec<SortKey>,
    /// What is computed; at least one.
    pub calls: Vec<NamedWindow>,
}

/// A window with the name of the column it makes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NamedWindow {
    /// The column's name.
    pub name: Arc<str>,
    /// How it is computed.
    pub call: WindowCall,
}

impl Window {
    /// The columns of the input that are partition keys as they are.
    pub fn key_columns(&self) -> Vec<Arc<str>> {
        self.partition.iter().filter_map(Expr::as_column).cloned().collect()
    }
}

impl NodeKind for Window {
    fn name(&self) -> &'static str {
        "window"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.input]
    }

    fn with_inputs(&self, inputs: Vec<LogicalPlan>) -> Result<Node> {
        Ok(Window { input: only(inputs)?, ..self.clone() }.into())
    }

    fn schema(&self) -> Result<Schema> {
        let input = self.input.schema();
        for key in &self.partition {
            check_columns("window", key, input)?;
            if !key.ty.is_hashable() {
                let message = format!("cannot make partitions by {}: it has no equality", key.ty);
                return Err(Error::type_mismatch(message).at(key.origin));
            }
        }
        check_keys(&self.order, input)?;
        let mut fields = input.fields().to_vec();
        for NamedWindow { name, call } in &self.calls {
            call.exprs().try_for_each(|e| check_columns("window", e, input))?;
            if call.needs_order() && self.order.is_empty() {
                return Err(Error::argument(format!("`{call}` needs a sort key")).at(call.origin));
            }
            fields.push(Field { name: Arc::clone(name), ty: call.ty().clone(), nullable: call.nullable() });
        }
        Schema::new(fields)
    }

    fn exprs(&self) -> Vec<&Expr> {
        let keys = self.partition.iter().chain(self.order.iter().map(|k| &k.expr));
        keys.chain(self.calls.iter().flat_map(|c| c.call.exprs())).collect()
    }

    fn with_exprs(&self, rewrite: Rewrite<'_>) -> Result<Node> {
        let partition = self.partition.iter().map(|e| rewrite(e.clone())).collect::<Result<_>>()?;
        let order = rewrite_keys(&self.order, rewrite)?;
        let mut calls = self.calls.clone();
        for expr in calls.iter_mut().flat_map(|c| c.call.exprs_mut()) {
            *expr = rewrite(expr.clone())?;
        }
        Ok(Window { input: self.input.clone(), partition, order, calls }.into())
    }

    fn details(&self) -> Vec<(&'static str, String)> {
        let mut details = Vec::new();
        if !self.partition.is_empty() {
            details.push(("by", list(&self.partition)));
        }
        if !self.order.is_empty() {
            details.push(("sort", list(&self.order)));
        }
        details.push(("compute", list(self.calls.iter().map(|c| format!("{} = {}", c.name, c.call)))));
        details
    }
}
