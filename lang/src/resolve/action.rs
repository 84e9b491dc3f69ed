//! What a statement asks its caller to do.

use std::sync::Arc;

use weft_core::{Type, Value};
use weft_plan::LogicalPlan;
use weft_plan::catalog::Binding;

use crate::Span;

/// One thing to do, and the place in the cell that asks for it.
#[derive(Debug, Clone)]
pub struct Action {
    /// What.
    pub kind: ActionKind,
    /// The statement or stage.
    pub span: Span,
}

/// What is to be done.
#[derive(Debug, Clone)]
pub enum ActionKind {
    /// Bind a name in the session's catalog.
    Bind {
        /// The name.
        name: Arc<str>,
        /// What it stands for from now on.
        binding: Binding,
    },
    /// Show the first rows of a table.
    Show {
        /// The table.
        plan: LogicalPlan,
        /// How many rows, where `show n` says so; else the setting `preview_rows`.
        rows: Option<usize>,
        /// Whether it is the cell's result, and not output on the way (`| show`).
        result: bool,
    },
    /// Show a value.
    Value {
        /// Its type.
        ty: Type,
        /// The value.
        value: Value,
        /// Whether it is the cell's result.
        result: bool,
    },
    /// Show how a plan runs.
    Explain {
        /// The plan, as written.
        plan: LogicalPlan,
        /// Whether it runs first, to show what happened.
        analyze: bool,
    },
    /// Change a setting.
    Set {
        /// Its name.
        name: String,
        /// Its value; known to be accepted.
        value: Value,
    },
    /// Write text to a stream, a line end appended already.
    Print {
        /// The text.
        text: String,
        /// Whether to standard error.
        stderr: bool,
    },
    /// Show a page of the manual.
    Help {
        /// A function, verb, setting or error code; the overview without one.
        topic: Option<String>,
    },
    /// Put a text in the place of the cell's own.
    ReplaceCell {
        /// The text.
        text: String,
    },
    /// Clear the cell's output.
    Clear,
}
