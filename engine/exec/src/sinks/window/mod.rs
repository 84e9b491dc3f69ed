//! Windows: rows stay where they are, what windows read of them is gathered by partition.
//!
//! Workers keep their chunks, and beside each the columns that windows read, in the order of 64 parts that the partition
//! keys' hashes make. The parts are computed at once, each from its pieces of all chunks in the input's order, and give
//! their results in that order too. So a chunk's results are found again without sorting: the n-th row that it has of a
//! part follows those that earlier chunks had.
//!
//! Where rows with partition keys outgrow memory, they go to disk by the same parts (`local`), and each part is computed
//! by itself (`parts`).

mod columns;
mod local;
mod output;
mod parts;
mod spilled;

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{ArrayRef, new_empty_array};
use parking_lot::Mutex;
use weft_compute::window::WindowSpec;
use weft_core::error::{Error, Result};
use weft_core::{OperatorMetrics, Reservation};

use columns::Kept;
pub(crate) use columns::{CallColumns, WindowColumn, WindowColumns};
use local::Local;
use output::WindowOutput;
use parts::Reading;
use spilled::{Arrivals, OnDisk, Stood};

use crate::pipeline::{LocalSink, Shared, Sink, downcast};
use crate::spilling::restore::{Restore, Restored};

/// Rows from which on the parts are computed one by one.
const SPLIT_ROWS: usize = 8_192;

/// What a row takes about while its part is computed, beside its columns.
const WORKING_BYTES: usize = 32;

/// What a result takes about.
const RESULT_BYTES: usize = 9;

/// Computes windows over partitions.
pub(crate) struct WindowSink {
    shared: Shared,
    metrics: Arc<OperatorMetrics>,
    spec: Arc<WindowSpec>,
    columns: Arc<WindowColumns>,
    state: Arc<Mutex<State>>,
    /// Where rows from disk are put into order, if their order is observed.
    restore: Option<Arc<Restore>>,
}

/// Everything that is kept between the input's end and the output's.
#[derive(Default)]
struct State {
    /// The chunks in the input's order.
    kept: Arc<Vec<Kept>>,
    /// The parts that are computed together.
    ranges: Vec<Range<usize>>,
    /// The results of each range: a column for each window.
    results: Vec<Vec<ArrayRef>>,
    /// What the chunks and results take.
    held: Option<Reservation>,
    /// What the pieces take.
    pieces: Option<Reservation>,
    /// What workers hold that are to write it.
    writing: Vec<Option<Local>>,
    stood: Vec<Stood>,
    /// All rows, if they outgrew memory.
    disk: Option<OnDisk>,
}

impl WindowSink {
    /// Whether the order of the rows is `ordered`, that is, observed.
    pub(crate) fn new(shared: &Shared, spec: WindowSpec, columns: WindowColumns, ordered: bool) -> Self {
        let metrics = shared.metrics.operator("window");
        let restore = (ordered && !columns.keys.is_empty()).then(|| Restore::new(shared));
        let (spec, columns) = (Arc::new(spec), Arc::new(columns));
        WindowSink { shared: shared.clone(), metrics, spec, columns, state: Arc::default(), restore }
    }

    pub(crate) fn output(&self) -> WindowOutput {
        let reading = Reading {
            shared: self.shared.clone(),
            metrics: Arc::clone(&self.metrics),
            spec: Arc::clone(&self.spec),
            columns: Arc::clone(&self.columns),
            restore: self.restore.clone(),
            chunk_rows: self.shared.settings.chunk_rows(),
        };
        WindowOutput::new(Arc::clone(&self.state), reading)
    }

    /// Where rows come out in order that were on disk.
    pub(crate) fn restored(&self) -> Option<Restored> {
        self.restore.clone().map(Restored)
    }

    /// Whether the rows of all workers are to be on disk: some are, or there is too little memory to compute and to keep
    /// the results.
    fn outgrows_memory(&self, locals: &[Local], rows: usize) -> bool {
        if self.columns.keys.is_empty() || rows == 0 {
            return false;
        }
        if locals.iter().any(Local::is_outgrown) {
            return true;
        }
        let ranges = self.columns.ranges(rows).len();
        let pieces: usize = locals.iter().map(|local| local.pieces.bytes()).sum();
        let working = (pieces + rows * WORKING_BYTES) / ranges * self.shared.settings.threads().min(ranges);
        let results = rows * RESULT_BYTES * self.spec.output_types().count();
        self.shared.pool.spillable("window").try_grow(working + results).is_err()
    }

    /// Writes what a worker still holds; the last one makes the parts complete.
    fn write(&self, local: Local) -> Result<()> {
        let (parts, stood) = local.finish()?;
        let mut state = self.state.lock();
        state.stood.extend(stood);
        let arrivals = Arrivals::new(state.stood.clone());
        let disk = state.disk.as_mut().ok_or_else(|| Error::internal("windows that were not sealed"))?;
        disk.add(parts);
        disk.arrivals = arrivals;
        Ok(())
    }

    /// The results for the rows of some parts. With few keys many parts have none.
    fn evaluate(&self, kept: Arc<Vec<Kept>>, range: Range<usize>) -> Result<Vec<ArrayRef>> {
        if kept.iter().all(|k| k.rows_of(&range).is_empty()) {
            return Ok(self.spec.output_types().map(|ty| new_empty_array(&ty.to_arrow())).collect());
        }
        let mut working = self.shared.pool.reservation("window");
        let arrival = self.spec.reads_arrival();
        let input = self.columns.input(&kept, range, arrival, &mut working, self.shared.cancel())?;
        drop(kept);
        let results = self.spec.evaluate(&input, &working, self.shared.cancel())?;
        self.metrics.peak_memory.raise(self.shared.pool.used() as u64);
        Ok(results)
    }
}

impl Sink for WindowSink {
    fn local(&self) -> Result<Box<dyn LocalSink>> {
        Ok(Box::new(Local::new(&self.shared, &self.metrics, &self.columns)))
    }

    fn seal(&self, locals: Vec<Box<dyn LocalSink>>) -> Result<usize> {
        let locals = downcast::<Local>(locals)?;
        let rows: usize = locals.iter().map(|local| local.rows).sum();
        self.metrics.rows_out.add(rows as u64);
        if self.outgrows_memory(&locals, rows) {
            let count = locals.len();
            let writing = locals.into_iter().map(Some).collect();
            *self.state.lock() = State { writing, disk: Some(OnDisk::default()), ..State::default() };
            return Ok(count);
        }
        let (mut kept, mut held) = (Vec::new(), self.shared.pool.reservation("window"));
        let mut pieces = held.sibling();
        for local in locals {
            kept.extend(local.kept);
            held.absorb(local.held);
            pieces.absorb(local.pieces);
        }
        kept.sort_by_key(|k: &Kept| k.payload.position);
        let ranges = if rows == 0 { Vec::new() } else { self.columns.ranges(rows) };
        let count = ranges.len();
        let results = vec![Vec::new(); count];
        let (held, pieces) = (Some(held), Some(pieces));
        *self.state.lock() = State { kept: Arc::new(kept), ranges, results, held, pieces, ..State::default() };
        Ok(count)
    }

    fn finish_part(&self, part: usize) -> Result<()> {
        let (kept, range) = {
            let mut state = self.state.lock();
            if let Some(local) = state.writing.get_mut(part).and_then(Option::take) {
                drop(state);
                return self.write(local);
            }
            (Arc::clone(&state.kept), state.ranges[part].clone())
        };
        let results = self.evaluate(kept, range)?;
        let bytes = results.iter().map(|r| r.get_array_memory_size()).sum();
        let mut state = self.state.lock();
        let held = state.held.as_mut().ok_or_else(|| Error::internal("windows that were not sealed"))?;
        held.try_grow(bytes)?;
        state.results[part] = results;
        Ok(())
    }

    fn metrics(&self) -> &Arc<OperatorMetrics> {
        &self.metrics
    }
}
