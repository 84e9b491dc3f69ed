//! Keeping the rows that meet a condition.

use std::sync::Arc;

use weft_compute::Evaluator;
use weft_core::error::Result;
use weft_core::{Expr, OperatorMetrics};

use super::OneToOne;
use crate::pipeline::{Operator, OperatorTask, Shared};

/// Selects the rows for which the condition is true.
pub(crate) struct FilterOperator {
    evaluator: Arc<Evaluator>,
    predicate: Arc<Expr>,
    metrics: Arc<OperatorMetrics>,
}

impl FilterOperator {
    /// `predicate` names columns by position.
    pub(crate) fn new(shared: &Shared, predicate: Expr) -> Self {
        let metrics = shared.metrics.operator("where");
        FilterOperator { evaluator: Arc::new(Evaluator::new(shared.query.clone())), predicate: Arc::new(predicate), metrics }
    }
}

impl Operator for FilterOperator {
    fn begin(&self, _: u64) -> Result<Box<dyn OperatorTask>> {
        let (evaluator, predicate) = (Arc::clone(&self.evaluator), Arc::clone(&self.predicate));
        Ok(Box::new(OneToOne::new(move |chunk| evaluator.filter(&predicate, chunk))))
    }

    fn metrics(&self) -> &Arc<OperatorMetrics> {
        &self.metrics
    }
}
