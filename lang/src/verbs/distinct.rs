//! `distinct [keys]`: the first whole row of each key.

use std::sync::Arc;

use weft_core::expr::NamedExpr;
use weft_plan::LogicalPlan;

use crate::diagnostics::Code;
use crate::resolve::{Context, Failed, NamedItem, Options, Outcome, Placement, Scope};
use crate::syntax::{Core, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Items(items) = &stage.core else { return Err(Failed) };
    let options = Options::of(cx, stage, &["keep"])?;
    match options.text(cx, "keep")? {
        None => {}
        Some((keep, _)) if keep == "first" => {}
        Some((keep, span)) if keep == "last" || keep == "none" => return cx.not_yet(&format!("`keep: {keep:?}` is"), span),
        Some((_, span)) => return cx.error(Code::BAD_ARGUMENT, "`keep` is \"first\", \"last\" or \"none\"", span),
    }
    let scope = Scope::Rows(input.schema());
    let keys = cx.all_items(items, |cx, item| cx.item(scope, item, Placement::Anywhere))?;
    let mut keys: Vec<NamedItem> = keys.into_iter().flatten().collect();
    if !keys.is_empty() {
        keys.extend(cx.block_keys(input.schema(), stage.span)?);
    }
    let plan = by_keys(input.clone(), keys);
    cx.plan(plan, stage.span)
}

/// Keys that are expressions stand beside the rows meanwhile.
fn by_keys(input: LogicalPlan, keys: Vec<NamedItem>) -> weft_core::Result<LogicalPlan> {
    let columns: Vec<Arc<str>> = input.schema().names().cloned().collect();
    let mut on = Vec::with_capacity(keys.len());
    let mut computed = Vec::new();
    for key in keys {
        match key.expr.as_column() {
            Some(name) => on.push(Arc::clone(name)),
            None => {
                let name: Arc<str> = format!("distinct key {}", computed.len() + 1).into();
                on.push(Arc::clone(&name));
                computed.push(NamedExpr { name, expr: key.expr });
            }
        }
    }
    if computed.is_empty() {
        return input.distinct(on);
    }
    input.with_columns(computed)?.distinct(on)?.select_columns(columns.iter().map(|n| &**n))
}
