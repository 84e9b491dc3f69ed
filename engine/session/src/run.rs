//! Running plans: optimize, execute, watch.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use weft_core::error::Result;
use weft_core::function::QueryContext;
use weft_core::{Answers, CancelToken};
use weft_exec::{ExecContext, QueryHandle, QueryMetrics, QueryResult};
use weft_plan::LogicalPlan;
use weft_plan::optimize::{Optimized, optimize};

use crate::Session;

/// A query on its way. Dropping it stops the query.
pub struct Query {
    handle: QueryHandle,
    cancel: CancelToken,
}

/// How far a query is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Tasks that are done.
    pub done: u64,
    /// Tasks that are known to come, done ones included; 0 where nothing is known.
    pub expected: u64,
    /// Rows read from sources so far.
    pub rows: u64,
}

impl Session {
    /// What is the same for all calls of a query that begins now and is stopped by `cancel`.
    pub fn query_context(&self, cancel: &CancelToken) -> QueryContext {
        let settings = self.settings();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        QueryContext {
            now: i64::try_from(now.as_nanos()).unwrap_or(i64::MAX),
            time_zone: settings.time_zone().into(),
            divide_by_zero_is_null: settings.divide_by_zero_is_null(),
            connections: settings.connections(),
            cancel: cancel.clone(),
            answers: Answers::default(),
        }
    }

    /// The plan as it would run.
    pub fn optimize(&self, plan: &LogicalPlan, cancel: &CancelToken) -> Result<Optimized> {
        optimize(plan, &self.registry, &self.settings(), &self.query_context(cancel))
    }

    /// Starts a plan; gives at once.
    pub fn start(&self, plan: &LogicalPlan, cancel: &CancelToken) -> Result<Query> {
        let query = self.query_context(cancel);
        let settings = self.settings();
        let optimized = optimize(plan, &self.registry, &settings, &query)?;
        let (runtime, pool, spill) = (Arc::clone(&self.runtime), Arc::clone(&self.pool), Arc::clone(&self.spill));
        let context = ExecContext { runtime, settings, pool, spill, query };
        Ok(Query { handle: weft_exec::execute(optimized.plan(), &context)?, cancel: cancel.clone() })
    }

    /// Runs a plan to its end.
    pub fn run(&self, plan: &LogicalPlan, cancel: &CancelToken) -> Result<QueryResult> {
        self.start(plan, cancel)?.wait()
    }
}

impl Query {
    /// Waits for the end.
    pub fn wait(self) -> Result<QueryResult> {
        while !self.handle.wait_for(Duration::from_millis(20)) {
            // Whoever cancels the token need not know the query: it is passed on from here.
            if self.cancel.is_cancelled() {
                self.handle.cancel();
            }
        }
        self.handle.wait()
    }

    /// Waits for the end, at most `timeout`; whether it has come.
    pub fn wait_for(&self, timeout: Duration) -> bool {
        if self.cancel.is_cancelled() {
            self.handle.cancel();
        }
        self.handle.wait_for(timeout)
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        let metrics = self.metrics();
        let rows = metrics.operators().iter().filter(|o| o.name.starts_with("scan")).map(|o| o.rows_out.get()).sum();
        Progress { done: metrics.tasks_done.get(), expected: metrics.tasks_expected.get(), rows }
    }

    /// The counters, also while it runs.
    pub fn metrics(&self) -> &Arc<QueryMetrics> {
        self.handle.metrics()
    }
}
