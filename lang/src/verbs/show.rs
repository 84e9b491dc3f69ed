//! `show [n]`: shows the first rows where it stands and passes the table on.

use weft_plan::LogicalPlan;

use crate::diagnostics::Code;
use crate::resolve::{Context, Failed, Options, Outcome};
use crate::syntax::{Core, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Args(args) = &stage.core else { return Err(Failed) };
    Options::of(cx, stage, &[])?;
    let rows = match args.as_slice() {
        [] => None,
        [arg] => {
            let rows = match arg.value.as_expr() {
                Some(expr) => cx.count(expr, "`show`")?,
                None => return cx.error(Code::NOT_A_VALUE, "`show` takes a number of rows", arg.span),
            };
            usize::try_from(rows).ok()
        }
        [_, second, ..] => return cx.error(Code::WRONG_ARGUMENT, "`show` takes one number of rows", second.span),
    };
    cx.show(input.clone(), rows, stage.span);
    Ok(input)
}
