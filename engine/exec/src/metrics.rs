//! The counters of a whole query.

use std::sync::Arc;

use parking_lot::Mutex;
use weft_core::metrics::Counter;
use weft_core::{CancelToken, OperatorMetrics};

/// Counters of all operators of a query in the order in which lowering made them, and of the query itself.
#[derive(Debug, Default)]
pub struct QueryMetrics {
    operators: Mutex<Vec<Arc<OperatorMetrics>>>,
    /// Tasks that were begun.
    pub tasks_begun: Counter,
    /// Tasks that are done.
    pub tasks_done: Counter,
    /// Tasks that are known to come, done ones included; 0 where nothing is known.
    pub tasks_expected: Counter,
    cancel: CancelToken,
}

impl QueryMetrics {
    pub(crate) fn new(cancel: CancelToken) -> Arc<Self> {
        Arc::new(QueryMetrics { cancel, ..Default::default() })
    }

    /// Counters for a new operator.
    pub(crate) fn operator(&self, name: impl Into<String>) -> Arc<OperatorMetrics> {
        let metrics = OperatorMetrics::new(name);
        self.operators.lock().push(Arc::clone(&metrics));
        metrics
    }

    /// The operators' counters.
    pub fn operators(&self) -> Vec<Arc<OperatorMetrics>> {
        self.operators.lock().clone()
    }

    /// The sum of one counter over all operators, e.g. `|o| &o.row_groups_read`.
    pub fn total(&self, counter: impl Fn(&OperatorMetrics) -> &Counter) -> u64 {
        self.operators.lock().iter().map(|o| counter(o).get()).sum()
    }

    /// How often the query asked whether it was interrupted.
    pub fn checks(&self) -> u64 {
        self.cancel.checks()
    }
}
