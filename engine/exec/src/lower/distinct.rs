//! Distinct rows: groups without aggregates, or the first row of each group.

use std::sync::Arc;

use weft_compute::group::{GroupAggregate, GroupSpec};
use weft_core::error::{Error, Result};
use weft_core::{Expr, Origin, Type};
use weft_plan::nodes::Distinct;

use super::{Fragment, Lowering};
use crate::sinks::distinct::{DistinctSink, FirstRow};
use crate::sinks::group::{GroupColumns, GroupSink};

pub(super) fn lower(lowering: &mut Lowering<'_>, node: &Distinct, ordered: bool) -> Result<Fragment> {
    let schema = node.input.schema();
    let names = node.key_names();
    let find = |name: &Arc<str>| schema.index_of(name).ok_or_else(|| Error::internal(format!("no column `{name}` for distinct")));
    let keys = names.iter().map(find).collect::<Result<Vec<_>>>()?;
    let types: Vec<Type> = keys.iter().map(|&k| schema.fields()[k].ty.clone()).collect();
    let whole = keys.len() == schema.len();
    let input = lowering.node(&node.input)?;
    if whole {
        let spec = GroupSpec::new(types.clone(), Vec::new(), ordered)?;
        let columns = GroupColumns { keys: keys.clone(), aggregates: Vec::new() };
        let sink = Arc::new(GroupSink::new(lowering.shared, "distinct", spec, columns, ordered, false));
        let output = sink.output();
        let done = lowering.end(input, sink);
        let mut output = Fragment::new(output, vec![done]);
        reorder(lowering, &mut output, &keys, &types);
        return Ok(output);
    }
    let first = GroupAggregate { aggregator: Box::new(FirstRow), output: Type::UInt64, distinct: None, origin: Origin::NONE };
    let spec = GroupSpec::new(types, vec![first], false)?;
    let sink = Arc::new(DistinctSink::new(lowering.shared, spec, keys));
    let output = sink.output();
    let done = lowering.end(input, sink);
    Ok(Fragment::new(output, vec![done]))
}

/// Puts the key columns, which come in the order of `keys`, back where they stood.
fn reorder(lowering: &Lowering<'_>, output: &mut Fragment, keys: &[usize], types: &[Type]) {
    if keys.is_sorted() {
        return;
    }
    let place = |column: usize| keys.iter().position(|&k| k == column).unwrap_or(column);
    let exprs = (0..keys.len()).map(|c| Expr::index(place(c), types[place(c)].clone(), true)).collect();
    lowering.project(output, exprs);
}
