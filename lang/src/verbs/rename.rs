//! `rename new = old, …`: other names, all at once; the columns stay where they are.

use std::sync::Arc;

use weft_core::Schema;
use weft_core::expr::NamedExpr;
use weft_plan::LogicalPlan;
use weft_plan::builder::pass_on;

use super::group_block::keep_key;
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Context, Failed, Options, Outcome, Placement, Scope};
use crate::syntax::{self as ast, Core, Item, ItemName, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Items(items) = &stage.core else { return Err(Failed) };
    Options::of(cx, stage, &[])?;
    let renames = cx.all_items(items, |cx, item| renamed(cx, input.schema(), item))?;
    let renames: Vec<(Arc<str>, Arc<str>)> = renames.into_iter().flatten().collect();
    for (old, new) in &renames {
        keep_key(cx, old, None, stage.span)?;
        keep_key(cx, new, None, stage.span)?;
    }
    let mut columns: Vec<NamedExpr> = input.schema().fields().iter().map(pass_on).collect();
    for column in &mut columns {
        if let Some((_, new)) = renames.iter().find(|(old, _)| *old == column.name) {
            column.name = Arc::clone(new);
        }
    }
    for (at, column) in columns.iter().enumerate() {
        if columns.iter().take(at).any(|other| other.name == column.name) {
            return cx.name_twice(&column.name, stage.span);
        }
    }
    cx.plan(input.project(columns), stage.span)
}

/// Old and new names of one item.
fn renamed(cx: &mut Context<'_>, schema: &Schema, item: &Item) -> Outcome<Vec<(Arc<str>, Arc<str>)>> {
    match &item.name {
        Some(ItemName::Name(new)) => {
            let old = column_of(cx, schema, &item.expr)?;
            Ok(vec![(old, new.text.as_str().into())])
        }
        Some(ItemName::Pattern(_)) => {
            let columns = cx.item(Scope::Rows(schema), item, Placement::Anywhere)?;
            let mut renames = Vec::with_capacity(columns.len());
            for column in columns {
                let Some(old) = column.expr.as_column() else {
                    return cx.error(Code::NOT_A_VALUE, "`rename` takes columns, not expressions", item.expr.span);
                };
                renames.push((Arc::clone(old), column.name));
            }
            Ok(renames)
        }
        None => {
            let diagnostic = Diagnostic::error(Code::NOT_A_VALUE, "`rename` needs the new name", item.span);
            cx.fail(diagnostic.help("it is written `rename new = old`"))
        }
    }
}

/// The column that an item names.
pub(super) fn column_of(cx: &mut Context<'_>, schema: &Schema, expr: &ast::Expr) -> Outcome<Arc<str>> {
    let Some(name) = expr.without_parens().as_name() else {
        return cx.error(Code::NOT_A_VALUE, "here stands the name of a column, not an expression", expr.span);
    };
    match schema.field(&name.text) {
        Some(field) => Ok(Arc::clone(&field.name)),
        None => cx.no_column(Scope::Rows(schema), name),
    }
}
