//! From a cell's text to what it does: the language over a session of the engine.
//!
//! A cell is checked whole; then its actions are carried out one after another. Names are bound in the session as they
//! come, so an error or an interrupt leaves everything that was bound before it.

mod actions;
mod assist;
mod backend;
mod environment;
mod explain;
mod failure;
mod help;
mod numbers;
mod query;
mod settings;
mod show;

use std::sync::Arc;

use weft_core::{CancelToken, Type, Value};
use weft_lang::Span;
use weft_lang::diagnostics::{Diagnostic, Severity, render_ansi, render_plain};
use weft_lang::resolve::check;
use weft_plan::LogicalPlan;
use weft_session::{Binding, QueryResult, Session};

use crate::backend::{CellIo, Stdio};
use crate::mime::MimeBundle;

pub use backend::WeftBackend;
pub use failure::Failure;

use numbers::Numbers;

/// Runs cells. Shared by threads: each cell works on the names that are bound when it looks at them.
pub struct Interpreter {
    session: Arc<Session>,
    numbers: Numbers,
}

/// A cell on its way.
pub struct Run<'a> {
    interpreter: &'a Interpreter,
    /// The cell's text.
    text: &'a str,
    /// The number under which the engine knows the cell.
    cell: u32,
    io: &'a Arc<dyn CellIo>,
    cancel: &'a CancelToken,
}

/// What a cell gives: computed by whoever shows it.
pub struct Shown {
    /// What it is.
    pub kind: ShownKind,
    /// The statement that gave it.
    pub span: Span,
}

/// What a cell gives.
pub enum ShownKind {
    /// A table, not yet computed.
    Table(LogicalPlan),
    /// A value.
    Value(Type, Value),
    /// An explanation.
    Page(MimeBundle),
}

impl Interpreter {
    /// An interpreter with an empty session. Relative paths start at `working_dir`; `settings` are names and their
    /// texts, as the environment has them.
    ///
    /// # Errors
    /// If a setting is unknown or its text is no value for it.
    pub fn new(working_dir: &str, settings: &[(String, String)]) -> Result<Self, String> {
        let session = Session::new(working_dir);
        for (name, text) in settings {
            settings::apply(&session, name, text)?;
        }
        Ok(Interpreter { session: Arc::new(session), numbers: Numbers::default() })
    }

    /// The interpreter of this process: its folder, its environment.
    ///
    /// # Errors
    /// If the folder is gone, or a setting in the environment is no value for it.
    pub fn open() -> Result<Self, String> {
        let dir = std::env::current_dir().map_err(|error| format!("cannot tell the current folder: {error}"))?;
        let names = weft_core::settings::SETTINGS.iter().map(|setting| setting.name);
        Self::new(&dir.to_string_lossy(), &crate::config::session_settings(names))
    }

    /// The session.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Binds a value to a name before any cell runs.
    pub fn bind(&self, name: &str, ty: Type, value: Value) {
        self.session.bind(name, Binding::Scalar(ty, value));
    }

    /// The page of the manual on a verb, function, setting or error code; the overview without a topic.
    ///
    /// # Errors
    /// If there is none of that name.
    pub fn page(&self, topic: Option<&str>) -> weft_core::Result<MimeBundle> {
        help::page(self.session.registry(), &self.session.settings(), topic)
    }

    /// A cell that is about to run. `number` is the one that the user sees.
    pub fn cell<'a>(&'a self, text: &'a str, number: usize, io: &'a Arc<dyn CellIo>, cancel: &'a CancelToken) -> Run<'a> {
        Run { interpreter: self, text, cell: self.numbers.claim(number), io, cancel }
    }
}

impl Run<'_> {
    /// What is wrong with the cell, as far as it can be told without running anything.
    pub fn check(&self) -> Vec<Diagnostic> {
        check(self.text, self.cell, self).diagnostics
    }

    /// Runs the cell; what it gives is left for the caller to compute.
    ///
    /// # Errors
    /// What is wrong with the cell. Its actions up to there stay done.
    pub fn run(&self) -> Result<Option<Shown>, Failure> {
        let checked = check(self.text, self.cell, self);
        if self.cancel.is_cancelled() {
            return Err(Failure::Interrupted);
        }
        if checked.has_errors() {
            return Err(Failure::Diagnostics(checked.diagnostics));
        }
        self.warn(&checked.diagnostics);
        let mut shown = None;
        let last = checked.steps.len().saturating_sub(1);
        for (at, step) in checked.steps.iter().enumerate() {
            let actions = step.actions(self).map_err(|found| self.failed(found))?;
            let final_action = actions.len().saturating_sub(1);
            for (nth, action) in actions.into_iter().enumerate() {
                let gives = at == last && nth == final_action;
                shown = self.act(action, gives)?.or(shown);
            }
        }
        Ok(shown)
    }

    /// The first rows, or the value, as front ends show it.
    ///
    /// # Errors
    /// If it cannot be computed.
    pub fn preview(&self, shown: &Shown) -> Result<MimeBundle, Failure> {
        match &shown.kind {
            ShownKind::Table(plan) => self.table(plan, None, shown.span),
            ShownKind::Value(ty, value) => {
                crate::display::scalar(ty, value).map_err(|error| self.engine_failed(&error, shown.span))
            }
            ShownKind::Page(bundle) => Ok(bundle.clone()),
        }
    }

    /// All rows of a table that the cell gave.
    ///
    /// # Errors
    /// If they cannot be computed, or do not fit into memory.
    pub fn whole(&self, plan: &LogicalPlan, span: Span) -> Result<QueryResult, Failure> {
        self.collect(plan).map_err(|error| self.engine_failed(&error, span))
    }

    /// The engine's error at its place in the cell, else at `span`.
    pub fn engine_failed(&self, error: &weft_core::Error, span: Span) -> Failure {
        self.failed(vec![weft_lang::resolve::diagnostic_of(error, self.cell, span)])
    }

    fn failed(&self, found: Vec<Diagnostic>) -> Failure {
        if self.cancel.is_cancelled() { Failure::Interrupted } else { Failure::Diagnostics(found) }
    }

    /// Says what is probably not as meant; it stops nothing.
    fn warn(&self, found: &[Diagnostic]) {
        let warnings: Vec<Diagnostic> = found.iter().filter(|d| d.severity == Severity::Warning).cloned().collect();
        if !warnings.is_empty() {
            let render = if self.io.shows_colours() { render_ansi } else { render_plain };
            self.io.stream(Stdio::Stderr, &render(self.text, &warnings));
        }
    }
}
