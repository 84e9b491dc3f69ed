//! What one worker keeps for windows, and when it writes it out.

use std::any::Any;
use std::sync::Arc;

use weft_compute::hash::hash_columns;
use weft_core::chunk::Position;
use weft_core::error::{ErrorKind, Result};
use weft_core::{Chunk, OperatorMetrics, Reservation, Series};

use super::columns::{Kept, PARTS, WindowColumns, by_part, part_of};
use super::spilled::Stood;
use crate::pipeline::{LocalSink, Shared};
use crate::spilling::partitioner::{Partitioner, SpilledPart};
use crate::spilling::places;

/// A worker's chunks, and what it wrote to disk. Rows without partition keys are all of one partition, and stay.
pub(super) struct Local {
    shared: Shared,
    metrics: Arc<OperatorMetrics>,
    columns: Arc<WindowColumns>,
    pub(super) kept: Vec<Kept>,
    hashes: Vec<u64>,
    pub(super) held: Reservation,
    pub(super) pieces: Reservation,
    /// Made with the first row that is written; from then on nothing is kept.
    partitioner: Option<Partitioner>,
    /// Where chunks stood that were written.
    stood: Vec<Stood>,
    /// Rows so far.
    pub(super) rows: usize,
}

impl Local {
    pub(super) fn new(shared: &Shared, metrics: &Arc<OperatorMetrics>, columns: &Arc<WindowColumns>) -> Self {
        let pool = &shared.pool;
        let held = if columns.keys.is_empty() { pool.reservation("window") } else { pool.spillable("window") };
        Local {
            shared: shared.clone(),
            metrics: Arc::clone(metrics),
            columns: Arc::clone(columns),
            kept: Vec::new(),
            hashes: Vec::new(),
            pieces: held.sibling(),
            held,
            partitioner: None,
            stood: Vec::new(),
            rows: 0,
        }
    }

    /// Whether rows are on disk, or should be.
    pub(super) fn is_outgrown(&self) -> bool {
        self.partitioner.is_some() || self.held.should_spill()
    }

    /// Writes all that is kept.
    fn spill(&mut self) -> Result<()> {
        self.metrics.peak_memory.raise(self.held.state_bytes() as u64);
        for kept in std::mem::take(&mut self.kept) {
            let position = kept.payload.position;
            let (chunk, parts, rows) = self.columns.take_back(&kept)?;
            self.write(chunk, parts, position, |i| rows[i])?;
        }
        self.held.free();
        self.pieces.free();
        Ok(())
    }

    /// Writes rows of a chunk that stood at `position`; `row` says which of it each is.
    fn write(&mut self, chunk: Chunk, parts: Vec<u16>, position: Position, row: impl Fn(usize) -> u32) -> Result<()> {
        let count = chunk.physical_rows();
        let mut columns = chunk.columns().to_vec();
        columns.extend(places(count, |i| (position.task, position.row + u64::from(row(i))))?);
        self.stood.push(Stood { position, rows: count as u64 });
        let (shared, metrics) = (&self.shared, &self.metrics);
        let partitioner = self.partitioner.get_or_insert_with(|| Partitioner::new(shared, metrics, "window", PARTS));
        partitioner.push(&chunk.with_columns(columns), parts)
    }

    /// Writes a chunk as it comes.
    fn pass_on(&mut self, chunk: Chunk) -> Result<()> {
        let position = chunk.position;
        let chunk = chunk.compact()?;
        self.rows += chunk.physical_rows();
        let parts = self.columns.parts(&chunk, &mut self.hashes, 0)?;
        self.write(chunk, parts, position, |i| i as u32)
    }

    /// Keeps a chunk, or leaves everything as it was.
    fn keep(&mut self, chunk: Chunk) -> Result<()> {
        let before = (self.held.bytes(), self.pieces.bytes());
        let kept = self.columns.keep(chunk, &mut self.hashes, &mut self.held, &mut self.pieces);
        if kept.is_err() {
            self.held.shrink(self.held.bytes() - before.0);
            self.pieces.shrink(self.pieces.bytes() - before.1);
        }
        let kept = kept?;
        self.rows += kept.payload.physical_rows();
        self.kept.push(kept);
        Ok(())
    }

    /// Writes the rest; gives the parts and where their chunks stood.
    pub(super) fn finish(mut self) -> Result<(Vec<SpilledPart>, Vec<Stood>)> {
        self.spill()?;
        let parts = self.partitioner.map_or_else(|| Ok(Vec::new()), Partitioner::finish)?;
        Ok((parts, self.stood))
    }
}

impl LocalSink for Local {
    fn push(&mut self, chunk: Chunk) -> Result<()> {
        if self.partitioner.is_none() && self.held.should_spill() {
            self.spill()?;
        }
        if self.partitioner.is_some() {
            return self.pass_on(chunk);
        }
        match self.keep(chunk.clone()) {
            Err(error) if error.kind() == ErrorKind::Memory && !self.columns.keys.is_empty() => {
                self.spill()?;
                self.pass_on(chunk)
            }
            kept => kept,
        }
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

impl WindowColumns {
    /// The part of each row of a chunk without selection, at a level.
    pub(super) fn parts(&self, chunk: &Chunk, hashes: &mut Vec<u64>, level: usize) -> Result<Vec<u16>> {
        let column = |&k: &usize| chunk.column(self.positions[k]).cloned();
        let keys = self.keys.iter().map(column).collect::<Result<Vec<_>>>()?;
        hash_columns(&keys, chunk.physical_rows(), hashes)?;
        Ok(hashes.iter().map(|&hash| u16::from(part_of(hash, level))).collect())
    }

    /// The chunk that was kept, in the order of parts: with the part of each row, and which row of the chunk it was.
    fn take_back(&self, kept: &Kept) -> Result<(Chunk, Vec<u16>, Vec<u32>)> {
        let (_, order) = by_part(&kept.parts);
        let mut columns = kept.payload.columns().iter().map(|c| c.take(&order)).collect::<Result<Vec<Series>>>()?;
        // The others were made for windows: each is read.
        for position in self.width.. {
            let Some(at) = self.positions.iter().position(|&p| p == position) else { break };
            columns.push(kept.pieces[at].clone());
        }
        let parts = order.values().iter().map(|&row| u16::from(kept.parts[row as usize])).collect();
        Ok((Chunk::new(columns, order.values().len())?, parts, order.values().to_vec()))
    }
}
