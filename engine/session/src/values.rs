//! Tables and values at once: opening sources, table literals, constants.

use std::sync::Arc;

use weft_core::error::{Error, Result};
use weft_core::registry::TableFunctionRef;
use weft_core::{CancelToken, Chunk, Expr, Schema, Value};
use weft_io::MemorySource;
use weft_plan::LogicalPlan;

use crate::Session;

impl Session {
    /// The table that `function` opens for these arguments, one per parameter.
    ///
    /// # Errors
    /// When the source cannot be opened.
    pub fn open(&self, function: &TableFunctionRef, args: &[Value], cancel: &CancelToken) -> Result<LogicalPlan> {
        LogicalPlan::scan(function.open(args, &self.open_context(cancel))?)
    }

    /// A table of these rows, each with one value per column.
    ///
    /// # Errors
    /// When a row has another length than the schema, or a value does not fit its column.
    pub fn table(&self, schema: Schema, rows: &[Vec<Value>]) -> Result<LogicalPlan> {
        LogicalPlan::scan(Arc::new(MemorySource::from_rows(schema, rows)?))
    }

    /// The value of an expression without columns.
    ///
    /// # Errors
    /// When it cannot be computed.
    pub fn evaluate(&self, expr: &Expr, cancel: &CancelToken) -> Result<Value> {
        let row = Chunk::new(Vec::new(), 1)?;
        let result = weft_compute::evaluate(expr, &row, &self.query_context(cancel))?;
        match result.len() {
            1 => result.value(0),
            n => Err(Error::internal(format!("a constant of {n} values"))),
        }
    }
}
