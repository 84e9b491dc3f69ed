//! `into name`: binds the table at the end of a pipe.

use weft_plan::LogicalPlan;
use weft_plan::catalog::Binding;

use crate::resolve::{Context, Failed, Options, Outcome};
use crate::syntax::{Core, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Into(name) = &stage.core else { return Err(Failed) };
    Options::of(cx, stage, &[])?;
    cx.bind(&name.text, Binding::Table(input.clone()), stage.span);
    Ok(input)
}
