//! Aggregation: keys, arguments and conditions become columns, the sink folds them.

use std::sync::Arc;

use weft_compute::group::{GroupAggregate, GroupSpec};
use weft_core::error::{Error, Result};
use weft_plan::nodes::Aggregate;

use super::{Fragment, Lowering};
use crate::sinks::group::{AggregateColumns, GroupColumns, GroupSink};

pub(super) fn lower(lowering: &mut Lowering<'_>, node: &Aggregate, ordered: bool) -> Result<Fragment> {
    let calls: Vec<_> = node.aggregates.iter().map(|a| &a.call).collect();
    if let Some(call) = calls.iter().find(|c| !c.order.is_empty()) {
        let message = format!("`sort:` inside `{}` cannot run yet", call.function.info().name);
        return Err(Error::unsupported(message).with_help("put `| sort …` before the group instead").at(call.origin));
    }
    // Such aggregates fold rows in the order of the input, so one table gets all of them one after the other.
    let in_order = calls.iter().any(|c| c.function.observes_order());
    let ordered = ordered && !node.keys.is_empty();
    let mut input = lowering.node(&node.input)?;
    let keys = node.keys.iter().map(|k| k.expr.clone());
    let exprs = keys.chain(calls.iter().flat_map(|c| c.args.iter().chain(&c.filter).cloned())).collect();
    let positions = lowering.columns(&mut input, node.input.schema(), exprs)?;
    let (key_columns, mut rest) = positions.split_at(node.keys.len());
    let mut aggregates = Vec::with_capacity(calls.len());
    for call in &calls {
        let (args, after) = rest.split_at(call.args.len());
        let (filter, after) = after.split_at(usize::from(call.filter.is_some()));
        aggregates.push(AggregateColumns { args: args.to_vec(), filter: filter.first().copied() });
        rest = after;
    }
    let types = node.keys.iter().map(|k| k.expr.ty.clone()).collect();
    let bound = calls.iter().map(|c| GroupAggregate::new(c).map_err(|e| e.at(c.origin))).collect::<Result<Vec<_>>>()?;
    let spec = GroupSpec::new(types, bound, ordered)?;
    let width = node.keys.len() + calls.len();
    let columns = GroupColumns { keys: key_columns.to_vec(), first: Vec::new(), aggregates };
    lowering.group(input, "group", spec, columns, in_order, (width, ordered))
}

impl Lowering<'_> {
    /// Groups by first appearance where that is asked for; what comes out has `width` columns.
    pub(super) fn group(
        &mut self,
        input: Fragment,
        name: &'static str,
        spec: Arc<GroupSpec>,
        columns: GroupColumns,
        in_order: bool,
        (width, ordered): (usize, bool),
    ) -> Result<Fragment> {
        let sink = Arc::new(GroupSink::new(self.shared, name, spec, columns, in_order));
        let output = sink.output();
        let done = self.end(input, sink);
        let groups = Fragment::new(output, vec![done]);
        if ordered { self.by_first_appearance(groups, width) } else { Ok(groups) }
    }
}
