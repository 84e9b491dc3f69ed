//! Sub-pipelines: each ends in a sink that notes its answer, before anything that reads it begins.

use std::sync::Arc;

use weft_compute::join::{JoinOptions, JoinSpec};
use weft_core::Type;
use weft_core::error::Result;
use weft_core::subquery::Answer;
use weft_plan::nodes::{Subtable, SubtableRole, With};

use super::{Fragment, Lowering};
use crate::sinks::build::BuildSink;
use crate::sinks::scalar::ScalarSink;
use crate::sinks::set::BuiltSet;

pub(super) fn lower(lowering: &mut Lowering<'_>, node: &With) -> Result<Fragment> {
    let outside = lowering.ready.len();
    for table in &node.tables {
        let done = answer(lowering, table)?;
        lowering.ready.push(done);
    }
    let mut fragment = lowering.node(&node.input)?;
    fragment.needs.extend(lowering.ready.drain(outside..));
    Ok(fragment)
}

/// The pipeline that computes a sub-pipeline; the same one where it stands twice in a plan.
fn answer(lowering: &mut Lowering<'_>, table: &Subtable) -> Result<usize> {
    let same = |(known, _): &&(Subtable, usize)| known.subquery.id == table.subquery.id && known.role == table.role;
    if let Some((_, done)) = lowering.answered.iter().find(same) {
        return Ok(*done);
    }
    let fragment = lowering.node(&table.plan)?;
    let done = match table.role {
        SubtableRole::Value => {
            let sink = ScalarSink::new(lowering.shared, table.subquery.clone(), table.origin);
            lowering.end(fragment, Arc::new(sink))
        }
        SubtableRole::Set => {
            let types: Vec<Type> = table.plan.schema().fields().iter().map(|f| f.ty.clone()).collect();
            let spec = JoinSpec::new(&types, &[false], &[], JoinOptions::default())?;
            let sink = BuildSink::new(lowering.shared, spec, vec![0], Vec::new(), false);
            let set = Answer::Set(Arc::new(BuiltSet::new(sink.table())));
            lowering.shared.query.answers.set(&table.subquery, set);
            lowering.end(fragment, Arc::new(sink))
        }
    };
    lowering.answered.push((table.clone(), done));
    Ok(done)
}
