//! `explain [analyze: true]`: shows how the table is computed.

use weft_plan::LogicalPlan;

use crate::diagnostics::Code;
use crate::resolve::{ActionKind, Context, Failed, Options, Outcome};
use crate::syntax::{Core, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Args(args) = &stage.core else { return Err(Failed) };
    let options = Options::of(cx, stage, &["analyze"])?;
    let mut analyze = options.flag(cx, "analyze")?;
    for arg in args {
        match arg.value.as_expr().and_then(|e| e.as_name()) {
            Some(name) if name.text == "analyze" => analyze = true,
            _ => return cx.error(Code::WRONG_ARGUMENT, "`explain` takes nothing but `analyze: true`", arg.span),
        }
    }
    cx.act(ActionKind::Explain { plan: input.clone(), analyze }, stage.span);
    Ok(input)
}
