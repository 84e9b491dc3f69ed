//! Windows over parts on disk: each is read back, brought into the input's order and computed by itself. Where the order is
//! observed, the rows are put into it again when all parts are done.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll};

use arrow::array::{Array, AsArray};
use arrow::buffer::ScalarBuffer;
use arrow::datatypes::UInt64Type;
use weft_compute::window::WindowSpec;
use weft_core::chunk::Position;
use weft_core::error::{Error, ErrorKind, Result};
use weft_core::source::{ChunkReader, ScanTask};
use weft_core::{Chunk, OperatorMetrics, Reservation, Series};

use super::columns::{Kept, PARTS, WindowColumns};
use super::spilled::{Arrivals, OnDisk};
use crate::pipeline::{Shared, Tasks};
use crate::sinks::run::interleaved;
use crate::spilling::partitioner::{Partitioner, SpilledPart};
use crate::spilling::restore::Restore;

/// A part that was separated so often is read whole, whatever it takes: mostly it is one partition.
const DEEPEST: usize = 4;

/// What a row takes beside its columns while it is brought into order and computed: places, positions, frames.
const ROW_BYTES: usize = 64;

/// What reading parts needs.
#[derive(Clone)]
pub(super) struct Reading {
    pub(super) shared: Shared,
    pub(super) metrics: Arc<OperatorMetrics>,
    pub(super) spec: Arc<WindowSpec>,
    pub(super) columns: Arc<WindowColumns>,
    /// Where rows go if their order is observed.
    pub(super) restore: Option<Arc<Restore>>,
    pub(super) chunk_rows: usize,
}

/// The parts, a task each.
pub(super) struct PartTasks {
    reading: Arc<Reading>,
    arrivals: Arc<Arrivals>,
    parts: VecDeque<SpilledPart>,
    count: u64,
}

impl PartTasks {
    pub(super) fn new(reading: Reading, disk: OnDisk) -> Self {
        let parts = disk.parts.into_iter().filter(|part| !part.is_empty()).collect();
        PartTasks { reading: Arc::new(reading), arrivals: Arc::new(disk.arrivals), parts, count: 0 }
    }
}

impl Tasks for PartTasks {
    fn next(&mut self) -> Result<Option<Box<dyn ScanTask>>> {
        let Some(part) = self.parts.pop_front() else { return Ok(None) };
        let next = Position { task: self.count, row: 0 };
        self.count += 1;
        let (reading, arrivals) = (Arc::clone(&self.reading), Arc::clone(&self.arrivals));
        Ok(Some(Box::new(Reader { reading, arrivals, todo: vec![(part, 1)], now: None, next })))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.parts.len())
    }
}

/// Computes a part, and the parts that it is separated into.
struct Reader {
    reading: Arc<Reading>,
    arrivals: Arc<Arrivals>,
    /// With the level by which each would be separated next.
    todo: Vec<(SpilledPart, usize)>,
    now: Option<Computed>,
    /// Where the next chunk stands among those that are put into order.
    next: Position,
}

/// Rows in the input's order, with the results, on their way out.
struct Computed {
    rows: Chunk,
    done: usize,
    _held: Reservation,
}

impl ScanTask for Reader {
    fn open(self: Box<Self>) -> Result<Box<dyn ChunkReader>> {
        Ok(self)
    }
}

impl ChunkReader for Reader {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Result<Option<Chunk>>> {
        Poll::Ready(self.next_chunk())
    }
}

impl Reader {
    fn next_chunk(&mut self) -> Result<Option<Chunk>> {
        loop {
            self.reading.shared.cancel().check()?;
            match self.now.as_mut().and_then(|now| now.next(self.reading.chunk_rows)) {
                Some(chunk) => match &self.reading.restore {
                    Some(restore) => restore.push(chunk, &mut self.next)?,
                    None => return Ok(Some(chunk)),
                },
                None => {
                    self.now = None;
                    let Some((part, level)) = self.todo.pop() else { return Ok(None) };
                    self.load(part, level)?;
                }
            }
        }
    }

    /// Computes a part, or separates it where it does not fit.
    fn load(&mut self, part: SpilledPart, level: usize) -> Result<()> {
        if let Some(restore) = &self.reading.restore {
            restore.make_room()?;
        }
        let mut held = self.reading.shared.pool.spillable("window");
        // Once as it is read, once in order.
        let needed = 2 * part.memory_bytes() + part.rows() * ROW_BYTES;
        let reserved = held.try_grow(needed);
        let can = level < DEEPEST && part.rows() > 1;
        if can && (reserved.is_err() || held.should_spill_again(level)) {
            drop(held);
            return self.separate(part, level);
        }
        reserved?;
        held.pin();
        match self.compute(part.clone(), held) {
            // Frames and states take more than was thought, or others were faster.
            Err(error) if can && error.kind() == ErrorKind::Memory => self.separate(part, level),
            computed => {
                self.now = Some(computed?);
                Ok(())
            }
        }
    }

    fn separate(&mut self, mut part: SpilledPart, level: usize) -> Result<()> {
        let Reading { shared, metrics, columns, .. } = &*self.reading;
        let mut partitioner = Partitioner::new(shared, metrics, "window", PARTS);
        let mut hashes = Vec::new();
        while let Some(chunk) = part.next()? {
            shared.cancel().check()?;
            let parts = columns.parts(&chunk, &mut hashes, level)?;
            partitioner.push(&chunk, parts)?;
        }
        let parts = partitioner.finish()?.into_iter().filter(|part| !part.is_empty());
        self.todo.extend(parts.map(|part| (part, level + 1)));
        Ok(())
    }

    fn compute(&self, part: SpilledPart, mut held: Reservation) -> Result<Computed> {
        let Reading { shared, metrics, spec, columns, restore, .. } = &*self.reading;
        let chunk = in_order(part, shared)?;
        let rows = chunk.physical_rows();
        let [tasks, places] = places_of(&chunk)?;
        let flat = |&at: &usize| {
            let column = chunk.column(at)?;
            Series::new(column.ty().clone(), column.to_flat()?)
        };
        let pieces = columns.positions.iter().map(flat).collect::<Result<_>>()?;
        let payload = Chunk::new(chunk.columns()[..columns.width].to_vec(), rows)?;
        let kept = [Kept { payload, parts: Vec::new(), offsets: vec![0, rows as u32], pieces }];
        let mut working = shared.pool.reservation("window");
        let mut input = columns.input(&kept, 0..1, false, &mut working, shared.cancel())?;
        if spec.reads_arrival() {
            input.arrival = (0..rows).map(|row| self.arrivals.number(tasks[row], places[row])).collect();
        }
        let results = spec.evaluate(&input, &working, shared.cancel())?;
        metrics.peak_memory.raise(shared.pool.used() as u64);
        held.grow_in_flight(results.iter().map(|r| r.get_array_memory_size()).sum())?;
        let [Kept { payload, .. }] = kept;
        let mut all = payload.columns().to_vec();
        for (ty, array) in spec.output_types().zip(results) {
            all.push(Series::new(ty.clone(), array)?);
        }
        if restore.is_some() {
            all.extend_from_slice(&chunk.columns()[chunk.columns().len() - 2..]);
        }
        Ok(Computed { rows: Chunk::new(all, rows)?, done: 0, _held: held })
    }
}

impl Computed {
    fn next(&mut self, rows: usize) -> Option<Chunk> {
        let left = self.rows.physical_rows() - self.done;
        let count = left.min(rows);
        let chunk = (count > 0).then(|| self.rows.slice(self.done, count));
        self.done += count;
        chunk
    }
}

/// Tasks and rows of a chunk's places, its last two columns.
fn places_of(chunk: &Chunk) -> Result<[ScalarBuffer<u64>; 2]> {
    let number = |from_end: usize| {
        let at = chunk.columns().len().checked_sub(from_end).ok_or_else(|| Error::internal("rows without places"))?;
        Ok::<_, Error>(chunk.column(at)?.to_flat()?.as_primitive::<UInt64Type>().values().clone())
    };
    Ok([number(2)?, number(1)?])
}

/// All rows of a part as one chunk, in the input's order.
fn in_order(mut part: SpilledPart, shared: &Shared) -> Result<Chunk> {
    let mut chunks = Vec::new();
    let mut order = Vec::with_capacity(part.rows());
    while let Some(chunk) = part.next()? {
        shared.cancel().check()?;
        let [tasks, places] = places_of(&chunk)?;
        order.extend((0..chunk.physical_rows()).map(|row| (tasks[row], places[row], chunks.len(), row)));
        chunks.push(chunk);
    }
    order.sort_unstable();
    let places: Vec<(usize, usize)> = order.into_iter().map(|(_, _, chunk, row)| (chunk, row)).collect();
    let width = chunks.first().map_or(0, |chunk| chunk.columns().len());
    interleaved(&chunks.iter().collect::<Vec<_>>(), &places, width)
}
