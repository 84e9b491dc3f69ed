//! Build rows of a join by their marks, when its probe is over: those without a match in outer joins, and what semi and
//! anti joins yield where their left side was built.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::Arc;
use std::task::{Context, Poll};

use weft_compute::join::{BuildRow, JoinScan, JoinTable};
use weft_core::chunk::Position;
use weft_core::error::{Error, Result};
use weft_core::source::{ChunkReader, ScanTask};
use weft_core::{CancelToken, Chunk, OperatorMetrics, Reservation, Series, Type};

use super::NoTasks;
use crate::pipeline::{ReadyChunks, Shared, Source, Tasks};
use crate::sinks::blocks::{Blocks, SharedBlocks};
use crate::sinks::build::{SharedSpill, SharedTable};

/// What of the build rows comes out.
#[derive(Clone)]
pub(crate) struct MarkedRows {
    /// The marked ones, or those that are not.
    pub(crate) marked: bool,
    /// For each column that comes out the payload column, or none: nulls of the type.
    pub(crate) output: Arc<[(Option<usize>, Type)]>,
    /// In the order of their side.
    pub(crate) ordered: bool,
}

impl MarkedRows {
    fn columns(&self, rows: usize, mut payload: impl FnMut(usize) -> Result<Series>) -> Result<Vec<Series>> {
        let column = |(index, ty): &(Option<usize>, Type)| match index {
            Some(index) => payload(*index),
            None => Ok(Series::nulls(ty.clone(), rows)),
        };
        self.output.iter().map(column).collect()
    }
}

/// Rows of a hash table.
pub(crate) struct MarkedInTable {
    rows: MarkedRows,
    table: SharedTable,
    spilled: SharedSpill,
    metrics: Arc<OperatorMetrics>,
    chunk_rows: usize,
    cancel: CancelToken,
    shared: Shared,
}

impl MarkedInTable {
    pub(crate) fn new(shared: &Shared, rows: MarkedRows, table: SharedTable, spilled: SharedSpill) -> Self {
        let (metrics, cancel) = (shared.metrics.operator("join rest"), shared.cancel().clone());
        let (chunk_rows, shared) = (shared.settings.chunk_rows(), shared.clone());
        MarkedInTable { rows, table, spilled, metrics, chunk_rows, cancel, shared }
    }

    /// Partitions whose rows are sorted each, to be merged.
    fn in_order(&self, table: &Arc<JoinTable>) -> Result<Box<dyn Tasks>> {
        let mut held = self.shared.pool.reservation("join");
        let mut runs = Vec::with_capacity(table.partitions());
        for partition in 0..table.partitions() {
            let mut scan = table.scan(partition, Some(self.rows.marked));
            let mut run: Vec<Placed> = Vec::new();
            loop {
                self.cancel.check()?;
                let rows = scan.next_rows(self.chunk_rows)?;
                if rows.is_empty() {
                    break;
                }
                held.try_grow(rows.len() * size_of::<Placed>())?;
                let places = table.positions(&rows)?;
                run.extend(places.into_iter().zip(rows).map(|(position, row)| Placed { position, row }));
            }
            run.sort_unstable_by_key(|placed| placed.position);
            runs.push(run);
        }
        let first = |(run, rows): (usize, &Vec<Placed>)| rows.first().map(|p| Reverse((p.position, run)));
        let heads = runs.iter().enumerate().filter_map(first).collect();
        let gather = Gather { rows: self.rows.clone(), table: Arc::clone(table), chunk_rows: self.chunk_rows };
        let task_rows = self.shared.settings.task_rows();
        Ok(Box::new(Merged {
            gather,
            next: vec![0; runs.len()],
            runs,
            heads,
            task_rows,
            cancel: self.cancel.clone(),
            _held: held,
        }))
    }
}

impl Source for MarkedInTable {
    fn open(&self) -> Result<Box<dyn Tasks>> {
        if self.spilled.get().is_some() {
            // What joins the parts on disk has their rows.
            return Ok(Box::new(NoTasks));
        }
        let table = self.table.get().ok_or_else(|| Error::internal("a join table that was not built"))?;
        if self.rows.ordered {
            return self.in_order(table);
        }
        let gather = Gather { rows: self.rows.clone(), table: Arc::clone(table), chunk_rows: self.chunk_rows };
        Ok(Box::new(ByPartition { gather, next: 0 }))
    }

    fn with_task_rows(&self, _: usize) -> Option<Arc<dyn Source>> {
        None
    }

    fn metrics(&self) -> Option<&Arc<OperatorMetrics>> {
        Some(&self.metrics)
    }
}

/// Makes chunks of build rows.
#[derive(Clone)]
pub(super) struct Gather {
    pub(super) rows: MarkedRows,
    pub(super) table: Arc<JoinTable>,
    pub(super) chunk_rows: usize,
}

impl Gather {
    pub(super) fn chunk(&self, rows: &[BuildRow]) -> Result<Chunk> {
        let fetch = |index| {
            let mut one = self.table.payload(&[index], rows)?;
            one.pop().ok_or_else(|| Error::internal("a payload column that did not come"))
        };
        Chunk::new(self.rows.columns(rows.len(), fetch)?, rows.len())
    }
}

/// A task for each partition.
struct ByPartition {
    gather: Gather,
    next: usize,
}

impl Tasks for ByPartition {
    fn next(&mut self) -> Result<Option<Box<dyn ScanTask>>> {
        if self.next >= self.gather.table.partitions() {
            return Ok(None);
        }
        let scan = self.gather.table.scan(self.next, Some(self.gather.rows.marked));
        self.next += 1;
        Ok(Some(Box::new(PartitionTask { gather: self.gather.clone(), scan })))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.gather.table.partitions())
    }
}

struct PartitionTask {
    gather: Gather,
    scan: JoinScan,
}

impl ScanTask for PartitionTask {
    fn open(self: Box<Self>) -> Result<Box<dyn ChunkReader>> {
        Ok(self)
    }
}

impl ChunkReader for PartitionTask {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Result<Option<Chunk>>> {
        let next = self.scan.next_rows(self.gather.chunk_rows);
        Poll::Ready(next.and_then(|rows| if rows.is_empty() { Ok(None) } else { self.gather.chunk(&rows).map(Some) }))
    }
}

/// A row and where it stands.
struct Placed {
    position: Position,
    row: BuildRow,
}

/// Sorted runs, of which the smallest next row is taken.
struct Merged {
    gather: Gather,
    runs: Vec<Vec<Placed>>,
    next: Vec<usize>,
    heads: BinaryHeap<Reverse<(Position, usize)>>,
    task_rows: usize,
    cancel: CancelToken,
    _held: Reservation,
}

impl Merged {
    fn take(&mut self, most: usize) -> Vec<BuildRow> {
        let mut taken = Vec::new();
        while taken.len() < most {
            let Some(Reverse((_, run))) = self.heads.pop() else { break };
            let rows = &self.runs[run];
            taken.push(rows[self.next[run]].row);
            self.next[run] += 1;
            if let Some(next) = rows.get(self.next[run]) {
                self.heads.push(Reverse((next.position, run)));
            }
        }
        taken
    }
}

impl Tasks for Merged {
    fn next(&mut self) -> Result<Option<Box<dyn ScanTask>>> {
        self.cancel.check()?;
        let most = self.gather.chunk_rows.min(self.task_rows);
        let rows = self.take(most);
        Ok((!rows.is_empty()).then(|| Box::new(RowsTask { gather: self.gather.clone(), rows }) as Box<dyn ScanTask>))
    }
}

/// Rows whose columns are gathered by the worker that takes the task.
struct RowsTask {
    gather: Gather,
    rows: Vec<BuildRow>,
}

impl ScanTask for RowsTask {
    fn open(self: Box<Self>) -> Result<Box<dyn ChunkReader>> {
        Ok(Box::new(ReadyChunks([self.gather.chunk(&self.rows)?].into())))
    }
}

/// Rows of blocks, which are in order already.
pub(crate) struct MarkedInBlocks {
    rows: MarkedRows,
    blocks: SharedBlocks,
    metrics: Arc<OperatorMetrics>,
}

impl MarkedInBlocks {
    pub(crate) fn new(shared: &Shared, rows: MarkedRows, blocks: SharedBlocks) -> Self {
        MarkedInBlocks { rows, blocks, metrics: shared.metrics.operator("join rest") }
    }
}

impl Source for MarkedInBlocks {
    fn open(&self) -> Result<Box<dyn Tasks>> {
        let blocks = self.blocks.get().ok_or_else(|| Error::internal("a join's blocks that were not made"))?;
        Ok(Box::new(BlockTasks { rows: self.rows.clone(), blocks: Arc::clone(blocks), next: 0 }))
    }

    fn with_task_rows(&self, _: usize) -> Option<Arc<dyn Source>> {
        None
    }

    fn metrics(&self) -> Option<&Arc<OperatorMetrics>> {
        Some(&self.metrics)
    }
}

struct BlockTasks {
    rows: MarkedRows,
    blocks: Arc<Blocks>,
    next: usize,
}

impl Tasks for BlockTasks {
    fn next(&mut self) -> Result<Option<Box<dyn ScanTask>>> {
        while self.next < self.blocks.len() {
            self.next += 1;
            if let Some(block) = self.blocks.marked(self.next - 1, self.rows.marked)? {
                let columns = self.rows.columns(block.physical_rows(), |index| block.column(index).cloned())?;
                let chunk = block.with_columns(columns);
                return Ok(Some(Box::new(ReadyChunks(VecDeque::from([chunk])))));
            }
        }
        Ok(None)
    }
}
