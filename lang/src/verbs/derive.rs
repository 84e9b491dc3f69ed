//! `derive name = expr, …`: computed columns beside the others; later items see earlier ones.

use weft_core::expr::NamedExpr;
use weft_plan::LogicalPlan;

use super::group_block::keep_key;
use crate::resolve::{Context, Failed, Layers, Options, Outcome, Placement, Scope};
use crate::syntax::{Core, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Items(items) = &stage.core else { return Err(Failed) };
    Options::of(cx, stage, &[])?;
    let mut layers = Layers::new(input);
    let mut failed = false;
    for item in items {
        let schema = cx.engine(layers.schema(), stage.span)?;
        let (plan, waiting) = layers.base();
        let (resolved, windows) = cx.windowed(plan, &waiting, |cx| cx.item(Scope::Rows(&schema), item, Placement::Anywhere));
        match resolved {
            Ok(columns) => {
                for column in &columns {
                    keep_key(cx, &column.name, None, column.span)?;
                }
                cx.engine(layers.windows(windows), item.span)?;
                let columns = columns.into_iter().map(|c| NamedExpr { name: c.name, expr: c.expr }).collect();
                cx.engine(layers.push(columns), item.span)?;
            }
            Err(Failed) => {
                cx.item_failed(item);
                failed = true;
            }
        }
    }
    if failed { Err(Failed) } else { cx.plan(layers.into_all(), stage.span) }
}
