//! What one worker keeps for a sort, and when it writes it out.

use std::any::Any;
use std::sync::Arc;

use weft_compute::sort::KeyEncoder;
use weft_core::error::{ErrorKind, Result};
use weft_core::{Chunk, OperatorMetrics, Reservation};

use super::in_memory::{in_order, sort_run};
use super::runs::{RunWriter, SpilledRun, writing_bytes};
use crate::pipeline::{LocalSink, Shared};
use crate::sinks::run::{KeyedChunk, RowAt};

/// A chunk of this many rows or fewer is not halved when memory is short.
const FEWEST_ROWS: usize = 64;

/// A worker's chunks, and the runs that it wrote.
pub(super) struct Local {
    shared: Shared,
    metrics: Arc<OperatorMetrics>,
    encoder: Arc<KeyEncoder>,
    width: usize,
    chunks: Vec<KeyedChunk>,
    /// For the chunks, for the positions of their rows while they are sorted, and for writing them out.
    reservation: Reservation,
    /// Rows of `chunks`, and their bytes with keys.
    held: (usize, usize),
    /// Of the reservation, what writing a run will take.
    scratch: usize,
    writer: RunWriter,
    /// Rows of chunks and runs.
    pub(super) rows: usize,
    pub(super) runs: Vec<SpilledRun>,
}

impl Local {
    pub(super) fn new(shared: &Shared, metrics: &Arc<OperatorMetrics>, encoder: &Arc<KeyEncoder>, width: usize) -> Self {
        Local {
            shared: shared.clone(),
            metrics: Arc::clone(metrics),
            encoder: Arc::clone(encoder),
            width,
            chunks: Vec::new(),
            reservation: shared.pool.spillable("sort"),
            held: (0, 0),
            scratch: 0,
            writer: RunWriter::new(shared, metrics),
            rows: 0,
            runs: Vec::new(),
        }
    }

    /// Whether nothing is left in memory.
    pub(super) fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Whether the worker should write out what it holds.
    pub(super) fn should_spill(&self) -> bool {
        self.reservation.should_spill()
    }

    /// The chunks that were never written out, with what they hold.
    pub(super) fn into_chunks(mut self) -> (Vec<KeyedChunk>, Reservation) {
        self.reservation.shrink(self.scratch);
        (self.chunks, self.reservation)
    }

    /// Sorts what is held, writes it out and lets go of it.
    pub(super) fn write_run(&mut self) -> Result<()> {
        self.metrics.peak_memory.raise(self.reservation.bytes() as u64);
        self.chunks.sort_by_key(|c| c.chunk.position);
        let mut rows = in_order(&self.chunks);
        sort_run(&self.chunks, &mut rows, self.shared.cancel())?;
        self.runs.push(self.writer.write_sorted(&self.chunks, &rows)?);
        self.chunks = Vec::new();
        (self.held, self.scratch) = ((0, 0), 0);
        self.reservation.free();
        Ok(())
    }

    /// Takes a chunk in, writes out what is held if that makes room, and else takes it by halves: another worker may hold
    /// all but a little, and give way only when its own next chunk comes.
    fn take(&mut self, chunk: Chunk) -> Result<()> {
        match self.keep(chunk.clone()) {
            Err(error) if error.kind() == ErrorKind::Memory && !self.is_empty() => {
                self.write_run()?;
                self.take(chunk)
            }
            Err(error) if error.kind() == ErrorKind::Memory && chunk.rows() > FEWEST_ROWS => {
                let half = chunk.rows() / 2;
                self.take(chunk.slice(0, half))?;
                self.take(chunk.slice(half, chunk.rows() - half))
            }
            kept => kept,
        }
    }

    /// Takes a chunk in, or leaves everything as it was.
    fn keep(&mut self, chunk: Chunk) -> Result<()> {
        let before = self.reservation.bytes();
        let kept = self.reserve(chunk);
        if kept.is_err() {
            self.reservation.shrink(self.reservation.bytes() - before);
        }
        let (keyed, scratch) = kept?;
        self.rows += keyed.keys.len();
        self.held = (self.held.0 + keyed.keys.len(), self.held.1 + keyed.memory_bytes());
        self.scratch = scratch;
        self.chunks.push(keyed);
        Ok(())
    }

    /// Reserves what a chunk takes now and later: there may be nothing left when it must be written out.
    fn reserve(&mut self, chunk: Chunk) -> Result<(KeyedChunk, usize)> {
        let keyed = KeyedChunk::new(chunk, self.width, &self.encoder, &mut self.reservation)?;
        let (rows, bytes) = (self.held.0 + keyed.keys.len(), self.held.1 + keyed.memory_bytes());
        let scratch = writing_bytes(bytes, rows).min(bytes).max(self.scratch);
        // Positions once in a run, and once more while it is sorted.
        self.reservation.try_grow(keyed.keys.len() * 2 * size_of::<RowAt>() + scratch - self.scratch)?;
        Ok((keyed, scratch))
    }
}

impl LocalSink for Local {
    fn push(&mut self, chunk: Chunk) -> Result<()> {
        if self.reservation.should_spill() {
            self.write_run()?;
        }
        self.take(chunk)
    }

    fn give_way(&mut self) -> Result<()> {
        if self.is_empty() { Ok(()) } else { self.write_run() }
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
