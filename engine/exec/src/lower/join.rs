//! Joins: the build side ends in a table, the probe side passes an operator that looks rows up.

use std::sync::Arc;

use weft_compute::join::{JoinOptions, JoinSpec};
use weft_core::error::{Error, Result};
use weft_core::{Schema, Type};
use weft_plan::LogicalPlan;
use weft_plan::nodes::{Join, JoinKind, JoinSide};

use super::{Fragment, Lowering};
use crate::operators::probe::{OutputColumn, ProbeOperator, ProbePlan};
use crate::sinks::build::BuildSink;

/// One side as it is lowered.
struct Side<'a> {
    plan: &'a LogicalPlan,
    fragment: Fragment,
    /// Positions of the key columns.
    keys: Vec<usize>,
}

pub(super) fn lower(lowering: &mut Lowering<'_>, node: &Join, ordered: bool) -> Result<Fragment> {
    // Left order is the probe side's order: where it is observed, the right side is built.
    let swapped = node.build == JoinSide::Left && node.kind == JoinKind::Inner && !ordered;
    let right_order = ordered && matches!(node.kind, JoinKind::Inner | JoinKind::Left);
    let left = side(lowering, node, &node.left, JoinSide::Left)?;
    let right = side(lowering, node, &node.right, JoinSide::Right)?;
    let (mut probe, build) = if swapped { (right, left) } else { (left, right) };

    let residual_names = node.residual.as_ref().map(|r| r.columns()).unwrap_or_default();
    let mut payload: Vec<usize> = Vec::new();
    for name in node.output.iter().chain(&residual_names) {
        if let Some(index) = build.plan.schema().index_of(name)
            && probe.plan.schema().index_of(name).is_none()
            && !payload.contains(&index)
        {
            payload.push(index);
        }
    }
    let place = |name: &Arc<str>| place(name, probe.plan.schema(), build.plan.schema(), &payload);
    let output = node.output.iter().map(place).collect::<Result<Vec<_>>>()?;
    let residual = match &node.residual {
        None => None,
        Some(condition) => {
            let pairs = node.pair_schema()?;
            let columns = residual_names.iter().map(place).collect::<Result<Vec<_>>>()?;
            let indices: Vec<usize> = residual_names.iter().filter_map(|n| pairs.index_of(n)).collect();
            Some((condition.clone().bind(&pairs.project(&indices)?)?, columns))
        }
    };

    let types: Vec<Type> = node.keys.iter().map(|k| k.left.ty.clone()).collect();
    let null_safe: Vec<bool> = node.keys.iter().map(|k| k.null_safe).collect();
    let payload_types: Vec<Type> = payload.iter().map(|&i| build.plan.schema().fields()[i].ty.clone()).collect();
    let options = JoinOptions { ordered: right_order, marks: false };
    let spec = JoinSpec::new(&types, &null_safe, &payload_types, options)?;
    let sink = Arc::new(BuildSink::new(lowering.shared, spec, build.keys, payload));
    let table = sink.table();
    let built = lowering.end(build.fragment, sink);

    let chunk_rows = lowering.shared.settings.chunk_rows();
    let plan = ProbePlan { kind: node.kind, keys: probe.keys, output, residual, chunk_rows };
    probe.fragment.needs.push(built);
    probe.fragment.append(Arc::new(ProbeOperator::new(lowering.shared, plan, table)));
    Ok(probe.fragment)
}

fn side<'a>(lowering: &mut Lowering<'_>, node: &Join, plan: &'a LogicalPlan, which: JoinSide) -> Result<Side<'a>> {
    let mut fragment = lowering.node(plan)?;
    let key = |k: &weft_plan::nodes::JoinKey| match which {
        JoinSide::Left => k.left.clone(),
        JoinSide::Right => k.right.clone(),
    };
    let keys = lowering.columns(&mut fragment, plan.schema(), node.keys.iter().map(key).collect())?;
    Ok(Side { plan, fragment, keys })
}

/// Where a column of the pairs comes from.
fn place(name: &Arc<str>, probe: &Schema, build: &Schema, payload: &[usize]) -> Result<OutputColumn> {
    if let Some(index) = probe.index_of(name) {
        return Ok(OutputColumn::Probe(index));
    }
    let found = build.index_of(name).and_then(|index| payload.iter().position(|&p| p == index));
    found.map(OutputColumn::Build).ok_or_else(|| Error::internal(format!("a join without a column `{name}`")))
}
