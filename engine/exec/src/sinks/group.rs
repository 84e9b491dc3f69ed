//! Folding groups: a table per worker, merged bundle by bundle by the tasks of the pipeline that reads them.

use std::any::Any;
use std::sync::Arc;
use std::task::{Context, Poll};

use arrow::array::AsArray;
use parking_lot::Mutex;
use weft_compute::Work;
use weft_compute::group::{AggregateInput, GroupMerge, GroupReader, GroupSpec, GroupTable};
use weft_core::error::{Error, Result};
use weft_core::source::{ChunkReader, ScanTask};
use weft_core::{Chunk, OperatorMetrics, Series};

use super::in_order::{InOrder, Keeping};
use crate::pipeline::{LocalSink, Shared, Sink, Source, Tasks, downcast};

/// Which columns of a chunk an aggregate reads.
#[derive(Debug, Clone)]
pub(crate) struct AggregateColumns {
    pub(crate) args: Vec<usize>,
    pub(crate) filter: Option<usize>,
}

/// Which columns of a chunk a group table reads.
#[derive(Debug, Clone)]
pub(crate) struct GroupColumns {
    pub(crate) keys: Vec<usize>,
    /// Columns of which each group keeps those of its first row; nothing together with aggregates.
    pub(crate) first: Vec<usize>,
    pub(crate) aggregates: Vec<AggregateColumns>,
}

/// Folds all rows into groups.
pub(crate) struct GroupSink {
    shared: Shared,
    name: &'static str,
    metrics: Arc<OperatorMetrics>,
    spec: Arc<GroupSpec>,
    columns: Arc<GroupColumns>,
    /// Rows are folded in the order of the input: for aggregates that observe it.
    in_order: bool,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    kept: Option<InOrder>,
    tables: Vec<Option<GroupTable>>,
}

enum Local {
    Table { table: Box<GroupTable>, columns: Arc<GroupColumns> },
    Kept { needed: Arc<[usize]>, chunks: Box<Keeping> },
}

impl GroupColumns {
    /// The columns that are read, and the same for chunks of these columns alone.
    fn narrow(&self) -> (Vec<usize>, GroupColumns) {
        let mut narrow = self.clone();
        let aggregates = narrow.aggregates.iter_mut().flat_map(|a| a.args.iter_mut().chain(&mut a.filter));
        let mut needed: Vec<usize> = Vec::new();
        for column in narrow.keys.iter_mut().chain(&mut narrow.first).chain(aggregates) {
            let place = needed.iter().position(|n| n == column);
            if place.is_none() {
                needed.push(*column);
            }
            *column = place.unwrap_or(needed.len() - 1);
        }
        (needed, narrow)
    }
}

impl GroupSink {
    pub(crate) fn new(shared: &Shared, name: &'static str, spec: Arc<GroupSpec>, columns: GroupColumns, in_order: bool) -> Self {
        let metrics = shared.metrics.operator(name);
        GroupSink { shared: shared.clone(), name, metrics, spec, columns: Arc::new(columns), in_order, state: Arc::default() }
    }

    pub(crate) fn output(&self) -> GroupOutput {
        let chunk_rows = self.shared.settings.chunk_rows();
        GroupOutput { state: Arc::clone(&self.state), metrics: Arc::clone(&self.metrics), chunk_rows }
    }

    fn table(&self) -> Result<GroupTable> {
        let work = Work::new(self.shared.cancel()).spilling(&self.shared.spill, &self.metrics);
        self.spec.table(&self.shared.pool.spillable(self.name), &work)
    }

    /// One table over all kept chunks in order.
    fn fold_in_order(&self, mut chunks: InOrder) -> Result<GroupTable> {
        let mut table = self.table()?;
        let (_, columns) = self.columns.narrow();
        while let Some(chunk) = chunks.next()? {
            self.shared.cancel().check()?;
            update(&mut table, &columns, &chunk)?;
        }
        Ok(table)
    }
}

/// Folds a chunk into a table.
fn update(table: &mut GroupTable, columns: &GroupColumns, chunk: &Chunk) -> Result<()> {
    let (position, chunk) = (chunk.position, chunk.clone().compact()?);
    let column = |&index: &usize| chunk.column(index).cloned();
    let keys = columns.keys.iter().map(column).collect::<Result<Vec<Series>>>()?;
    if !columns.first.is_empty() {
        let first = columns.first.iter().map(column).collect::<Result<Vec<Series>>>()?;
        return table.insert(&keys, &first, chunk.physical_rows(), position);
    }
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
        if self.in_order {
            let chunks = Box::new(Keeping::new(&self.shared, &self.metrics, self.name));
            return Ok(Box::new(Local::Kept { needed: self.columns.narrow().0.into(), chunks }));
        }
        Ok(Box::new(Local::Table { table: Box::new(self.table()?), columns: Arc::clone(&self.columns) }))
    }

    fn seal(&self, locals: Vec<Box<dyn LocalSink>>) -> Result<usize> {
        let (mut kept, mut tables) = (Vec::new(), Vec::new());
        for local in downcast::<Local>(locals)? {
            match local {
                Local::Table { table, .. } => tables.push(Some(*table)),
                Local::Kept { chunks, .. } => kept.push(*chunks),
            }
        }
        // Without any input there must still be one table: no keys means one group.
        if tables.is_empty() && kept.is_empty() {
            tables.push(Some(self.table()?));
        }
        let held: usize = tables.iter().flatten().map(GroupTable::bytes_held).sum();
        let waiting: usize = kept.iter().map(Keeping::bytes_held).sum();
        self.metrics.peak_memory.raise((held + waiting) as u64);
        // Tables that were written to disk in part are written out whole, each as a part of the end.
        let spilled = tables.iter().flatten().any(GroupTable::has_spilled);
        let parts = if !kept.is_empty() {
            1
        } else if spilled {
            tables.len()
        } else {
            0
        };
        let kept = (!kept.is_empty()).then(|| InOrder::new(kept));
        *self.state.lock() = State { kept, tables };
        Ok(parts)
    }

    fn finish_part(&self, part: usize) -> Result<()> {
        let kept = self.state.lock().kept.take();
        if let Some(kept) = kept {
            let table = self.fold_in_order(kept)?;
            self.state.lock().tables.push(Some(table));
            return Ok(());
        }
        let table = self.state.lock().tables.get_mut(part).and_then(Option::take);
        let mut table = table.ok_or_else(|| Error::internal("groups that were not sealed"))?;
        table.spill()?;
        self.state.lock().tables[part] = Some(table);
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
            Local::Kept { needed, chunks } => {
                let columns = needed.iter().map(|&c| chunk.column(c).cloned()).collect::<Result<_>>()?;
                chunks.push(chunk.with_columns(columns))
            }
        }
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// Merges groups and hands them out, in no order.
pub(crate) struct GroupOutput {
    state: Arc<Mutex<State>>,
    metrics: Arc<OperatorMetrics>,
    chunk_rows: usize,
}

impl Source for GroupOutput {
    fn open(&self) -> Result<Box<dyn Tasks>> {
        let tables = std::mem::take(&mut self.state.lock().tables);
        let merge = Arc::new(GroupMerge::new(tables.into_iter().flatten().collect())?);
        Ok(Box::new(MergeTasks { merge, next: 0, chunk_rows: self.chunk_rows }))
    }

    fn with_task_rows(&self, rows: usize) -> Option<Arc<dyn Source>> {
        let (state, metrics) = (Arc::clone(&self.state), Arc::clone(&self.metrics));
        Some(Arc::new(GroupOutput { state, metrics, chunk_rows: self.chunk_rows.min(rows) }))
    }

    fn metrics(&self) -> Option<&Arc<OperatorMetrics>> {
        Some(&self.metrics)
    }
}

/// A task for each bundle of groups.
struct MergeTasks {
    merge: Arc<GroupMerge>,
    next: usize,
    chunk_rows: usize,
}

impl Tasks for MergeTasks {
    fn next(&mut self) -> Result<Option<Box<dyn ScanTask>>> {
        if self.next == self.merge.tasks() {
            return Ok(None);
        }
        self.next += 1;
        let groups = self.merge.reader(self.next - 1)?;
        Ok(Some(Box::new(Part { groups, chunk_rows: self.chunk_rows })))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.merge.tasks())
    }
}

struct Part {
    groups: GroupReader,
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
