//! The first rows of an order: workers keep candidates and drop what cannot be among them.

use std::any::Any;
use std::sync::Arc;

use weft_compute::sort::{KeyEncoder, KeyOrder};
use weft_core::error::Result;
use weft_core::{Chunk, OperatorMetrics, Reservation};

use super::Output;
use super::run::{KeyedChunk, RowAt, compare, gather};
use crate::pipeline::{LocalSink, Shared, Sink, downcast};

/// Rows above the wanted ones that a worker gathers before it drops the rest.
const SLACK_ROWS: usize = 65_536;

/// Rows `offset .. offset + limit` by key columns that stand behind the `width` columns that are kept.
pub(crate) struct TopNSink {
    shared: Shared,
    metrics: Arc<OperatorMetrics>,
    encoder: Arc<KeyEncoder>,
    width: usize,
    offset: usize,
    end: usize,
    output: Output,
}

struct Local {
    encoder: Arc<KeyEncoder>,
    width: usize,
    end: usize,
    chunks: Vec<KeyedChunk>,
    rows: usize,
    reservation: Reservation,
}

impl TopNSink {
    pub(crate) fn new(shared: &Shared, orders: Vec<KeyOrder>, width: usize, offset: u64, limit: u64) -> Result<Self> {
        let metrics = shared.metrics.operator("top");
        let encoder = Arc::new(KeyEncoder::new(&orders)?);
        let clamp = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let (offset, end) = (clamp(offset), clamp(offset.saturating_add(limit)));
        Ok(TopNSink { shared: shared.clone(), metrics, encoder, width, offset, end, output: Output::default() })
    }

    pub(crate) fn output(&self) -> Output {
        self.output.clone()
    }
}

impl Sink for TopNSink {
    fn local(&self) -> Result<Box<dyn LocalSink>> {
        Ok(Box::new(Local {
            encoder: Arc::clone(&self.encoder),
            width: self.width,
            end: self.end,
            chunks: Vec::new(),
            rows: 0,
            reservation: self.shared.pool.reservation("top"),
        }))
    }

    fn seal(&self, locals: Vec<Box<dyn LocalSink>>) -> Result<usize> {
        let mut chunks = Vec::new();
        let mut held = self.shared.pool.reservation("top");
        for local in downcast::<Local>(locals)? {
            chunks.extend(local.chunks);
            held.absorb(local.reservation);
        }
        chunks.sort_by_key(|c: &KeyedChunk| c.chunk.position);
        let rows = first_rows(&chunks, self.end);
        let rows = rows.get(self.offset.min(rows.len())..).unwrap_or_default();
        self.metrics.rows_out.add(rows.len() as u64);
        self.metrics.peak_memory.raise(held.bytes() as u64);
        let pieces = rows.chunks(self.shared.settings.chunk_rows());
        let gathered = pieces.map(|piece| gather(&chunks, piece)).collect::<Result<Vec<_>>>()?;
        self.output.push_tasks(gathered, self.shared.settings.task_rows());
        Ok(0)
    }

    fn metrics(&self) -> &Arc<OperatorMetrics> {
        &self.metrics
    }
}

/// The first `end` rows in order.
fn first_rows(chunks: &[KeyedChunk], end: usize) -> Vec<RowAt> {
    let row = |(index, chunk): (usize, &KeyedChunk)| {
        (0..chunk.keys.len()).map(move |row| RowAt { chunk: index as u32, row: row as u32 })
    };
    let mut rows: Vec<RowAt> = chunks.iter().enumerate().flat_map(row).collect();
    if end < rows.len() {
        if end > 0 {
            rows.select_nth_unstable_by(end - 1, |&a, &b| compare(chunks, a, b));
        }
        rows.truncate(end);
    }
    rows.sort_unstable_by(|&a, &b| compare(chunks, a, b));
    rows
}

impl LocalSink for Local {
    fn push(&mut self, chunk: Chunk) -> Result<()> {
        let keyed = KeyedChunk::new(chunk, self.width, &self.encoder, &mut self.reservation)?;
        self.rows += keyed.keys.len();
        self.chunks.push(keyed);
        if self.rows > self.end.saturating_mul(2).saturating_add(SLACK_ROWS) {
            self.drop_the_rest()?;
        }
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

impl Local {
    /// Keeps the first `end` rows, each under the position that it came with.
    fn drop_the_rest(&mut self) -> Result<()> {
        self.chunks.sort_by_key(|c| c.chunk.position);
        let mut keep = first_rows(&self.chunks, self.end);
        keep.sort_unstable_by_key(|r| (r.chunk, r.row));
        let mut kept = Vec::new();
        for run in keep.chunk_by(|a, b| a.chunk == b.chunk) {
            let from = &self.chunks[run[0].chunk as usize];
            kept.push(from.take(run.iter().map(|r| r.row))?);
        }
        self.rows = keep.len();
        self.chunks = kept;
        self.reservation.try_resize(self.chunks.iter().map(KeyedChunk::memory_bytes).sum())
    }
}
