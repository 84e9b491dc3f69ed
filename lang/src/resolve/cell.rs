//! Cells: checked whole, then run step by step.

use std::sync::Arc;

use weft_plan::LogicalPlan;

use super::{Action, ActionKind, Context, Environment, Failed};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic};
use crate::format::format;
use crate::syntax::{Cell, Directive, Pipe, Stmt, StmtKind, parse};

/// A cell after its check.
#[derive(Debug)]
pub struct Checked {
    /// One for each statement that does anything, in order.
    pub steps: Vec<Step>,
    /// What is wrong, in order of place. With an error among them nothing of the cell may run.
    pub diagnostics: Vec<Diagnostic>,
}

impl Checked {
    /// Whether nothing of the cell may run.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// A statement that passed the check.
#[derive(Debug)]
pub struct Step {
    /// Where it stands.
    pub span: Span,
    ready: Option<Vec<Action>>,
    stmt: Stmt,
    last: bool,
    text: Arc<str>,
    cell: u32,
}

impl Step {
    /// What to do now. To be called when the actions of all earlier steps are done, because a step may read their values.
    ///
    /// # Errors
    /// Diagnostics, where the values turn out not to fit.
    pub fn actions(&self, env: &dyn Environment) -> Result<Vec<Action>, Vec<Diagnostic>> {
        if let Some(actions) = &self.ready {
            return Ok(actions.clone());
        }
        let mut cx = Context::new(env, &self.text, self.cell, true);
        let outcome = cx.statement(&self.stmt, self.last);
        match outcome {
            Ok(()) => Ok(cx.actions),
            Err(Failed) if cx.diagnostics.is_empty() => {
                let message = "this statement was left unresolved";
                Err(vec![Diagnostic::error(Code::INTERNAL, message, self.span)])
            }
            Err(Failed) => {
                cx.diagnostics.dedup();
                Err(cx.diagnostics)
            }
        }
    }

    /// Whether it is resolved only at its turn.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.ready.is_none()
    }
}

/// Parses and checks a cell. `cell` is its number, from 1: errors of the engine carry it back.
#[must_use]
pub fn check(text: &str, cell: u32, env: &dyn Environment) -> Checked {
    let (tree, mut diagnostics) = parse(text);
    let shared: Arc<str> = text.into();
    if let Some(directive) = &tree.directive {
        return match directed(text, directive) {
            Ok(kind) => {
                let action = Action { kind, span: directive.span };
                let stmt = Stmt { kind: StmtKind::Error, span: directive.span };
                let step = Step { span: stmt.span, ready: Some(vec![action]), stmt, last: false, text: shared, cell };
                Checked { steps: vec![step], diagnostics }
            }
            Err(found) => Checked { steps: Vec::new(), diagnostics: found },
        };
    }
    let mut cx = Context::new(env, text, cell, false);
    let last = last_shown(&tree);
    let mut steps = Vec::with_capacity(tree.stmts.len());
    for (at, stmt) in tree.stmts.iter().enumerate() {
        let last = last == Some(at);
        let before = cx.diagnostics.len();
        let ready = check_statement(&mut cx, stmt, last);
        if has_repaired_brackets(&diagnostics, stmt.span) {
            // Where a bracket was made up, what stands inside is a guess: its names are not complained about.
            cx.diagnostics.truncate(before);
        }
        if let Some(ready) = ready {
            steps.push(Step { span: stmt.span, ready, stmt: stmt.clone(), last, text: Arc::clone(&shared), cell });
        }
    }
    diagnostics.append(&mut cx.diagnostics);
    diagnostics.sort_by_key(Diagnostic::span);
    // The subject of a `match` is resolved once for each arm, and the grammar may have said the same.
    diagnostics.dedup_by(|b, a| a.code == b.code && a.span() == b.span());
    if diagnostics.iter().any(Diagnostic::is_error) {
        // A stage that broke off makes a result of what it belongs to.
        diagnostics.retain(|diagnostic| diagnostic.code != Code::NOT_SHOWN.id);
    }
    Checked { steps, diagnostics }
}

/// What `%%name` on the first line of a cell asks for.
fn directed(text: &str, directive: &Directive) -> Result<ActionKind, Vec<Diagnostic>> {
    if directive.name.text == "fmt" {
        // An empty line in the place of the first, so that errors have the places of the cell.
        let body = " ".repeat(directive.span.end) + "\n" + directive.body.of(text);
        return format(&body).map(|text| ActionKind::ReplaceCell { text });
    }
    let message = format!("cells in another language (`%%{}`) are not there yet", directive.name.text);
    Err(vec![Diagnostic::error(Code::NOT_YET, message, directive.span)])
}

fn has_repaired_brackets(diagnostics: &[Diagnostic], span: Span) -> bool {
    let codes = [Code::NEVER_CLOSED.id, Code::STRAY_CLOSER.id];
    diagnostics.iter().any(|d| codes.contains(&d.code) && span.start <= d.span().start && d.span().end <= span.end)
}

/// Nothing for a failed statement, `Some(None)` for one that waits for its turn.
fn check_statement(cx: &mut Context<'_>, stmt: &Stmt, last: bool) -> Option<Option<Vec<Action>>> {
    cx.waits = false;
    let before = cx.diagnostics.len();
    let outcome = cx.statement(stmt, last);
    let actions = std::mem::take(&mut cx.actions);
    let failed = cx.diagnostics.iter().skip(before).any(Diagnostic::is_error);
    match outcome {
        Ok(()) if !failed => Some((!cx.waits).then_some(actions)),
        Err(Failed) if cx.waits && !failed => Some(None),
        _ => None,
    }
}

/// The position of the statement whose value the cell shows: the last one, where it is a pipeline or value.
fn last_shown(tree: &Cell) -> Option<usize> {
    let at = tree.stmts.len().checked_sub(1)?;
    matches!(tree.stmts.get(at)?.kind, StmtKind::Pipe(_)).then_some(at)
}

/// The table at the byte offset `offset` of a cell, before the stage that stands there: for completion.
///
/// Opens sources, but runs nothing. What is wrong elsewhere in the cell is passed over.
#[must_use]
pub fn plan_before(text: &str, offset: usize, env: &dyn Environment) -> Option<LogicalPlan> {
    let (tree, _) = parse(text);
    let mut cx = Context::new(env, text, 1, false);
    let at = tree.stmts.iter().rposition(|stmt| stmt.span.start <= offset)?;
    for stmt in tree.stmts.iter().take(at) {
        check_statement(&mut cx, stmt, false);
    }
    let (StmtKind::Let { pipe, .. } | StmtKind::Pipe(pipe)) = &tree.stmts.get(at)?.kind else { return None };
    cx.stages_before(&innermost(pipe, offset), offset)
}

/// The pipe in parentheses around `offset`, else the whole.
fn innermost(pipe: &Pipe, offset: usize) -> Pipe {
    super::pipe::inner_pipes(pipe)
        .into_iter()
        .find(|inner| inner.span.start <= offset && offset <= inner.span.end)
        .map_or_else(|| pipe.clone(), |inner| innermost(&inner, offset))
}
