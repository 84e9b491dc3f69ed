//! Computing columns.

use std::sync::Arc;

use weft_compute::Evaluator;
use weft_core::error::Result;
use weft_core::{Expr, OperatorMetrics};

use super::OneToOne;
use crate::pipeline::{Operator, OperatorTask, Shared};

/// Exactly the columns that the expressions compute.
pub(crate) struct ProjectOperator {
    evaluator: Arc<Evaluator>,
    exprs: Arc<[Expr]>,
    metrics: Arc<OperatorMetrics>,
}

impl ProjectOperator {
    /// The expressions name columns by position.
    pub(crate) fn new(shared: &Shared, exprs: Vec<Expr>) -> Self {
        let metrics = shared.metrics.operator("select");
        ProjectOperator { evaluator: Arc::new(Evaluator::new(shared.query.clone())), exprs: exprs.into(), metrics }
    }
}

impl Operator for ProjectOperator {
    fn begin(&self, _: u64) -> Result<Box<dyn OperatorTask>> {
        let (evaluator, exprs) = (Arc::clone(&self.evaluator), Arc::clone(&self.exprs));
        Ok(Box::new(OneToOne::new(move |chunk| evaluator.project(&exprs, chunk).map(Some))))
    }

    fn metrics(&self) -> &Arc<OperatorMetrics> {
        &self.metrics
    }
}
