//! `explode list, name = list, … [, index: "i", keep_empty: true]`: a row of each item.

use std::sync::Arc;

use weft_core::Type;
use weft_core::expr::NamedExpr;
use weft_plan::LogicalPlan;

use super::group_block::keep_key;
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Context, Failed, NamedItem, Options, Outcome, Placement, Scope};
use crate::syntax::{Core, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Items(items) = &stage.core else { return Err(Failed) };
    let options = Options::of(cx, stage, &["index", "keep_empty"])?;
    let schema = input.schema().clone();
    let lists = cx.all_items(items, |cx, item| cx.item(Scope::Rows(&schema), item, Placement::Anywhere))?;
    let lists: Vec<NamedItem> = lists.into_iter().flatten().collect();
    for (at, list) in lists.iter().enumerate() {
        check(cx, list)?;
        keep_key(cx, &list.name, None, list.span)?;
        if lists[..at].iter().any(|other| other.name == list.name) {
            return cx.error(Code::NAME_TWICE, format!("`{}` is taken apart twice", list.name), list.span);
        }
    }
    let keep_empty = options.flag(cx, "keep_empty")?;
    let index = options.text(cx, "index")?;
    if let Some((name, span)) = &index
        && (schema.field(name).is_some() || lists.iter().any(|list| *list.name == **name))
    {
        let message = format!("there is a column `{name}` already");
        return cx.fail(Diagnostic::error(Code::NAME_TWICE, message, *span).help("take another name for `index`"));
    }
    let columns: Vec<Arc<str>> = lists.iter().map(|list| Arc::clone(&list.name)).collect();
    let made: Vec<NamedExpr> = lists
        .into_iter()
        .filter(|list| list.expr.as_column() != Some(&list.name))
        .map(|list| NamedExpr { name: list.name, expr: list.expr })
        .collect();
    let plan = if made.is_empty() { input } else { cx.plan(input.with_columns(made), stage.span)? };
    cx.plan(plan.explode(columns, index.map(|(name, _)| name.into()), keep_empty), stage.span)
}

/// Only lists have items.
fn check(cx: &mut Context<'_>, list: &NamedItem) -> Outcome<()> {
    let help = match &list.expr.ty {
        Type::List(_) | Type::FixedList(..) | Type::Embedding(..) => return Ok(()),
        Type::Struct(_) => "`unnest` makes columns of a struct's fields",
        Type::String => "make a list of it first, as in `split(s, \",\")`",
        _ => "columns of lists are shown as [type] by `schema`",
    };
    let message = format!("`explode` takes lists apart, and `{}` is {}", list.name, list.expr.ty);
    cx.fail(Diagnostic::error(Code::BAD_ARGUMENT, message, list.span).help(help))
}
