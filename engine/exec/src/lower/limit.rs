//! The first and the last rows.

use std::sync::Arc;

use weft_core::error::Result;
use weft_plan::nodes::{Limit, Tail};

use super::{Fragment, Lowering};
use crate::sinks::limit::LimitSink;
use crate::sinks::tail::TailSink;

pub(super) fn lower_limit(lowering: &mut Lowering<'_>, node: &Limit) -> Result<Fragment> {
    let input = lowering.node(&node.input)?;
    let sink = LimitSink::new(lowering.shared, node.offset, node.limit);
    let output = sink.output();
    let done = lowering.end(input, Arc::new(sink));
    Ok(Fragment::new(output, vec![done]))
}

pub(super) fn lower_tail(lowering: &mut Lowering<'_>, node: &Tail) -> Result<Fragment> {
    let input = lowering.node(&node.input)?;
    let sink = TailSink::new(lowering.shared, node.rows);
    let output = sink.output();
    let done = lowering.end(input, Arc::new(sink));
    Ok(Fragment::new(output, vec![done]))
}
