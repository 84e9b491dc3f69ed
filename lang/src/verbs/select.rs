//! `select a, b = expr, …`: exactly these columns; later items see earlier ones.

use std::sync::Arc;

use weft_core::expr::NamedExpr;
use weft_plan::LogicalPlan;

use super::group_block::{keep_key, with_keys};
use crate::resolve::{Context, Failed, Layers, Options, Outcome, Placement, Scope};
use crate::syntax::{Core, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Items(items) = &stage.core else { return Err(Failed) };
    Options::of(cx, stage, &[])?;
    let mut layers = Layers::new(input);
    let mut names: Vec<Arc<str>> = Vec::with_capacity(items.len());
    let mut failed = false;
    for item in items {
        let schema = cx.engine(layers.schema(), stage.span)?;
        let (plan, waiting) = layers.base();
        let (resolved, windows) = cx.windowed(plan, &waiting, |cx| cx.item(Scope::Rows(&schema), item, Placement::Anywhere));
        let Ok(columns) = resolved else {
            cx.item_failed(item);
            failed = true;
            continue;
        };
        for column in &columns {
            if names.contains(&column.name) {
                return cx.name_twice(&column.name, column.span);
            }
            keep_key(cx, &column.name, Some(&column.expr), column.span)?;
            names.push(Arc::clone(&column.name));
        }
        cx.engine(layers.windows(windows), item.span)?;
        let columns = columns.into_iter().map(|c| NamedExpr { name: c.name, expr: c.expr }).collect();
        cx.engine(layers.push(columns), item.span)?;
    }
    let names = with_keys(cx, names);
    if failed { Err(Failed) } else { cx.plan(layers.into_only(&names), stage.span) }
}
