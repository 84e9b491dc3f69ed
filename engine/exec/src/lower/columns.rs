//! Expressions that a sink or operator needs as columns.

use weft_core::error::Result;
use weft_core::expr::{ColumnRef, ExprKind};
use weft_core::{Expr, Schema};

use super::{Fragment, Lowering, all_columns};

impl Lowering<'_> {
    /// The positions at which `exprs` stand among the fragment's columns (named by `schema`); those that are no plain
    /// columns are appended.
    pub(super) fn columns(&self, fragment: &mut Fragment, schema: &Schema, exprs: Vec<Expr>) -> Result<Vec<usize>> {
        let bound = exprs.into_iter().map(|e| e.bind(schema)).collect::<Result<Vec<_>>>()?;
        let cheap = self.extract(fragment, bound, schema.len())?;
        let mut columns = all_columns(schema);
        let mut positions = Vec::with_capacity(cheap.len());
        for expr in cheap {
            let place = match expr.kind {
                ExprKind::Column(ColumnRef::Index(index)) if index < schema.len() => Some(index),
                _ => columns.iter().position(|c| *c == expr),
            };
            positions.push(place.unwrap_or(columns.len()));
            if place.is_none() {
                columns.push(expr);
            }
        }
        if columns.len() > schema.len() {
            self.project(fragment, columns);
        }
        Ok(positions)
    }
}
