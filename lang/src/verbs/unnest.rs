//! `unnest struct, …`: columns of a struct's fields, in its place.

use std::sync::Arc;

use weft_core::expr::NamedExpr;
use weft_core::{Expr, Type};
use weft_plan::LogicalPlan;

use super::group_block::keep_key;
use super::rename::column_of;
use crate::Span;
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Context, Failed, Options, Outcome};
use crate::syntax::{Core, Item, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Items(items) = &stage.core else { return Err(Failed) };
    let options = Options::of(cx, stage, &["prefix"])?;
    let prefix = options.text(cx, "prefix")?.map(|(text, _)| text).unwrap_or_default();
    let named = cx.all_items(items, |cx, item| structs(cx, &input, item))?;
    let named: Vec<(Arc<str>, Span)> = named.into_iter().flatten().collect();
    let mut columns: Vec<NamedExpr> = Vec::new();
    for field in input.schema().fields() {
        let whole = cx.engine(Expr::column(input.schema(), &field.name), stage.span)?;
        match (&field.ty, named.iter().find(|(name, _)| *name == field.name)) {
            (Type::Struct(fields), Some((_, span))) => {
                for inner in fields.iter() {
                    let expr = cx.invoke("get_field", vec![whole.clone(), Expr::string(&inner.name)], *span)?;
                    columns.push(NamedExpr { name: format!("{prefix}{}", inner.name).into(), expr });
                }
            }
            _ => columns.push(NamedExpr { name: Arc::clone(&field.name), expr: whole }),
        }
    }
    for (at, column) in columns.iter().enumerate() {
        if columns[..at].iter().any(|other| other.name == column.name) {
            let message = format!("two columns would be called `{}`", column.name);
            let help = "put something before the fields' names, as in `prefix: \"x_\"`, or rename the other column first";
            return cx.fail(Diagnostic::error(Code::NAME_TWICE, message, stage.span).help(help));
        }
    }
    cx.plan(input.project(columns), stage.span)
}

/// The columns of structs that an item names or selects.
fn structs(cx: &mut Context<'_>, input: &LogicalPlan, item: &Item) -> Outcome<Vec<(Arc<str>, Span)>> {
    if let Some(name) = &item.name {
        return cx.error(Code::NOT_A_VALUE, "`unnest` only names columns", name.span());
    }
    let names = if cx.is_selector(&item.expr) {
        cx.expand(input.schema(), &item.expr)?
    } else {
        vec![column_of(cx, input.schema(), &item.expr)?]
    };
    for name in &names {
        keep_key(cx, name, None, item.span)?;
        let ty = input.schema().field(name).map(|field| field.ty.clone());
        let help = match ty {
            Some(Type::Struct(_)) => continue,
            Some(Type::List(_)) => "`explode` makes rows of a list's items",
            _ => "columns of structs are shown as {…} by `schema`",
        };
        let message = format!("`unnest` takes structs apart, and `{name}` is {}", ty.unwrap_or(Type::Null));
        return cx.fail(Diagnostic::error(Code::BAD_ARGUMENT, message, item.span).help(help));
    }
    Ok(names.into_iter().map(|name| (name, item.span)).collect())
}
