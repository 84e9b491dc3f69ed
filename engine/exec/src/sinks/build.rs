//! The build side of a join: rows go into the row store, partitions are linked in parallel.

use std::any::Any;
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use weft_compute::join::{JoinBuild, JoinBuilder, JoinSpec, JoinTable};
use weft_core::error::{Error, Result};
use weft_core::{Chunk, OperatorMetrics, Series};

use crate::pipeline::{LocalSink, Shared, Sink, downcast};

/// The finished table, for the operators that probe it.
pub(crate) type SharedTable = Arc<OnceLock<Arc<JoinTable>>>;

/// Builds a join table.
pub(crate) struct BuildSink {
    shared: Shared,
    metrics: Arc<OperatorMetrics>,
    spec: Arc<JoinSpec>,
    keys: Vec<usize>,
    payload: Vec<usize>,
    build: Mutex<(Option<Arc<JoinBuild>>, usize)>,
    table: SharedTable,
}

struct Local {
    builder: JoinBuilder,
    keys: Vec<usize>,
    payload: Vec<usize>,
}

impl BuildSink {
    /// `keys` and `payload` are positions in the chunks that come.
    pub(crate) fn new(shared: &Shared, spec: Arc<JoinSpec>, keys: Vec<usize>, payload: Vec<usize>) -> Self {
        let metrics = shared.metrics.operator("join build");
        let (build, table) = (Mutex::new((None, 0)), SharedTable::default());
        BuildSink { shared: shared.clone(), metrics, spec, keys, payload, build, table }
    }

    pub(crate) fn table(&self) -> SharedTable {
        Arc::clone(&self.table)
    }

    fn builder(&self) -> Result<JoinBuilder> {
        self.spec.builder(&self.shared.pool.reservation("join"))
    }
}

impl Sink for BuildSink {
    fn local(&self) -> Result<Box<dyn LocalSink>> {
        Ok(Box::new(Local { builder: self.builder()?, keys: self.keys.clone(), payload: self.payload.clone() }))
    }

    fn seal(&self, locals: Vec<Box<dyn LocalSink>>) -> Result<usize> {
        let mut builders: Vec<JoinBuilder> = downcast::<Local>(locals)?.into_iter().map(|l| l.builder).collect();
        if builders.is_empty() {
            builders.push(self.builder()?);
        }
        let build = JoinBuild::new(builders)?;
        self.metrics.rows_out.add(build.rows() as u64);
        let parts = build.partitions();
        *self.build.lock() = (Some(Arc::new(build)), parts);
        Ok(parts)
    }

    fn finish_part(&self, part: usize) -> Result<()> {
        let lost = || Error::internal("a join table that was not sealed");
        let build = self.build.lock().0.clone().ok_or_else(lost)?;
        build.build(part, self.shared.cancel())?;
        drop(build);
        let mut state = self.build.lock();
        state.1 -= 1;
        if state.1 == 0 {
            let build = state.0.take().ok_or_else(lost)?;
            let table = Arc::try_unwrap(build).map_err(|_| Error::internal("a join table in use while it is built"))?;
            self.metrics.peak_memory.raise(self.shared.pool.used() as u64);
            // The last part comes once, so nothing can stand there yet.
            let _ = self.table.set(Arc::new(table.finish()?));
        }
        Ok(())
    }

    fn metrics(&self) -> &Arc<OperatorMetrics> {
        &self.metrics
    }
}

impl LocalSink for Local {
    fn push(&mut self, chunk: Chunk) -> Result<()> {
        let (position, chunk) = (chunk.position, chunk.compact()?);
        let pick = |columns: &[usize]| columns.iter().map(|&c| chunk.column(c).cloned()).collect::<Result<Vec<Series>>>();
        self.builder.push(&pick(&self.keys)?, &pick(&self.payload)?, chunk.physical_rows(), position)
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
