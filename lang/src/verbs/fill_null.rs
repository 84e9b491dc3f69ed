//! `fill_null value [, column, …]`: a value in place of nulls. Columns keep their types.

use std::sync::Arc;

use weft_core::expr::{CastMode, NamedExpr};
use weft_core::types::common_type;
use weft_core::{Expr, Type};
use weft_plan::LogicalPlan;

use super::columns::columns;
use super::group_block::keep_key;
use crate::Span;
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::{Context, Failed, Options, Outcome};
use crate::syntax::{Core, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Args(args) = &stage.core else { return Err(Failed) };
    Options::of(cx, stage, &[])?;
    let Some((value, named)) = args.split_first() else {
        return cx.error(Code::WRONG_ARGUMENT, "`fill_null` takes the value that stands for null: `fill_null 0`", stage.span);
    };
    let Some(written) = value.value.as_expr() else {
        return cx.error(Code::NOT_A_VALUE, "`fill_null` takes a value first", value.span);
    };
    let (ty, value) = cx.constant(written)?;
    let value = Expr::literal(ty, value);
    let mut filled = Vec::new();
    for name in columns(cx, input.schema(), "fill_null", named)? {
        let column = cx.engine(Expr::column(input.schema(), &name), stage.span)?;
        if !fits(&value.ty, &column.ty) {
            if named.is_empty() {
                continue;
            }
            let message = format!("`{name}` is {}, and {} does not fit in", column.ty, value.ty);
            let diagnostic = Diagnostic::error(Code::WRONG_TYPE, message, written.span);
            return cx.fail(diagnostic.help(format!("change its type by `derive {name} = {name}::{} ?? …`", value.ty)));
        }
        if !column.nullable || !may_change(cx, &name, named.is_empty(), written.span)? {
            continue;
        }
        let typed = cx.folded(value.clone().cast(column.ty.clone(), CastMode::Strict), written.span)?;
        let expr = cx.engine(Expr::coalesce(vec![column, typed]), written.span)?;
        filled.push(NamedExpr { name, expr });
    }
    if filled.is_empty() {
        return Ok(input);
    }
    cx.plan(input.with_columns(filled), stage.span)
}

/// The keys of a block around the stage stay as they are: an error for those that were named.
fn may_change(cx: &mut Context<'_>, name: &Arc<str>, all: bool, span: Span) -> Outcome<bool> {
    if all && cx.block.as_ref().is_some_and(|b| b.keys.contains(name)) {
        return Ok(false);
    }
    keep_key(cx, name, None, span)?;
    Ok(true)
}

/// Whether a value of type `value` can stand in a column of type `column`.
fn fits(value: &Type, column: &Type) -> bool {
    if column.is_numeric() && (value.is_integer() || value.is_numeric() && !column.is_integer()) {
        return true;
    }
    *value != Type::Null && common_type(value, column).is_some_and(|ty| ty == *column)
}
