//! Distinct rows: groups without aggregates, which keep the other columns of their first row.

use std::sync::Arc;

use weft_compute::group::GroupSpec;
use weft_core::error::{Error, Result};
use weft_core::{Expr, Type};
use weft_plan::nodes::Distinct;

use super::{Fragment, Lowering};
use crate::sinks::group::GroupColumns;

pub(super) fn lower(lowering: &mut Lowering<'_>, node: &Distinct, ordered: bool) -> Result<Fragment> {
    let schema = node.input.schema();
    let names = node.key_names();
    let find = |name: &Arc<str>| schema.index_of(name).ok_or_else(|| Error::internal(format!("no column `{name}` for distinct")));
    let keys = names.iter().map(find).collect::<Result<Vec<_>>>()?;
    let types: Vec<Type> = keys.iter().map(|&k| schema.fields()[k].ty.clone()).collect();
    let others: Vec<usize> = (0..schema.len()).filter(|column| !keys.contains(column)).collect();
    let other_types = others.iter().map(|&c| schema.fields()[c].ty.clone()).collect::<Vec<Type>>();
    let input = lowering.node(&node.input)?;
    let types_out = types.iter().chain(&other_types).cloned().collect::<Vec<Type>>();
    let spec = GroupSpec::first_rows(types, other_types, ordered)?;
    let from: Vec<usize> = keys.iter().chain(&others).copied().collect();
    let columns = GroupColumns { keys, first: others, aggregates: Vec::new() };
    let mut output = lowering.group(input, "distinct", spec, columns, false, (from.len(), ordered))?;
    reorder(lowering, &mut output, &from, &types_out);
    Ok(output)
}

/// Puts the columns, which come in the order of `from`, back where they stood.
fn reorder(lowering: &Lowering<'_>, output: &mut Fragment, from: &[usize], types: &[Type]) {
    if from.is_sorted() {
        return;
    }
    let place = |column: usize| from.iter().position(|&f| f == column).unwrap_or(column);
    let exprs = (0..from.len()).map(|c| Expr::index(place(c), types[place(c)].clone(), true)).collect();
    lowering.project(output, exprs);
}
