//! What resolution may ask of the session while a cell is checked and run.

use std::sync::Arc;

use weft_core::registry::TableFunctionRef;
use weft_core::{Error, Expr, Registry, Result, Schema, Settings, Value};
use weft_lang::resolve::Environment;
use weft_plan::LogicalPlan;
use weft_session::Catalog;

use super::Run;
use crate::backend::InputError;

impl Environment for Run<'_> {
    fn registry(&self) -> &Registry {
        self.interpreter.session.registry()
    }

    fn settings(&self) -> Arc<Settings> {
        self.interpreter.session.settings()
    }

    fn catalog(&self) -> Arc<Catalog> {
        self.interpreter.session.catalog()
    }

    fn open(&self, function: &TableFunctionRef, args: Vec<Value>) -> Result<LogicalPlan> {
        self.interpreter.session.open(function, &args, self.cancel)
    }

    fn table(&self, schema: Schema, rows: Vec<Vec<Value>>) -> Result<LogicalPlan> {
        self.interpreter.session.table(schema, &rows)
    }

    fn evaluate(&self, expr: &Expr) -> Result<Value> {
        self.interpreter.session.evaluate(expr, self.cancel)
    }

    fn rows(&self, plan: &LogicalPlan, limit: usize) -> Result<Vec<Vec<Value>>> {
        let limited = plan.clone().limit(0, Some(limit as u64))?;
        let result = self.collect(&limited)?;
        let mut rows = Vec::new();
        for chunk in result.partition.chunks().unwrap_or_default() {
            let chunk = chunk.clone().compact()?;
            for row in 0..chunk.physical_rows() {
                rows.push(chunk.columns().iter().map(|column| column.value(row)).collect::<Result<_>>()?);
            }
        }
        Ok(rows)
    }

    fn input(&self, prompt: &str, secret: bool) -> Result<String> {
        self.io.input(prompt, secret).map_err(|error| match error {
            InputError::Interrupted => Error::cancelled(),
            InputError::NotAllowed | InputError::NoClient => Error::argument(error.to_string()),
        })
    }
}
