//! Execution: an optimized plan becomes pipelines, which worker threads run task by task.
//!
//! `lower` turns nodes into pipelines, `pipeline` says what those are made of, `runtime` runs them, `operators`,
//! `sinks` and `sources` are their parts. Nothing here knows source text; column names end at lowering.

mod lower;
mod metrics;
mod operators;
mod pipeline;
mod retain;
mod runtime;
mod sinks;
mod sources;
mod spilling;

use std::sync::Arc;
use std::time::Duration;

use weft_core::error::{Error, ErrorKind, Result};
use weft_core::function::QueryContext;
use weft_core::{MemoryPool, MicroPartition, Reservation, Schema, Settings, SpillManager};
use weft_plan::LogicalPlan;

pub use metrics::QueryMetrics;
pub use runtime::Runtime;

use pipeline::Shared;
use runtime::QueryRun;
use sinks::collect::Collect;

/// What a query runs with.
#[derive(Clone)]
pub struct ExecContext {
    /// The worker threads.
    pub runtime: Arc<Runtime>,
    /// The settings when the query begins.
    pub settings: Arc<Settings>,
    /// The memory budget.
    pub pool: Arc<MemoryPool>,
    /// Where to write what does not fit into it.
    pub spill: Arc<SpillManager>,
    /// Time, zone, token.
    pub query: QueryContext,
}

/// A query on its way. Dropping it stops the query.
pub struct QueryHandle {
    run: Arc<QueryRun>,
    result: Arc<Collect>,
    schema: Schema,
    metrics: Arc<QueryMetrics>,
    /// The workers end with their runtime: it must outlive the query.
    _runtime: Arc<Runtime>,
}

/// A finished query's rows. The memory that they take is given back when it is dropped.
#[derive(Debug)]
pub struct QueryResult {
    /// The rows, loaded, in order.
    pub partition: MicroPartition,
    /// What the operators did.
    pub metrics: Arc<QueryMetrics>,
    /// The memory that the rows hold of the pool.
    pub reservation: Option<Reservation>,
}

/// Starts `plan` on the context's threads and returns at once.
///
/// # Errors
/// When the plan cannot be lowered or threads cannot be started. What goes wrong later, [`QueryHandle::wait`] tells.
pub fn execute(plan: &LogicalPlan, context: &ExecContext) -> Result<QueryHandle> {
    let metrics = QueryMetrics::new(context.query.cancel.clone());
    let shared = Shared {
        settings: Arc::clone(&context.settings),
        pool: Arc::clone(&context.pool),
        spill: Arc::clone(&context.spill),
        query: context.query.clone(),
        metrics: Arc::clone(&metrics),
    };
    let (pipelines, result) = lower::lower(plan, &shared)?;
    let threads = context.settings.threads();
    let run = QueryRun::new(pipelines, shared, context.runtime.pool());
    let no_threads = |e: std::io::Error| Error::new(ErrorKind::Io, format!("cannot start worker threads: {e}"));
    context.runtime.submit(Arc::clone(&run), threads).map_err(no_threads)?;
    Ok(QueryHandle { run, result, schema: plan.schema().clone(), metrics, _runtime: Arc::clone(&context.runtime) })
}

impl QueryHandle {
    /// Waits for the end.
    pub fn wait(self) -> Result<QueryResult> {
        self.run.wait()?;
        let (chunks, reservation) = self.result.take();
        let partition = MicroPartition::loaded(self.schema.clone(), chunks);
        Ok(QueryResult { partition, metrics: Arc::clone(&self.metrics), reservation })
    }

    /// Waits for the end, at most `timeout`; whether it has come.
    pub fn wait_for(&self, timeout: Duration) -> bool {
        self.run.wait_for(timeout)
    }

    /// Asks the query to stop; [`wait`](Self::wait) then gives [`ErrorKind::Cancelled`].
    pub fn cancel(&self) {
        self.run.cancel();
    }

    /// The counters, also while it runs.
    pub fn metrics(&self) -> &Arc<QueryMetrics> {
        &self.metrics
    }
}

impl Drop for QueryHandle {
    fn drop(&mut self) {
        if !self.run.is_over() {
            self.run.cancel();
        }
    }
}
