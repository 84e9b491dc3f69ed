//! What resolution asks of the session around it.

use std::sync::Arc;

use weft_core::registry::TableFunctionRef;
use weft_core::{Expr, Registry, Result, Schema, Settings, Value};
use weft_plan::LogicalPlan;
use weft_plan::catalog::Catalog;

/// The session as resolution sees it: what is known by name, and ways to get at values.
///
/// Resolution works on the snapshots it is given; carrying out its actions is the caller's.
pub trait Environment {
    /// Functions, aggregates and sources.
    fn registry(&self) -> &Registry;

    /// The settings now.
    fn settings(&self) -> Arc<Settings>;

    /// The names bound now.
    fn catalog(&self) -> Arc<Catalog>;

    /// The table that `function` opens for these arguments, one per parameter.
    ///
    /// # Errors
    /// When the source cannot be opened.
    fn open(&self, function: &TableFunctionRef, args: Vec<Value>) -> Result<LogicalPlan>;

    /// A table of these rows, each with one value per column.
    ///
    /// # Errors
    /// When a value does not fit its column.
    fn table(&self, schema: Schema, rows: Vec<Vec<Value>>) -> Result<LogicalPlan>;

    /// The value of an expression without columns.
    ///
    /// # Errors
    /// When it cannot be computed.
    fn evaluate(&self, expr: &Expr) -> Result<Value>;

    /// The first rows of a plan, at most `limit`: for `$t`, scalar sub-pipelines, `in` a table. Runs the plan.
    ///
    /// # Errors
    /// When the plan fails or is interrupted.
    fn rows(&self, plan: &LogicalPlan, limit: usize) -> Result<Vec<Vec<Value>>>;

    /// Asks the user for a line.
    ///
    /// # Errors
    /// When nobody can be asked.
    fn input(&self, prompt: &str, secret: bool) -> Result<String>;
}
