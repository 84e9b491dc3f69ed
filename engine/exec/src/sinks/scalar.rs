//! The only value of a sub-pipeline.

use std::any::Any;
use std::sync::Arc;

use weft_core::error::{Error, Result};
use weft_core::subquery::Answer;
use weft_core::{Chunk, OperatorMetrics, Origin, Subquery, Value};
use weft_plan::explain::RowCount;

use crate::pipeline::{LocalSink, Shared, Sink, downcast};

/// Notes the only value of its input's only column: null for no row, an error for several.
pub(crate) struct ScalarSink {
    shared: Shared,
    metrics: Arc<OperatorMetrics>,
    subquery: Subquery,
    origin: Origin,
}

#[derive(Default)]
struct Local {
    rows: u64,
    value: Option<Value>,
}

impl ScalarSink {
    /// `origin` is where the sub-pipeline was written.
    pub(crate) fn new(shared: &Shared, subquery: Subquery, origin: Origin) -> Self {
        let metrics = shared.metrics.operator(format!("value {subquery}"));
        ScalarSink { shared: shared.clone(), metrics, subquery, origin }
    }
}

impl Sink for ScalarSink {
    fn local(&self) -> Result<Box<dyn LocalSink>> {
        Ok(Box::new(Local::default()))
    }

    fn seal(&self, locals: Vec<Box<dyn LocalSink>>) -> Result<usize> {
        let locals = downcast::<Local>(locals)?;
        let rows: u64 = locals.iter().map(|l| l.rows).sum();
        if rows > 1 {
            let message = format!("this stands for one value, but it has {}", RowCount { rows, exact: true });
            let error = Error::value(message).with_help("`| take 1` or an aggregate such as `| agg { max(x) }` makes it one");
            return Err(error.at(self.origin));
        }
        let value = locals.into_iter().find_map(|l| l.value).unwrap_or(Value::Null);
        self.shared.query.answers.set(&self.subquery, Answer::Value(value));
        self.metrics.rows_out.add(rows);
        Ok(0)
    }

    fn metrics(&self) -> &Arc<OperatorMetrics> {
        &self.metrics
    }
}

impl LocalSink for Local {
    fn push(&mut self, chunk: Chunk) -> Result<()> {
        if self.value.is_none() && chunk.rows() > 0 {
            let row = chunk.selection().and_then(|s| s.first().copied()).unwrap_or(0);
            self.value = Some(chunk.column(0)?.value(row as usize)?);
        }
        self.rows += chunk.rows() as u64;
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
