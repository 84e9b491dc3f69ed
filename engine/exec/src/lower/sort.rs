//! Sorts and top-n.

use std::sync::Arc;

use weft_compute::sort::KeyOrder;
use weft_core::error::Result;
use weft_core::expr::SortKey;
use weft_core::{Expr, Schema};
use weft_plan::nodes::{Sort, TopN};

use super::{Fragment, Lowering, all_columns};
use crate::sinks::sort::SortSink;
use crate::sinks::top_n::TopNSink;

pub(super) fn lower_sort(lowering: &mut Lowering<'_>, node: &Sort) -> Result<Fragment> {
    let mut input = lowering.node(&node.input)?;
    let orders = lowering.append_keys(&mut input, node.input.schema(), &node.keys)?;
    let sink = Arc::new(SortSink::new(lowering.shared, orders, node.input.schema().len())?);
    let output = sink.output();
    let done = lowering.end(input, sink);
    Ok(Fragment::new(output, vec![done]))
}

pub(super) fn lower_top_n(lowering: &mut Lowering<'_>, node: &TopN) -> Result<Fragment> {
    let mut input = lowering.node(&node.input)?;
    let orders = lowering.append_keys(&mut input, node.input.schema(), &node.keys)?;
    let sink = Arc::new(TopNSink::new(lowering.shared, orders, node.input.schema().len(), node.offset, node.limit)?);
    let output = sink.output();
    let done = lowering.end(input, sink);
    Ok(Fragment::new(output, vec![done]))
}

impl Lowering<'_> {
    /// Appends the sort keys as columns behind those of `schema`.
    fn append_keys(&self, input: &mut Fragment, schema: &Schema, keys: &[SortKey]) -> Result<Vec<KeyOrder>> {
        let keys_bound = keys.iter().map(|k| k.expr.clone().bind(schema)).collect::<Result<Vec<_>>>()?;
        let extracted = self.extract(input, keys_bound, schema.len())?;
        let exprs: Vec<Expr> = all_columns(schema).into_iter().chain(extracted).collect();
        self.project(input, exprs);
        let order = |k: &SortKey| KeyOrder { ty: k.expr.ty.clone(), descending: k.descending, nulls_first: k.nulls_first };
        Ok(keys.iter().map(order).collect())
    }
}
