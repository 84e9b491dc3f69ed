//! The columns that a stage such as `drop_null a, cols(r"^x_")` is about.

use std::sync::Arc;

use weft_core::Schema;

use crate::diagnostics::Code;
use crate::resolve::{Context, Outcome, Scope, is_hidden};
use crate::syntax::Arg;

/// The columns that the arguments name or select, each once; all columns where there is no argument.
pub(super) fn columns(cx: &mut Context<'_>, schema: &Schema, verb: &str, args: &[Arg]) -> Outcome<Vec<Arc<str>>> {
    if args.is_empty() {
        return Ok(schema.names().filter(|n| !is_hidden(n)).cloned().collect());
    }
    let mut names: Vec<Arc<str>> = Vec::with_capacity(args.len());
    for arg in args {
        let Some(expr) = arg.value.as_expr() else {
            return cx.error(Code::NOT_A_VALUE, format!("`{verb}` takes columns"), arg.span);
        };
        let found = if cx.is_selector(expr) {
            cx.expand(schema, expr)?
        } else if let Some(name) = expr.as_name() {
            match schema.field(&name.text) {
                Some(field) => vec![Arc::clone(&field.name)],
                None => return cx.no_column(Scope::Rows(schema), name),
            }
        } else {
            let message = format!("`{verb}` takes names of columns and selectors such as cols(numeric)");
            return cx.error(Code::NOT_A_VALUE, message, expr.span);
        };
        for name in found {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    Ok(names)
}
