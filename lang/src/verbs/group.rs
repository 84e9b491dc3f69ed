//! `group keys { … }`: the rows of each key folded into one.

use std::cell::RefCell;
use std::sync::Arc;

use weft_core::expr::NamedExpr;
use weft_core::{Expr, Field};
use weft_plan::LogicalPlan;
use weft_plan::nodes::NamedAggregate;

use crate::Span;
use crate::diagnostics::Code;
use crate::resolve::{Braces, Context, Failed, Layers, NamedItem, Options, Outcome, Placement, Scope};
use crate::syntax::{Core, GroupBody, Item, Stage};

pub(super) fn apply(cx: &mut Context<'_>, input: LogicalPlan, stage: &Stage) -> Outcome<LogicalPlan> {
    let Core::Group { keys, body } = &stage.core else { return Err(Failed) };
    Options::of(cx, stage, &[])?;
    let scope = Scope::Rows(input.schema());
    let keys = cx.all_items(keys, |cx, item| cx.item(scope, item, Placement::Anywhere));
    let keys: Vec<NamedItem> = keys?.into_iter().flatten().collect();
    for (at, key) in keys.iter().enumerate() {
        if keys.iter().take(at).any(|k| k.name == key.name) {
            return cx.name_twice(&key.name, key.span);
        }
        if !key.expr.ty.is_hashable() {
            let message = format!("cannot group by {}: it has no equality", key.expr.ty);
            return cx.error(Code::WRONG_TYPE, message, key.span);
        }
    }
    let outer = cx.block_keys(input.schema(), stage.span)?;
    match body {
        GroupBody::Stages(stages) => super::group_block::apply(cx, input, keys, stages, stage.span),
        GroupBody::Items(items) => {
            let new = keys.into_iter().filter(|k| !outer.iter().any(|o| o.name == k.name)).collect::<Vec<_>>();
            fold(cx, input, outer.into_iter().chain(new).collect(), items, stage.span)
        }
    }
}

/// Groups by `keys` and computes the items of the braces, in order.
pub(super) fn fold(
    cx: &mut Context<'_>,
    input: LogicalPlan,
    keys: Vec<NamedItem>,
    items: &[Item],
    span: Span,
) -> Outcome<LogicalPlan> {
    let key_names: Vec<Arc<str>> = keys.iter().map(|k| Arc::clone(&k.name)).collect();
    let field = |name: &Arc<str>, expr: &Expr| Field { name: Arc::clone(name), ty: expr.ty.clone(), nullable: expr.nullable };
    let braces = Braces {
        input: input.schema(),
        visible: RefCell::new(keys.iter().map(|k| field(&k.name, &k.expr)).collect()),
        calls: RefCell::new(Vec::new()),
        taken: key_names.clone(),
    };
    let mut columns: Vec<NamedItem> = Vec::with_capacity(items.len());
    let mut groups: Vec<usize> = Vec::with_capacity(items.len());
    let mut failed = false;
    for item in items {
        let Ok(found) = cx.item(Scope::Braces(&braces), item, Placement::Braces(&key_names)) else {
            cx.item_failed(item);
            failed = true;
            continue;
        };
        groups.push(found.len());
        for column in found {
            if key_names.contains(&column.name) || columns.iter().any(|c| c.name == column.name) {
                return cx.name_twice(&column.name, column.span);
            }
            braces.visible.borrow_mut().push(field(&column.name, &column.expr));
            columns.push(column);
        }
    }
    if failed {
        return Err(Failed);
    }
    let calls = braces.calls.into_inner();
    let names: Vec<Arc<str>> = key_names.into_iter().chain(columns.iter().map(|c| Arc::clone(&c.name))).collect();
    let plan = build(input.clone(), keys, calls, columns, &groups, &names);
    cx.plan(plan, span)
}

/// The aggregation, and a projection where items are more than lone aggregates.
fn build(
    input: LogicalPlan,
    keys: Vec<NamedItem>,
    mut calls: Vec<NamedAggregate>,
    mut columns: Vec<NamedItem>,
    groups: &[usize],
    names: &[Arc<str>],
) -> weft_core::Result<LogicalPlan> {
    name_lone_aggregates(&mut calls, &mut columns);
    let keys = keys.into_iter().map(|k| NamedExpr { name: k.name, expr: k.expr }).collect();
    let mut layers = Layers::new(input.aggregate(keys, calls)?);
    let mut columns = columns.into_iter();
    for &count in groups {
        let together: Vec<NamedExpr> = columns.by_ref().take(count).map(|c| NamedExpr { name: c.name, expr: c.expr }).collect();
        layers.push(together)?;
    }
    layers.into_only(names)
}

/// An aggregate that is all of an item gets the item's name at once. Internal names are texts with parentheses, which
/// items may have too: a name that an item has is given only to that item's own aggregate.
fn name_lone_aggregates(calls: &mut [NamedAggregate], columns: &mut [NamedItem]) {
    let mut renames: Vec<(Arc<str>, Arc<str>)> = Vec::new();
    for column in columns.iter() {
        let Some(internal) = column.expr.as_column() else { continue };
        let is_call = calls.iter().any(|c| c.name == *internal);
        if is_call && !renames.iter().any(|(old, _)| old == internal) {
            renames.push((Arc::clone(internal), Arc::clone(&column.name)));
        }
    }
    let new_name = |old: &Arc<str>| renames.iter().find(|(o, _)| o == old).map(|(_, new)| Arc::clone(new));
    for call in calls.iter_mut() {
        if let Some(name) = new_name(&call.name) {
            call.name = name;
        }
    }
    for column in columns.iter_mut() {
        rename_columns(&mut column.expr, &new_name);
    }
}

fn rename_columns(expr: &mut Expr, new_name: &dyn Fn(&Arc<str>) -> Option<Arc<str>>) {
    if let Some(name) = expr.as_column().and_then(new_name) {
        expr.kind = weft_core::ExprKind::Column(weft_core::ColumnRef::Name(name));
    }
    for child in expr.children_mut() {
        rename_columns(child, new_name);
    }
}
