//! The build side of a join without keys: rows in blocks of whole columns, in order, with a mark for each where wanted.

use std::any::Any;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};

use arrow::array::{Array, ArrayRef, UInt32Array, new_null_array};
use arrow::compute::{concat, interleave};
use weft_core::error::{Error, Result};
use weft_core::{Chunk, OperatorMetrics, Reservation, Series, Type};

use crate::pipeline::{LocalSink, Shared, Sink, downcast};
use crate::retain::retained;

/// The finished blocks, for the operators that read them.
pub(crate) type SharedBlocks = Arc<OnceLock<Arc<Blocks>>>;

/// A row of the blocks, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BlockRow {
    pub(crate) block: u32,
    pub(crate) row: u32,
}

impl BlockRow {
    /// No row: its columns are null.
    pub(crate) const NONE: BlockRow = BlockRow { block: u32::MAX, row: 0 };
}

/// Rows in flat columns, cut into blocks. Shared by the probing threads.
pub(crate) struct Blocks {
    blocks: Vec<Chunk>,
    /// The types of the columns: where there is no block, rows that are none still have some.
    types: Vec<Type>,
    /// For each block a byte for each row that says whether it was matched; empty where nobody asks.
    marks: Vec<Vec<AtomicU8>>,
    _held: Reservation,
}

impl Blocks {
    pub(crate) fn len(&self) -> usize {
        self.blocks.len()
    }

    pub(crate) fn block(&self, index: usize) -> Result<&Chunk> {
        self.blocks.get(index).ok_or_else(|| Error::internal("no such block of a join"))
    }

    /// Columns of rows, which may come from any blocks.
    pub(crate) fn columns(&self, columns: &[usize], rows: &[BlockRow]) -> Result<Vec<Series>> {
        let first = rows.first().map_or(u32::MAX, |r| r.block);
        if first != u32::MAX && rows.iter().all(|r| r.block == first) {
            let block = self.block(first as usize)?;
            let whole = rows.len() == block.physical_rows() && rows.iter().enumerate().all(|(i, r)| r.row as usize == i);
            let indices = UInt32Array::from_iter_values(rows.iter().map(|r| r.row));
            let column = |&c: &usize| if whole { block.column(c).cloned() } else { block.column(c)?.take(&indices) };
            return columns.iter().map(column).collect();
        }
        columns.iter().map(|&c| self.column(c, rows)).collect()
    }

    fn column(&self, column: usize, rows: &[BlockRow]) -> Result<Series> {
        let ty = self.types.get(column).ok_or_else(|| Error::internal("no such column of a join"))?.clone();
        if self.blocks.is_empty() {
            return Ok(Series::nulls(ty, rows.len()));
        }
        // Only the blocks that are met are handed to arrow, behind a null for rows that are none.
        let mut place = vec![0usize; self.blocks.len()];
        let mut arrays: Vec<ArrayRef> = vec![new_null_array(&ty.to_arrow(), 1)];
        let mut indices = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(slot) = place.get_mut(row.block as usize) else {
                indices.push((0, 0));
                continue;
            };
            if *slot == 0 {
                *slot = arrays.len();
                arrays.push(self.blocks[row.block as usize].column(column)?.to_flat()?);
            }
            indices.push((*slot, row.row as usize));
        }
        let arrays: Vec<&dyn Array> = arrays.iter().map(|a| &**a).collect();
        Series::new(ty, interleave(&arrays, &indices)?)
    }

    /// Marks rows as matched.
    pub(crate) fn mark(&self, rows: &[BlockRow]) -> Result<()> {
        for row in rows {
            let mark = self.marks.get(row.block as usize).and_then(|marks| marks.get(row.row as usize));
            mark.ok_or_else(|| Error::internal("join rows without marks"))?.store(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Marks all rows as matched.
    pub(crate) fn mark_everything(&self) {
        self.marks.iter().flatten().for_each(|mark| mark.store(1, Ordering::Relaxed));
    }

    /// The rows of a block that are marked, or those that are not; nothing where there is none.
    pub(crate) fn marked(&self, index: usize, wanted: bool) -> Result<Option<Chunk>> {
        let block = self.block(index)?;
        let marks = self.marks.get(index).ok_or_else(|| Error::internal("join rows without marks"))?;
        let rows: Vec<u32> =
            (0..marks.len() as u32).filter(|&r| (marks[r as usize].load(Ordering::Relaxed) != 0) == wanted).collect();
        Ok((!rows.is_empty()).then(|| block.clone().with_selection(Some(rows.into()))))
    }
}

/// Collects the columns `payload` of all rows into blocks of up to about a chunk.
pub(crate) struct BlockSink {
    shared: Shared,
    metrics: Arc<OperatorMetrics>,
    payload: Vec<usize>,
    types: Vec<Type>,
    marks: bool,
    blocks: SharedBlocks,
}

struct Local {
    payload: Vec<usize>,
    chunks: Vec<Chunk>,
    reservation: Reservation,
}

impl BlockSink {
    /// `types` are those of the columns `payload`.
    pub(crate) fn new(shared: &Shared, payload: Vec<usize>, types: Vec<Type>, marks: bool) -> Self {
        let metrics = shared.metrics.operator("join build");
        BlockSink { shared: shared.clone(), metrics, payload, types, marks, blocks: SharedBlocks::default() }
    }

    pub(crate) fn blocks(&self) -> SharedBlocks {
        Arc::clone(&self.blocks)
    }
}

impl Sink for BlockSink {
    fn local(&self) -> Result<Box<dyn LocalSink>> {
        let reservation = self.shared.pool.reservation("join");
        Ok(Box::new(Local { payload: self.payload.clone(), chunks: Vec::new(), reservation }))
    }

    fn seal(&self, locals: Vec<Box<dyn LocalSink>>) -> Result<usize> {
        let mut held = self.shared.pool.reservation("join");
        let mut chunks = Vec::new();
        for local in downcast::<Local>(locals)? {
            chunks.extend(local.chunks);
            held.absorb(local.reservation);
        }
        chunks.sort_by_key(|c| c.position);
        let mut blocks = Vec::new();
        let mut part: Vec<Chunk> = Vec::new();
        let (mut rows, most) = (0, self.shared.settings.chunk_rows());
        for chunk in chunks {
            self.shared.cancel().check()?;
            if rows > 0 && rows + chunk.physical_rows() > most {
                blocks.push(joined(std::mem::take(&mut part), &mut held)?);
                rows = 0;
            }
            rows += chunk.physical_rows();
            part.push(chunk);
        }
        if rows > 0 {
            blocks.push(joined(part, &mut held)?);
        }
        let all: usize = blocks.iter().map(Chunk::physical_rows).sum();
        let mut marks = Vec::new();
        if self.marks {
            held.try_grow(all)?;
            let unmarked = |block: &Chunk| (0..block.physical_rows()).map(|_| AtomicU8::new(0)).collect();
            marks = blocks.iter().map(unmarked).collect();
        }
        self.metrics.rows_out.add(all as u64);
        self.metrics.peak_memory.raise(held.bytes() as u64);
        // A sink is sealed once, so nothing can stand there yet.
        let _ = self.blocks.set(Arc::new(Blocks { blocks, types: self.types.clone(), marks, _held: held }));
        Ok(0)
    }

    fn metrics(&self) -> &Arc<OperatorMetrics> {
        &self.metrics
    }
}

/// Small chunks as one block.
fn joined(mut chunks: Vec<Chunk>, held: &mut Reservation) -> Result<Chunk> {
    if chunks.len() == 1
        && let Some(only) = chunks.pop()
    {
        return Ok(only);
    }
    let bytes: usize = chunks.iter().map(Chunk::memory_bytes).sum();
    // The block takes as much as its parts, and stands beside them until they are dropped.
    held.try_grow(bytes)?;
    let rows = chunks.iter().map(Chunk::physical_rows).sum();
    let width = chunks.first().map_or(0, |c| c.columns().len());
    let column = |index: usize| {
        let flats = chunks.iter().map(|c| c.column(index)?.to_flat()).collect::<Result<Vec<ArrayRef>>>()?;
        let arrays: Vec<&dyn Array> = flats.iter().map(|a| &**a).collect();
        Series::new(chunks[0].column(index)?.ty().clone(), concat(&arrays)?)
    };
    let block = Chunk::new((0..width).map(column).collect::<Result<_>>()?, rows)?;
    held.shrink(bytes);
    Ok(block)
}

impl LocalSink for Local {
    fn push(&mut self, chunk: Chunk) -> Result<()> {
        let (position, chunk) = (chunk.position, chunk.compact()?);
        let flat = |&c: &usize| {
            let series = chunk.column(c)?;
            Series::new(series.ty().clone(), series.to_flat()?)
        };
        let columns = self.payload.iter().map(flat).collect::<Result<Vec<_>>>()?;
        let chunk = Chunk::new(columns, chunk.physical_rows())?.at(position);
        self.chunks.push(retained(chunk, &mut self.reservation)?);
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
