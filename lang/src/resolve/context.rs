//! The state of resolving one cell: names on top of the session's, diagnostics, actions.

use std::collections::BTreeMap;
use std::sync::Arc;

use weft_core::expr::SortKey;
use weft_core::registry::FunctionRef;
use weft_core::{Error, Expr, Origin, Type, Value};
use weft_plan::LogicalPlan;
use weft_plan::catalog::{Binding, Catalog};
use weft_plan::nodes::Subtable;

use super::error::diagnostic_of;
use super::{Action, ActionKind, Environment, Over, Windows};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic};

/// Something could not be resolved: a diagnostic says why, or it waits for its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failed;

/// What resolution of a part gives.
pub(crate) type Outcome<T> = Result<T, Failed>;

/// What a statement of the same cell made of a name.
#[derive(Debug, Clone)]
pub(crate) enum Known {
    /// It is bound like this.
    Now(Binding),
    /// It will be bound at its turn; where known, a stand-in with the right types.
    Later(Option<Binding>),
    /// Its statement failed: nothing more is said about it.
    Failed,
}

/// What a name stands for.
pub(crate) enum Found {
    /// A table.
    Table(LogicalPlan),
    /// A value.
    Scalar(Type, Value),
    /// Nothing can be said yet, or anymore.
    Silent,
    /// Nothing.
    Missing,
}

/// How selectors inside an item are read.
#[derive(Debug, Clone, Default)]
pub(crate) enum Selection {
    /// They are an error.
    #[default]
    Off,
    /// The first one found is noted here.
    Probe(Option<Vec<Arc<str>>>),
    /// They stand for this column.
    Column(Arc<str>),
}

/// Resolving one cell.
pub(crate) struct Context<'a> {
    pub(crate) env: &'a dyn Environment,
    pub(crate) text: &'a str,
    cell: u32,
    /// Whether earlier statements have run, so that values can be asked for.
    pub(crate) at_turn: bool,
    catalog: Arc<Catalog>,
    names: BTreeMap<Arc<str>, Known>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Whether the statement used a stand-in for a value that comes later.
    pub(crate) waits: bool,
    pub(crate) actions: Vec<Action>,
    pub(crate) selection: Selection,
    /// Names that failed items of the stage would have had: nothing more is said about them.
    pub(crate) failed_items: Vec<String>,
    /// The windows of the stage, where some can stand.
    pub(crate) windows: Option<Windows>,
    /// What stands behind the call that is being resolved.
    pub(crate) over: Option<Over>,
    /// The block of `group` that the stage stands in.
    pub(crate) block: Option<Block>,
    /// The sub-pipelines that the expressions of the stage read.
    pub(crate) subtables: Vec<Subtable>,
    /// The columns around the sub-pipeline at hand, which it does not see.
    pub(crate) outside: Vec<Arc<str>>,
}

/// A block of `group`: stages that run for each group.
#[derive(Debug, Clone, Default)]
pub(crate) struct Block {
    /// The columns that make the groups, those of blocks around it first.
    pub(crate) keys: Vec<Arc<str>>,
    /// Columns that tell where groups first appeared; nobody sees them.
    pub(crate) hidden: Vec<Arc<str>>,
    /// The order in each group, which no node has made yet.
    pub(crate) order: Vec<SortKey>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(env: &'a dyn Environment, text: &'a str, cell: u32, at_turn: bool) -> Self {
        let (names, diagnostics, actions) = (BTreeMap::new(), Vec::new(), Vec::new());
        let (catalog, selection) = (env.catalog(), Selection::Off);
        Context {
            env,
            text,
            cell,
            at_turn,
            catalog,
            names,
            diagnostics,
            waits: false,
            actions,
            selection,
            failed_items: Vec::new(),
            windows: None,
            over: None,
            block: None,
            subtables: Vec::new(),
            outside: Vec::new(),
        }
    }

    /// The place of `span` for the engine.
    pub(crate) fn origin(&self, span: Span) -> Origin {
        Origin::new(self.cell, span.start, span.end)
    }

    /// Reports and fails.
    pub(crate) fn fail<T>(&mut self, diagnostic: Diagnostic) -> Outcome<T> {
        self.diagnostics.push(diagnostic);
        Err(Failed)
    }

    /// Reports an error and fails.
    pub(crate) fn error<T>(&mut self, code: Code, message: impl Into<String>, span: Span) -> Outcome<T> {
        self.fail(Diagnostic::error(code, message, span))
    }

    /// Says that a part of the language is not built yet, and fails.
    pub(crate) fn not_yet<T>(&mut self, what: &str, span: Span) -> Outcome<T> {
        self.error(Code::NOT_YET, format!("{what} not there yet"), span)
    }

    /// A warning; only said when the cell is checked, not again at a statement's turn.
    pub(crate) fn warn(&mut self, diagnostic: Diagnostic) {
        if !self.at_turn {
            self.diagnostics.push(diagnostic);
        }
    }

    /// The engine's result; an error points at its own place, else at `span`.
    pub(crate) fn engine<T>(&mut self, result: weft_core::Result<T>, span: Span) -> Outcome<T> {
        result.map_err(|error| self.engine_error(&error, span))
    }

    /// Reports the engine's error.
    pub(crate) fn engine_error(&mut self, error: &Error, span: Span) -> Failed {
        self.diagnostics.push(diagnostic_of(error, self.cell, span));
        Failed
    }

    /// The stage's plan, with the place where it was written.
    pub(crate) fn plan(&mut self, result: weft_core::Result<LogicalPlan>, span: Span) -> Outcome<LogicalPlan> {
        let origin = self.origin(span);
        self.engine(result, span).map(|plan| plan.at(origin))
    }

    /// A function that the language itself relies on.
    pub(crate) fn function(&mut self, name: &str, span: Span) -> Outcome<FunctionRef> {
        let found = self.env.registry().require_scalar(name);
        self.engine(found, span)
    }

    /// A call of a function that the language itself relies on.
    pub(crate) fn invoke(&mut self, name: &str, args: Vec<Expr>, span: Span) -> Outcome<Expr> {
        let function = self.function(name, span)?;
        let origin = self.origin(span);
        self.engine(Expr::call(function, args), span).map(|e| e.at(origin))
    }

    /// The engine's error as a diagnostic, at its own place or at `span`.
    pub(crate) fn diagnostic(&self, error: &Error, span: Span) -> Diagnostic {
        diagnostic_of(error, self.cell, span)
    }

    /// What `name` stands for.
    pub(crate) fn find(&mut self, name: &str) -> Found {
        let binding = match self.names.get(name) {
            Some(Known::Now(binding)) => Some(binding),
            Some(Known::Later(binding)) => {
                self.waits = true;
                match binding {
                    Some(binding) => Some(binding),
                    None => return Found::Silent,
                }
            }
            Some(Known::Failed) => return Found::Silent,
            None => self.catalog.get(name),
        };
        match binding {
            None => Found::Missing,
            Some(Binding::Table(plan)) => Found::Table(plan.clone()),
            Some(Binding::Scalar(ty, value)) => Found::Scalar(ty.clone(), value.clone()),
        }
    }

    /// Remembers a name for the statements that follow.
    pub(crate) fn know(&mut self, name: Arc<str>, known: Known) {
        self.names.insert(name, known);
    }

    /// Binds a name: an action, and known from here on.
    pub(crate) fn bind(&mut self, name: &str, binding: Binding, span: Span) {
        let name: Arc<str> = name.into();
        self.know(Arc::clone(&name), if self.waits { Known::Later(Some(binding.clone())) } else { Known::Now(binding.clone()) });
        self.act(ActionKind::Bind { name, binding }, span);
    }

    /// Adds an action.
    pub(crate) fn act(&mut self, kind: ActionKind, span: Span) {
        self.actions.push(Action { kind, span });
    }

    /// All names that are tables, or all that are values.
    pub(crate) fn session_names(&self, tables: bool) -> Vec<Arc<str>> {
        let is = |binding: &Binding| matches!(binding, Binding::Table(_)) == tables;
        let own = self.names.iter().filter(|(_, known)| matches!(known, Known::Now(b) | Known::Later(Some(b)) if is(b)));
        let session = self.catalog.iter().filter(|(name, binding)| is(binding) && !self.names.contains_key(*name));
        own.map(|(name, _)| Arc::clone(name)).chain(session.map(|(name, _)| Arc::clone(name))).collect()
    }
}

/// Below this many bytes of stack, more is taken.
const STACK_LEFT: usize = 128 << 10;

/// How much more, in bytes.
const STACK_MORE: usize = 2 << 20;

/// Runs `f` with enough stack for one more level.
pub(super) fn deep<T>(f: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(STACK_LEFT, STACK_MORE, f)
}
