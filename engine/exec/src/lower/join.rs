//! Joins: the build side ends in a table, the probe side passes an operator that looks rows up, and where build rows count
//! that nothing matched (or that something did), a branch of its own reads them in the end. Where the build side does not
//! fit, both sides go to disk, and further branches join them there and bring the rows back into order.

use std::sync::Arc;

use weft_compute::join::{JoinOptions, JoinSpec};
use weft_core::error::{Error, Result};
use weft_core::{Expr, Origin, Schema, Type};
use weft_plan::LogicalPlan;
use weft_plan::nodes::{Join, JoinKind, JoinSide};

use super::{Fragment, Lowering};
use crate::operators::join::hash::HashSide;
use crate::operators::join::nested::NestedSide;
use crate::operators::join::spilled::{JoinSpill, SpillableJoin};
use crate::operators::join::{Emit, ExpectPlan, JoinOperator, OutputColumn, ProbePlan};
use crate::pipeline::Operator;
use crate::sinks::blocks::BlockSink;
use crate::sinks::build::BuildSink;
use crate::sources::marked::{MarkedInBlocks, MarkedInTable, MarkedRows};
use crate::sources::spilled_join::SpilledJoin;
use crate::spilling::restore::Restored;

/// One side as it is lowered.
struct Side<'a> {
    plan: &'a LogicalPlan,
    fragment: Fragment,
    /// Positions of the key columns.
    keys: Vec<usize>,
}

/// How a join runs: what comes out of the probe, and which build rows come after it, by their marks.
struct Shape {
    build: JoinSide,
    emit: Emit,
    rest: Option<bool>,
}

impl Shape {
    fn of(node: &Join, ordered: bool) -> Self {
        // Left order is the probe side's order: where it is observed the right side is built, unless only left rows come
        // out, which are put in order by their places.
        let restorable = !node.kind.shows_right();
        let swapped = node.build == JoinSide::Left && node.expect.is_none() && (!ordered || restorable);
        let (emit, rest) = match (node.kind, swapped) {
            (JoinKind::Inner, _) => (Emit::Pairs { pad: false }, None),
            (JoinKind::Left, false) | (JoinKind::Right, true) => (Emit::Pairs { pad: true }, None),
            (JoinKind::Left, true) | (JoinKind::Right, false) => (Emit::Pairs { pad: false }, Some(false)),
            (JoinKind::Full, _) => (Emit::Pairs { pad: true }, Some(false)),
            (JoinKind::Semi, false) => (Emit::Rows { matched: true }, None),
            (JoinKind::Anti, false) => (Emit::Rows { matched: false }, None),
            (JoinKind::Semi, true) => (Emit::Nothing, Some(true)),
            (JoinKind::Anti, true) => (Emit::Nothing, Some(false)),
        };
        Shape { build: if swapped { JoinSide::Left } else { JoinSide::Right }, emit, rest }
    }

    /// Whether the order of build rows shows.
    fn build_order_shows(&self) -> bool {
        matches!(self.emit, Emit::Pairs { .. }) || self.rest.is_some()
    }
}

pub(super) fn lower(lowering: &mut Lowering<'_>, node: &Join, ordered: bool, origin: Origin) -> Result<Fragment> {
    let shape = Shape::of(node, ordered);
    let left = side(lowering, node, &node.left, JoinSide::Left)?;
    let right = side(lowering, node, &node.right, JoinSide::Right)?;
    let (mut probe, build) = if shape.build == JoinSide::Left { (right, left) } else { (left, right) };

    let (probe_schema, build_schema) = (probe.plan.schema(), build.plan.schema());
    let residual_names = node.residual.as_ref().map(Expr::columns).unwrap_or_default();
    let payload = payload(node.output.iter().chain(&residual_names), probe_schema, build_schema);
    let place = |name: &Arc<str>| place(name, probe_schema, build_schema, &payload);
    let output = node.output.iter().map(place).collect::<Result<Vec<_>>>()?;
    let residual = match &node.residual {
        None => None,
        Some(condition) => {
            let pairs = node.pair_schema()?;
            let columns = residual_names.iter().map(place).collect::<Result<Vec<_>>>()?;
            // By position among the columns that it reads, in the order in which it reads them.
            let indices: Vec<usize> = residual_names.iter().filter_map(|n| pairs.index_of(n)).collect();
            Some((condition.clone().bind(&pairs.project(&indices)?)?, columns))
        }
    };
    let column = |c: &OutputColumn, ty: Type| (if let OutputColumn::Build(i) = c { Some(*i) } else { None }, ty);
    let types = node.output.iter().map(|name| column_type(name, probe_schema, build_schema));
    let rest_columns = output.iter().zip(types).map(|(c, ty)| Ok(column(c, ty?))).collect::<Result<Arc<[_]>>>()?;
    let rest = shape.rest.map(|marked| MarkedRows { marked, output: rest_columns, ordered });

    let plan = ProbePlan {
        emit: shape.emit,
        marks: shape.rest.is_some(),
        expect: expect(node, &probe, origin),
        keys: probe.keys.clone(),
        output,
        residual,
        chunk_rows: lowering.shared.settings.chunk_rows(),
    };
    let options = JoinOptions { ordered: ordered && shape.build_order_shows(), marks: shape.rest.is_some() };
    let name = if node.is_cross() { "join cross".to_string() } else { format!("join {}", node.kind) };
    let shared = lowering.shared;
    let payload_types: Vec<Type> = payload.iter().map(|&i| build_schema.fields()[i].ty.clone()).collect();
    if node.keys.is_empty() {
        let sink = Arc::new(BlockSink::new(shared, payload, payload_types, options.marks));
        let blocks = sink.blocks();
        probe.fragment.needs.push(lowering.end(build.fragment, sink));
        let side = NestedSide::new(shared, Arc::clone(&blocks));
        probe.fragment.append(Arc::new(JoinOperator::new(shared, name, plan, side)));
        if let Some(rest) = rest {
            probe.fragment.then(Arc::new(MarkedInBlocks::new(shared, rest, blocks)));
        }
        return Ok(probe.fragment);
    }
    let types: Vec<Type> = node.keys.iter().map(|k| k.left.ty.clone()).collect();
    let null_safe: Vec<bool> = node.keys.iter().map(|k| k.null_safe).collect();
    let spec = JoinSpec::new(&types, &null_safe, &payload_types, options)?;
    let sink = Arc::new(BuildSink::new(shared, spec, build.keys, payload, true));
    let (table, spilled) = (sink.table(), sink.spilled());
    probe.fragment.needs.push(lowering.end(build.fragment, sink));
    let operator = JoinOperator::new(shared, name, plan.clone(), HashSide::new(shared, Arc::clone(&table)));
    let spill = JoinSpill::new(shared, operator.metrics(), plan, rest.clone(), Arc::clone(&spilled), ordered);
    probe.fragment.append(Arc::new(SpillableJoin::new(operator, &spill)));
    if let Some(rest) = rest {
        probe.fragment.then(Arc::new(MarkedInTable::new(shared, rest, table, spilled)));
    }
    probe.fragment.then(Arc::new(SpilledJoin(Arc::clone(&spill))));
    if ordered {
        probe.fragment.then(Arc::new(Restored(Arc::clone(&spill.restore))));
    }
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

/// How left rows are told apart where their number of matches is wrong: by their keys, else by what the condition reads.
fn expect(node: &Join, left: &Side<'_>, origin: Origin) -> Option<ExpectPlan> {
    let expect = node.expect?;
    let mut shown: Vec<(usize, String)> =
        left.keys.iter().zip(&node.keys).map(|(&column, key)| (column, key.left.to_string())).collect();
    if shown.is_empty() {
        let names = node.residual.as_ref().map(Expr::columns).unwrap_or_default();
        shown.extend(names.iter().filter_map(|n| Some((left.plan.schema().index_of(n)?, n.to_string()))));
    }
    Some(ExpectPlan { expect, shown, origin })
}

/// Positions of the build columns among `names`, each once.
fn payload<'a>(names: impl Iterator<Item = &'a Arc<str>>, probe: &Schema, build: &Schema) -> Vec<usize> {
    let mut payload: Vec<usize> = Vec::new();
    for name in names {
        if let Some(index) = build.index_of(name)
            && probe.index_of(name).is_none()
            && !payload.contains(&index)
        {
            payload.push(index);
        }
    }
    payload
}

/// Where a column of the pairs comes from.
fn place(name: &Arc<str>, probe: &Schema, build: &Schema, payload: &[usize]) -> Result<OutputColumn> {
    if let Some(index) = probe.index_of(name) {
        return Ok(OutputColumn::Probe(index));
    }
    let found = build.index_of(name).and_then(|index| payload.iter().position(|&p| p == index));
    found.map(OutputColumn::Build).ok_or_else(|| no_column(name))
}

fn column_type(name: &Arc<str>, probe: &Schema, build: &Schema) -> Result<Type> {
    let field = probe.field(name).or_else(|| build.field(name));
    field.map(|f| f.ty.clone()).ok_or_else(|| no_column(name))
}

fn no_column(name: &str) -> Error {
    Error::internal(format!("a join without a column `{name}`"))
}
