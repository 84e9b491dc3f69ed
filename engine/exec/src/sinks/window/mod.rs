//! Windows: rows stay where they are, what windows read of them is gathered by partition.
//!
//! Workers keep their chunks, and beside each the columns that windows read, in the order of 64 parts that the partition
//! keys' hashes make. The parts are computed at once, each from its pieces of all chunks in the input's order, and give
//! their results in that order too. So a chunk's results are found again without sorting: the n-th row that it has of a
//! part follows those that earlier chunks had.

mod columns;
mod output;

use std::any::Any;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{ArrayRef, new_empty_array};
use parking_lot::Mutex;
use weft_compute::window::WindowSpec;
use weft_core::error::{Error, Result};
use weft_core::{Chunk, OperatorMetrics, Reservation};

use columns::Kept;
pub(crate) use columns::{CallColumns, WindowColumn, WindowColumns};
use output::WindowOutput;

use crate::pipeline::{LocalSink, Shared, Sink, downcast};

/// Rows from which on the parts are computed one by one.
const SPLIT_ROWS: usize = 8_192;

/// Computes windows over partitions.
pub(crate) struct WindowSink {
    shared: Shared,
    metrics: Arc<OperatorMetrics>,
    spec: Arc<WindowSpec>,
    columns: Arc<WindowColumns>,
    state: Arc<Mutex<State>>,
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
}

struct Local {
    columns: Arc<WindowColumns>,
    kept: Vec<Kept>,
    hashes: Vec<u64>,
    held: Reservation,
    pieces: Reservation,
}

impl WindowSink {
    pub(crate) fn new(shared: &Shared, spec: WindowSpec, columns: WindowColumns) -> Self {
        let metrics = shared.metrics.operator("window");
        let (spec, columns) = (Arc::new(spec), Arc::new(columns));
        WindowSink { shared: shared.clone(), metrics, spec, columns, state: Arc::default() }
    }

    pub(crate) fn output(&self) -> WindowOutput {
        let types = self.spec.output_types().cloned().collect();
        WindowOutput::new(Arc::clone(&self.state), types, self.shared.cancel().clone())
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
        let held = self.shared.pool.reservation("window");
        let (columns, pieces) = (Arc::clone(&self.columns), held.sibling());
        Ok(Box::new(Local { columns, kept: Vec::new(), hashes: Vec::new(), held, pieces }))
    }

    fn seal(&self, locals: Vec<Box<dyn LocalSink>>) -> Result<usize> {
        let (mut kept, mut held) = (Vec::new(), self.shared.pool.reservation("window"));
        let mut pieces = held.sibling();
        for local in downcast::<Local>(locals)? {
            kept.extend(local.kept);
            held.absorb(local.held);
            pieces.absorb(local.pieces);
        }
        kept.sort_by_key(|k: &Kept| k.payload.position);
        let rows: usize = kept.iter().map(|k| k.payload.physical_rows()).sum();
        self.metrics.rows_out.add(rows as u64);
        let ranges = if rows == 0 { Vec::new() } else { self.columns.ranges(rows) };
        let count = ranges.len();
        let results = vec![Vec::new(); count];
        *self.state.lock() = State { kept: Arc::new(kept), ranges, results, held: Some(held), pieces: Some(pieces) };
        Ok(count)
    }

    fn finish_part(&self, part: usize) -> Result<()> {
        let (kept, range) = {
            let state = self.state.lock();
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

impl LocalSink for Local {
    fn push(&mut self, chunk: Chunk) -> Result<()> {
        let kept = self.columns.keep(chunk, &mut self.hashes, &mut self.held, &mut self.pieces)?;
        self.kept.push(kept);
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
