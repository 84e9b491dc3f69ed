//! Pipes: a source, and stages one after the other.

use weft_plan::LogicalPlan;

use super::context::deep;
use super::{Context, Outcome, Scope};
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::syntax::{self as ast, Core, Pipe, SourceKind, Stage};
use crate::verbs;

impl Context<'_> {
    /// The table of a pipe.
    pub(crate) fn pipe(&mut self, pipe: &Pipe) -> Outcome<LogicalPlan> {
        // A pipe inside another one knows nothing of the windows and blocks around it.
        let (windows, over, block) = (self.windows.take(), self.over.take(), self.block.take());
        let plan = self.whole_pipe(pipe);
        (self.windows, self.over, self.block) = (windows, over, block);
        plan
    }

    fn whole_pipe(&mut self, pipe: &Pipe) -> Outcome<LogicalPlan> {
        let Some(source) = pipe.source() else {
            return self.error(Code::NOT_A_TABLE, "this is a value, not a table", pipe.head.span);
        };
        let mut plan = self.source(&source)?;
        let mut failed = false;
        for stage in &pipe.stages {
            let before = self.diagnostics.len();
            match self.stage(plan.clone(), stage) {
                Ok(next) => plan = next,
                // The columns are the same as before, so later stages can still be checked. A count that waits for its
                // value is no failure: the whole statement is resolved again then.
                Err(_) if verbs::find(&stage.verb.text).is_some_and(|verb| verb.keeps_columns) => {
                    failed |= self.at_turn || !self.waits || self.diagnostics.len() > before;
                }
                Err(failure) => return Err(failure),
            }
        }
        if failed { Err(super::Failed) } else { Ok(plan) }
    }

    /// A pipe in a row expression, which does not see the columns of `scope`: its actions are those of no statement.
    pub(crate) fn sub_table(&mut self, scope: Scope<'_>, pipe: &Pipe) -> Outcome<LogicalPlan> {
        let selection = std::mem::take(&mut self.selection);
        let around = self.outside.len();
        self.outside.extend(scope.names());
        let plan = deep(|| self.pipe(pipe));
        self.outside.truncate(around);
        self.selection = selection;
        plan
    }

    /// The plan of one stage over its input.
    pub(crate) fn stage(&mut self, plan: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
        let name = stage.verb.text.as_str();
        let before = std::mem::take(&mut self.failed_items);
        let around = std::mem::take(&mut self.subtables);
        let outcome = self.stage_of(name, plan, stage);
        self.failed_items = before;
        let tables = std::mem::replace(&mut self.subtables, around);
        let plan = outcome?;
        if tables.is_empty() { Ok(plan) } else { self.plan(plan.with_tables(tables), stage.span) }
    }

    fn stage_of(&mut self, name: &str, plan: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
        match (&stage.core, verbs::find(name)) {
            // The parser has said what is wrong.
            (Core::Error, _) => Err(super::Failed),
            (Core::Call(_), _) => self.function_stage(stage),
            (_, Some(verb)) => (verb.apply)(self, plan, stage),
            (_, None) => self.not_yet(&format!("`{name}` is"), stage.verb.span),
        }
    }

    fn function_stage(&mut self, stage: &Stage) -> Outcome<LogicalPlan> {
        let name = stage.verb.text.as_str();
        let diagnostic = Diagnostic::error(
            Code::NOT_YET,
            format!("functions on tables such as `{name}(…)` are not there yet"),
            stage.verb.span,
        );
        let near = suggest(name, ast::verbs::VERBS.iter().map(|(verb, _)| *verb));
        self.fail(match near {
            Some(near) => diagnostic.help(format!("did you mean the verb `{near}`?")),
            None => diagnostic,
        })
    }

    /// The table before the stage at a byte offset: for completion.
    pub(crate) fn stages_before(&mut self, pipe: &Pipe, offset: usize) -> Option<LogicalPlan> {
        let mut plan = self.source(&pipe.source()?).ok()?;
        for stage in pipe.stages.iter().take_while(|stage| stage.span.end < offset) {
            match self.stage(plan.clone(), stage) {
                Ok(next) => plan = next,
                Err(_) if verbs::find(&stage.verb.text).is_some_and(|verb| verb.keeps_columns) => {}
                Err(_) => return None,
            }
        }
        Some(plan)
    }
}

/// The pipes in parentheses that stand as sources in a pipe.
pub(super) fn inner_pipes(pipe: &Pipe) -> Vec<Pipe> {
    let sources = pipe.stages.iter().flat_map(|stage| match &stage.core {
        Core::Join(join) => vec![join.source.clone()],
        Core::Sources(sources) => sources.clone(),
        _ => Vec::new(),
    });
    let inner = pipe.source().into_iter().chain(sources).filter_map(|source| match source.kind {
        SourceKind::Pipe(pipe) => Some(*pipe),
        _ => None,
    });
    inner.collect()
}
