//! The last rows in order.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;
use weft_core::chunk::Position;
use weft_core::error::Result;
use weft_core::{Chunk, OperatorMetrics, Reservation};

use super::Output;
use crate::pipeline::{LocalSink, Shared, Sink, downcast};
use crate::retain::retained;

/// Keeps the last `rows` rows. A worker keeps no more than that of its own.
pub(crate) struct TailSink {
    shared: Shared,
    metrics: Arc<OperatorMetrics>,
    rows: u64,
    output: Output,
    held: Mutex<Option<Reservation>>,
}

struct Local {
    chunks: BTreeMap<Position, Chunk>,
    rows: u64,
    limit: u64,
    reservation: Reservation,
}

impl TailSink {
    pub(crate) fn new(shared: &Shared, rows: u64) -> Self {
        let metrics = shared.metrics.operator("take last");
        TailSink { shared: shared.clone(), metrics, rows, output: Output::default(), held: Mutex::new(None) }
    }

    pub(crate) fn output(&self) -> Output {
        self.output.clone()
    }
}

impl Sink for TailSink {
    fn local(&self) -> Result<Box<dyn LocalSink>> {
        let reservation = self.shared.pool.reservation("take last");
        Ok(Box::new(Local { chunks: BTreeMap::new(), rows: 0, limit: self.rows, reservation }))
    }

    fn seal(&self, locals: Vec<Box<dyn LocalSink>>) -> Result<usize> {
        let mut all = BTreeMap::new();
        let mut held = self.shared.pool.reservation("take last");
        for local in downcast::<Local>(locals)? {
            all.extend(local.chunks);
            held.absorb(local.reservation);
        }
        let total: u64 = all.values().map(|c| c.rows() as u64).sum();
        let mut skip = total.saturating_sub(self.rows);
        let mut kept = Vec::new();
        for chunk in all.into_values() {
            let rows = chunk.rows() as u64;
            let from = skip.min(rows);
            skip -= from;
            if from < rows {
                kept.push(chunk.slice(from as usize, (rows - from) as usize));
            }
        }
        self.metrics.rows_out.add(total.min(self.rows));
        self.metrics.peak_memory.raise(held.bytes() as u64);
        self.output.push_tasks(kept, self.shared.settings.task_rows());
        *self.held.lock() = Some(held);
        Ok(0)
    }

    fn metrics(&self) -> &Arc<OperatorMetrics> {
        &self.metrics
    }
}

impl LocalSink for Local {
    fn push(&mut self, chunk: Chunk) -> Result<()> {
        let chunk = retained(chunk, &mut self.reservation)?;
        self.rows += chunk.rows() as u64;
        self.chunks.insert(chunk.position, chunk);
        // The earliest chunks go once the later ones suffice without them.
        while let Some(first) = self.chunks.first_entry() {
            let rows = first.get().rows() as u64;
            if self.rows - rows < self.limit {
                break;
            }
            self.reservation.shrink(first.get().memory_bytes());
            self.rows -= rows;
            first.remove();
        }
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
