//! `unpivot column, … into (name, value)`: a row of each of the columns, in their order.

use std::sync::Arc;

use weft_core::Expr;
use weft_core::expr::NamedExpr;
use weft_plan::LogicalPlan;

use super::group_block::keep_key;
use super::rename::column_of;
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Context, Failed, Options, Outcome};
use crate::syntax::{Core, Name, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Unpivot(unpivot) = &stage.core else { return Err(Failed) };
    Options::of(cx, stage, &[])?;
    let mut names: Vec<Arc<str>> = Vec::new();
    for expr in &unpivot.columns {
        let found =
            if cx.is_selector(expr) { cx.expand(input.schema(), expr)? } else { vec![column_of(cx, input.schema(), expr)?] };
        for name in found {
            keep_key(cx, &name, None, expr.span)?;
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    if names.is_empty() {
        return cx.error(Code::BAD_ARGUMENT, "`unpivot` found no column to make rows of", stage.span);
    }
    let mut columns = Vec::new();
    for name in input.schema().names().filter(|name| !names.contains(name)) {
        let expr = cx.engine(Expr::column(input.schema(), name), stage.span)?;
        columns.push(NamedExpr { name: Arc::clone(name), expr });
    }
    for made in [&unpivot.name, &unpivot.value] {
        check_name(cx, &columns, made)?;
        columns.push(NamedExpr { name: made.text.as_str().into(), expr: Expr::int(0) });
    }
    let labels = names.iter().map(|name| Expr::string(name)).collect();
    let values = names.iter().map(|name| Expr::column(input.schema(), name)).collect::<weft_core::Result<_>>();
    let values = cx.engine(values, stage.span)?;
    let at = columns.len() - 2;
    columns[at].expr = cx.invoke("make_list", labels, stage.span)?;
    columns[at + 1].expr = cx.invoke("make_list", values, stage.span)?;
    let lists = columns[at..].iter().map(|column| Arc::clone(&column.name)).collect();
    let plan = cx.plan(input.project(columns), stage.span)?;
    cx.plan(plan.explode(lists, None, false), stage.span)
}

fn check_name(cx: &mut Context<'_>, columns: &[NamedExpr], name: &Name) -> Outcome<()> {
    if !columns.iter().any(|column| *column.name == *name.text) {
        return Ok(());
    }
    let message = format!("there is a column `{}` already", name.text);
    cx.fail(Diagnostic::error(Code::NAME_TWICE, message, name.span).help("take another name, or drop that column first"))
}
