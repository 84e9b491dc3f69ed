//! Sorted runs in spill files, and merging them.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::sync::Arc;

use arrow::array::{AsArray, Int64Array};
use arrow::buffer::ScalarBuffer;
use arrow::datatypes::Int64Type;
use weft_compute::sort::EncodedKeys;
use weft_core::chunk::Position;
use weft_core::error::{Error, Result};
use weft_core::spill::{ChunkSpill, SpilledChunk, SpilledChunks};
use weft_core::{Chunk, OperatorMetrics, Reservation, Series, Type};

use crate::pipeline::Shared;
use crate::sinks::run::{KeyedChunk, RowAt, gather, gather_keys, interleaved};

/// Bytes of a block, one of which a merge holds for each run. A row that is larger is a block of its own.
const BLOCK_BYTES: usize = 256 * 1024;

/// Columns behind those that are kept: key, task and row of the input.
const EXTRA_COLUMNS: usize = 3;

/// What writing runs takes while it lasts, for `rows` rows of `bytes` bytes: a block as columns, as bytes and packed.
pub(super) fn writing_bytes(bytes: usize, rows: usize) -> usize {
    3 * BLOCK_BYTES.max(bytes / rows.max(1))
}

/// What a merge holds for each run with blocks of up to `block` bytes: one that is read, and the same as bytes before.
pub(super) fn merge_bytes(block: usize) -> usize {
    2 * block
}

/// A sorted run.
pub(super) struct SpilledRun {
    chunks: SpilledChunks,
    blocks: Vec<SpilledChunk>,
}

/// Writes runs, one after the other, to a file of its own.
pub(super) struct RunWriter {
    shared: Shared,
    metrics: Arc<OperatorMetrics>,
    /// Made with the first row.
    spill: Option<ChunkSpill>,
}

impl SpilledRun {
    pub(super) fn rows(&self) -> usize {
        self.blocks.iter().map(SpilledChunk::rows).sum()
    }

    /// Bytes of the largest block.
    pub(super) fn block_bytes(&self) -> usize {
        self.blocks.iter().map(SpilledChunk::memory_bytes).max().unwrap_or(0)
    }
}

impl RunWriter {
    pub(super) fn new(shared: &Shared, metrics: &Arc<OperatorMetrics>) -> Self {
        RunWriter { shared: shared.clone(), metrics: Arc::clone(metrics), spill: None }
    }

    /// Writes the rows of `chunks` in the order that `rows` says.
    pub(super) fn write_sorted(&mut self, chunks: &[KeyedChunk], rows: &[RowAt]) -> Result<SpilledRun> {
        let bytes: usize = chunks.iter().map(KeyedChunk::memory_bytes).sum();
        let mut blocks = Vec::new();
        for piece in rows.chunks(self.block_rows(bytes, rows.len())) {
            blocks.push(self.write(&with_keys(chunks, piece)?)?);
        }
        self.run(blocks)
    }

    /// Writes what `merge` hands out as one run.
    pub(super) fn write_merged(&mut self, merge: &mut RunMerge) -> Result<SpilledRun> {
        let mut blocks = Vec::new();
        loop {
            let taken = merge.take(self.shared.settings.chunk_rows(), BLOCK_BYTES)?;
            if taken.is_empty() {
                return self.run(blocks);
            }
            blocks.push(self.write(&taken.with_keys()?)?);
        }
    }

    fn write(&mut self, rows: &Chunk) -> Result<SpilledChunk> {
        self.shared.cancel().check()?;
        let spill = match &mut self.spill {
            Some(spill) => spill,
            none => {
                let types: Arc<[Type]> = rows.columns().iter().map(|c| c.ty().clone()).collect();
                none.insert(ChunkSpill::new(types, self.shared.spill.create("sort", &self.metrics)?)?)
            }
        };
        spill.write(rows)
    }

    fn run(&self, blocks: Vec<SpilledChunk>) -> Result<SpilledRun> {
        let spill = self.spill.as_ref().ok_or_else(|| Error::internal("a run without rows"))?;
        Ok(SpilledRun { chunks: spill.reader(), blocks })
    }

    /// Rows of a block where `rows` rows take `bytes` bytes.
    fn block_rows(&self, bytes: usize, rows: usize) -> usize {
        let fitting = BLOCK_BYTES.saturating_mul(rows) / bytes.max(1);
        fitting.clamp(1, self.shared.settings.chunk_rows())
    }
}

/// Some rows of chunks in memory with their keys and places.
fn with_keys(chunks: &[KeyedChunk], rows: &[RowAt]) -> Result<Chunk> {
    let place = |at: &RowAt| {
        let Position { task, row } = chunks[at.chunk as usize].chunk.position;
        (task as i64, (row + u64::from(at.row)) as i64)
    };
    let (tasks, places): (Vec<i64>, Vec<i64>) = rows.iter().map(place).unzip();
    let number = |values: Vec<i64>| Series::new(Type::Int64, Arc::new(Int64Array::from(values)));
    let mut columns = gather(chunks, rows)?.columns().to_vec();
    columns.extend([gather_keys(chunks, rows).to_column()?, number(tasks)?, number(places)?]);
    Chunk::new(columns, rows.len())
}

/// A block that was read.
struct Block {
    chunk: Chunk,
    keys: EncodedKeys,
    tasks: ScalarBuffer<i64>,
    places: ScalarBuffer<i64>,
    /// Bytes of a row, about; at least 1.
    row_bytes: usize,
}

impl Block {
    fn read(chunks: &SpilledChunks, at: &SpilledChunk) -> Result<Block> {
        let chunk = chunks.read(at)?;
        let column = |from_end: usize| chunk.columns().len().checked_sub(from_end).map(|index| &chunk.columns()[index]);
        let (Some(keys), Some(tasks), Some(places)) = (column(3), column(2), column(1)) else {
            return Err(Error::internal("a run without keys"));
        };
        let number = |series: &Series| Ok::<_, Error>(series.to_flat()?.as_primitive::<Int64Type>().values().clone());
        let (keys, tasks, places) = (EncodedKeys::from_column(keys)?, number(tasks)?, number(places)?);
        let row_bytes = (at.memory_bytes() / at.rows().max(1)).max(1);
        Ok(Block { chunk, keys, tasks, places, row_bytes })
    }
}

/// Hands out the rows of several runs in order.
pub(super) struct RunMerge {
    shared: Shared,
    runs: Vec<Unread>,
    heap: BinaryHeap<Reverse<Head>>,
    reservation: Reservation,
}

/// What of a run is still on disk.
struct Unread {
    chunks: SpilledChunks,
    blocks: std::vec::IntoIter<SpilledChunk>,
}

/// The next row of a run.
struct Head {
    block: Arc<Block>,
    row: usize,
    run: usize,
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Head {}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> Ordering {
        let place = |head: &Self| (head.block.tasks[head.row], head.block.places[head.row]);
        let by_key = self.block.keys.compare(self.row, &other.block.keys, other.row);
        by_key.then_with(|| place(self).cmp(&place(other)))
    }
}

impl RunMerge {
    /// Reads the first block of each run.
    pub(super) fn new(shared: &Shared, runs: Vec<SpilledRun>) -> Result<Self> {
        let mut reservation = shared.pool.reservation("sort");
        let held: usize = runs.iter().map(|run| merge_bytes(run.block_bytes())).sum();
        let largest = runs.iter().map(SpilledRun::block_bytes).max().unwrap_or(0);
        reservation.try_grow(held + writing_bytes(largest, 1))?;
        let unread = |run: SpilledRun| Unread { chunks: run.chunks, blocks: run.blocks.into_iter() };
        let mut merge = RunMerge {
            shared: shared.clone(),
            runs: runs.into_iter().map(unread).collect(),
            heap: BinaryHeap::new(),
            reservation,
        };
        for (run, unread) in merge.runs.iter_mut().enumerate() {
            if let Some(block) = unread.read(shared)? {
                merge.heap.push(Reverse(Head { block, row: 0, run }));
            }
        }
        Ok(merge)
    }

    /// Bytes reserved.
    pub(super) fn held_bytes(&self) -> usize {
        self.reservation.bytes()
    }

    /// Up to `rows` more rows of together not many more than `bytes` bytes; none at the end.
    pub(super) fn take(&mut self, rows: usize, bytes: usize) -> Result<Taken> {
        let mut taken = Taken { blocks: Vec::new(), places: Vec::new() };
        // Where each run's block stands among those that are taken from.
        let mut met = vec![usize::MAX; self.runs.len()];
        let mut left = bytes;
        self.shared.cancel().check()?;
        while taken.places.len() < rows && left > 0 {
            let Some(mut head) = self.heap.peek_mut() else { break };
            let Head { block, row, run } = &mut head.0;
            if met[*run] == usize::MAX {
                met[*run] = taken.blocks.len();
                taken.blocks.push(Arc::clone(block));
            }
            taken.places.push((met[*run], *row));
            left = left.saturating_sub(block.row_bytes);
            if *row + 1 < block.tasks.len() {
                *row += 1;
                continue;
            }
            met[*run] = usize::MAX;
            match self.runs[*run].read(&self.shared)? {
                Some(next) => (*block, *row) = (next, 0),
                None => drop(PeekMut::pop(head)),
            }
        }
        Ok(taken)
    }
}

impl Unread {
    fn read(&mut self, shared: &Shared) -> Result<Option<Arc<Block>>> {
        shared.cancel().check()?;
        self.blocks.next().map(|at| Block::read(&self.chunks, &at).map(Arc::new)).transpose()
    }
}

/// Rows that are next, not copied yet.
pub(super) struct Taken {
    blocks: Vec<Arc<Block>>,
    /// Which block, which row of it.
    places: Vec<(usize, usize)>,
}

impl Taken {
    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The rows as they came into the sort. There must be some.
    pub(super) fn rows(&self) -> Result<Chunk> {
        self.columns(self.width().saturating_sub(EXTRA_COLUMNS))
    }

    fn with_keys(&self) -> Result<Chunk> {
        self.columns(self.width())
    }

    fn width(&self) -> usize {
        self.blocks.first().map_or(0, |block| block.chunk.columns().len())
    }

    fn columns(&self, width: usize) -> Result<Chunk> {
        let chunks: Vec<&Chunk> = self.blocks.iter().map(|block| &block.chunk).collect();
        interleaved(&chunks, &self.places, width)
    }
}
