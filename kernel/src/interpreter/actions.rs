//! What cells ask for, carried out.

use weft_lang::Span;
use weft_lang::resolve::{Action, ActionKind};

use super::{Failure, Run, Shown, ShownKind};
use crate::backend::Stdio;

impl Run<'_> {
    /// Carries out one action. `gives` says that nothing comes after it, so that an explanation is the cell's result.
    pub(super) fn act(&self, action: Action, gives: bool) -> Result<Option<Shown>, Failure> {
        let span = action.span;
        let kind = match action.kind {
            ActionKind::Show { plan, result: true, .. } => ShownKind::Table(plan),
            ActionKind::Value { ty, value, result: true } => ShownKind::Value(ty, value),
            ActionKind::Explain { plan, analyze } => {
                let bundle = self.explained(&plan, analyze).map_err(|error| self.engine_failed(&error, span))?;
                if !gives {
                    self.io.display(&bundle, None);
                    return Ok(None);
                }
                ShownKind::Page(bundle)
            }
            other => return self.act_silently(other, span).map(|()| None),
        };
        Ok(Some(Shown { kind, span }))
    }

    /// An action that gives no result.
    fn act_silently(&self, kind: ActionKind, span: Span) -> Result<(), Failure> {
        let session = &self.interpreter.session;
        match kind {
            ActionKind::Bind { name, binding } => session.bind(name, binding),
            ActionKind::Set { name, value } => {
                session.set(&name, &value).map_err(|error| self.engine_failed(&error, span))?;
            }
            ActionKind::Show { plan, rows, .. } => self.io.display(&self.table(&plan, rows, span)?, None),
            ActionKind::Value { ty, value, .. } => {
                let bundle = crate::display::scalar(&ty, &value).map_err(|error| self.engine_failed(&error, span))?;
                self.io.display(&bundle, None);
            }
            ActionKind::Print { text, stderr } => {
                self.io.stream(if stderr { Stdio::Stderr } else { Stdio::Stdout }, &text);
            }
            ActionKind::ReplaceCell { text } => self.io.replace_cell(&text),
            ActionKind::Help { topic } => match self.interpreter.page(topic.as_deref()) {
                Ok(page) => self.io.page(&page),
                Err(error) => return Err(self.engine_failed(&error, span)),
            },
            ActionKind::Clear => self.io.clear_output(false),
            ActionKind::Explain { plan, analyze } => {
                let bundle = self.explained(&plan, analyze).map_err(|error| self.engine_failed(&error, span))?;
                self.io.display(&bundle, None);
            }
        }
        Ok(())
    }
}
