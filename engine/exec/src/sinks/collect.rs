//! Keeping everything: the end of a query, and tables that are read more than once.

use std::any::Any;
use std::sync::Arc;

use parking_lot::Mutex;
use weft_core::error::Result;
use weft_core::{Chunk, OperatorMetrics, Reservation};

use crate::pipeline::{LocalSink, Shared, Sink, downcast};
use crate::retain::retained;

/// Keeps all chunks, in order where that is observed.
pub(crate) struct Collect {
    shared: Shared,
    metrics: Arc<OperatorMetrics>,
    ordered: bool,
    result: Mutex<(Vec<Chunk>, Option<Reservation>)>,
}

struct Local {
    chunks: Vec<Chunk>,
    reservation: Reservation,
}

impl Collect {
    pub(crate) fn new(shared: &Shared, ordered: bool) -> Arc<Self> {
        let metrics = shared.metrics.operator("result");
        Arc::new(Collect { shared: shared.clone(), metrics, ordered, result: Mutex::new((Vec::new(), None)) })
    }

    /// The chunks and the memory that they hold; once, when the query is over.
    pub(crate) fn take(&self) -> (Vec<Chunk>, Option<Reservation>) {
        std::mem::take(&mut *self.result.lock())
    }
}

impl Sink for Collect {
    fn local(&self) -> Result<Box<dyn LocalSink>> {
        Ok(Box::new(Local { chunks: Vec::new(), reservation: self.shared.pool.reservation("the result") }))
    }

    fn seal(&self, locals: Vec<Box<dyn LocalSink>>) -> Result<usize> {
        let mut chunks = Vec::new();
        let mut held = self.shared.pool.reservation("the result");
        for local in downcast::<Local>(locals)? {
            chunks.extend(local.chunks);
            held.absorb(local.reservation);
        }
        if self.ordered {
            chunks.sort_by_key(|c| c.position);
        }
        self.metrics.rows_out.add(chunks.iter().map(|c| c.rows() as u64).sum());
        self.metrics.peak_memory.raise(held.bytes() as u64);
        *self.result.lock() = (chunks, Some(held));
        Ok(0)
    }

    fn metrics(&self) -> &Arc<OperatorMetrics> {
        &self.metrics
    }
}

impl LocalSink for Local {
    fn push(&mut self, chunk: Chunk) -> Result<()> {
        self.chunks.push(retained(chunk, &mut self.reservation)?);
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
