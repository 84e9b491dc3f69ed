//! Folding groups: a table per worker, merged by partition, handed out by partition or by first appearance.

use std::any::Any;
use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll};

use arrow::array::AsArray;
use parking_lot::Mutex;
use weft_compute::group::{AggregateInput, GroupMerge, GroupSpec, GroupTable, MergedGroups, OrderedGroups};
use weft_core::error::{Error, Result};
use weft_core::source::{ChunkReader, ScanTask};
use weft_core::{Chunk, OperatorMetrics, Reservation, Series};

use crate::pipeline::{LocalSink, ReadyChunks, Shared, Sink, Source, Tasks, downcast};
use crate::retain::retained;

/// Which columns of a chunk an aggregate reads.
pub(crate) struct AggregateColumns {
    pub(crate) args: Vec<usize>,
    pub(crate) filter: Option<usize>,
}

/// Which columns of a chunk a group table reads.
pub(crate) struct GroupColumns {
    pub(crate) keys: Vec<usize>,
    pub(crate) aggregates: Vec<AggregateColumns>,
}

/// Folds all rows into groups.
pub(crate) struct GroupSink {
    shared: Shared,
    name: &'static str,
    metrics: Arc<OperatorMetrics>,
    spec: Arc<GroupSpec>,
    columns: Arc<GroupColumns>,
    /// Groups come out by first appearance.
    ordered: bool,
    /// Rows are folded in the order of the input: for aggregates that observe it.
    in_order: bool,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    merge: Option<Arc<GroupMerge>>,
    merged: Vec<Option<MergedGroups>>,
}

enum Local {
    Table { table: Box<GroupTable>, columns: Arc<GroupColumns> },
    Kept { chunks: Vec<Chunk>, reservation: Reservation },
}

impl GroupSink {
    pub(crate) fn new(
        shared: &Shared,
        name: &'static str,
        spec: Arc<GroupSpec>,
        columns: GroupColumns,
        ordered: bool,
        in_order: bool,
    ) -> Self {
        let metrics = shared.metrics.operator(name);
        let (columns, state) = (Arc::new(columns), Arc::default());
        GroupSink { shared: shared.clone(), name, metrics, spec, columns, ordered, in_order, state }
    }

    pub(crate) fn output(&self) -> GroupOutput {
        GroupOutput {
            state: Arc::clone(&self.state),
            shared: self.shared.clone(),
            metrics: Arc::clone(&self.metrics),
            name: self.name,
            ordered: self.ordered,
            chunk_rows: self.shared.settings.chunk_rows(),
        }
    }

    /// One table over all kept chunks in order.
    fn fold_in_order(&self, locals: Vec<Local>) -> Result<GroupTable> {
        let reservation = self.shared.pool.reservation(self.name);
        let mut table = self.spec.table(&reservation)?;
        let (mut all, mut held) = (Vec::new(), Vec::new());
        for local in locals {
            if let Local::Kept { chunks, reservation } = local {
                all.extend(chunks);
                held.push(reservation);
            }
        }
        all.sort_by_key(|c| c.position);
        for chunk in all {
            self.shared.cancel().check()?;
            update(&mut table, &self.columns, &chunk)?;
        }
        Ok(table)
    }
}

/// Folds a chunk into a table.
pub(crate) fn update(table: &mut GroupTable, columns: &GroupColumns, chunk: &Chunk) -> Result<()> {
    let (position, chunk) = (chunk.position, chunk.clone().compact()?);
    let column = |&index: &usize| chunk.column(index).cloned();
    let keys = columns.keys.iter().map(column).collect::<Result<Vec<Series>>>()?;
    let input = |aggregate: &AggregateColumns| {
        let flat = |&index: &usize| chunk.column(index)?.to_flat();
        let args = aggregate.args.iter().map(flat).collect::<Result<_>>()?;
        let filter = aggregate.filter.as_ref().map(flat).transpose()?;
        Ok(AggregateInput { args, filter: filter.map(|f| f.as_boolean().clone()) })
    };
    let inputs = columns.aggregates.iter().map(input).collect::<Result<Vec<_>>>()?;
    table.update(&keys, chunk.physical_rows(), &inputs, position)
}

impl Sink for GroupSink {
    fn local(&self) -> Result<Box<dyn LocalSink>> {
        let reservation = self.shared.pool.reservation(self.name);
        if self.in_order {
            return Ok(Box::new(Local::Kept { chunks: Vec::new(), reservation }));
        }
        let table = Box::new(self.spec.table(&reservation)?);
        Ok(Box::new(Local::Table { table, columns: Arc::clone(&self.columns) }))
    }

    fn seal(&self, locals: Vec<Box<dyn LocalSink>>) -> Result<usize> {
        let locals = downcast::<Local>(locals)?;
        let mut tables = Vec::with_capacity(locals.len());
        if self.in_order || locals.is_empty() {
            // Without any input there must still be one table: no keys means one group.
            tables.push(self.fold_in_order(locals)?);
        } else {
            for local in locals {
                if let Local::Table { table, .. } = local {
                    tables.push(*table);
                }
            }
        }
        let merge = GroupMerge::new(tables)?;
        let parts = merge.tasks();
        let merged = (0..parts).map(|_| None).collect();
        *self.state.lock() = State { merge: Some(Arc::new(merge)), merged };
        Ok(parts)
    }

    fn finish_part(&self, part: usize) -> Result<()> {
        let merge = self.state.lock().merge.clone().ok_or_else(|| Error::internal("groups that were not sealed"))?;
        let groups = merge.merge(part, self.shared.cancel())?;
        self.metrics.rows_out.add(groups.rows() as u64);
        self.metrics.peak_memory.raise(self.shared.pool.used() as u64);
        self.state.lock().merged[part] = Some(groups);
        Ok(())
    }

    fn metrics(&self) -> &Arc<OperatorMetrics> {
        &self.metrics
    }
}

impl LocalSink for Local {
    fn push(&mut self, chunk: Chunk) -> Result<()> {
        match self {
            Local::Table { table, columns } => update(table, columns, &chunk),
            Local::Kept { chunks, reservation } => {
                chunks.push(retained(chunk, reservation)?);
                Ok(())
            }
        }
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// Hands out merged groups.
pub(crate) struct GroupOutput {
    state: Arc<Mutex<State>>,
    shared: Shared,
    metrics: Arc<OperatorMetrics>,
    name: &'static str,
    ordered: bool,
    chunk_rows: usize,
}

impl Source for GroupOutput {
    fn open(&self) -> Result<Box<dyn Tasks>> {
        let State { merge, merged } = std::mem::take(&mut *self.state.lock());
        drop(merge);
        let parts: Vec<MergedGroups> = merged.into_iter().flatten().collect();
        if self.ordered {
            let reservation = self.shared.pool.reservation(self.name);
            let groups = OrderedGroups::new(parts, &reservation, self.shared.cancel())?;
            return Ok(Box::new(OrderedTasks { groups, chunk_rows: self.chunk_rows }));
        }
        Ok(Box::new(PartTasks { parts: parts.into(), chunk_rows: self.chunk_rows }))
    }

    fn with_task_rows(&self, rows: usize) -> Option<Arc<dyn Source>> {
        Some(Arc::new(GroupOutput {
            state: Arc::clone(&self.state),
            shared: self.shared.clone(),
            metrics: Arc::clone(&self.metrics),
            name: self.name,
            ordered: self.ordered,
            chunk_rows: self.chunk_rows.min(rows),
        }))
    }
}

/// A task for each chunk, in order.
struct OrderedTasks {
    groups: OrderedGroups,
    chunk_rows: usize,
}

impl Tasks for OrderedTasks {
    fn next(&mut self) -> Result<Option<Box<dyn ScanTask>>> {
        let chunk = self.groups.next_chunk(self.chunk_rows)?;
        Ok(chunk.map(|chunk| Box::new(ReadyChunks([chunk].into())) as Box<dyn ScanTask>))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.groups.rows().div_ceil(self.chunk_rows))
    }
}

/// A task for each merged part.
struct PartTasks {
    parts: VecDeque<MergedGroups>,
    chunk_rows: usize,
}

impl Tasks for PartTasks {
    fn next(&mut self) -> Result<Option<Box<dyn ScanTask>>> {
        let part = self.parts.pop_front();
        Ok(part.map(|groups| Box::new(Part { groups, chunk_rows: self.chunk_rows }) as Box<dyn ScanTask>))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.parts.len())
    }
}

struct Part {
    groups: MergedGroups,
    chunk_rows: usize,
}

impl ScanTask for Part {
    fn open(self: Box<Self>) -> Result<Box<dyn ChunkReader>> {
        Ok(self)
    }
}

impl ChunkReader for Part {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Result<Option<Chunk>>> {
        Poll::Ready(self.groups.next_chunk(self.chunk_rows))
    }
}
