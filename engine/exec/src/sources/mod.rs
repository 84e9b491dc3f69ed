//! Where pipelines begin: scans of tables, and join tables. (What sinks made is handed out by `sinks::Output`.)

pub(crate) mod marked;
pub(crate) mod spilled_join;

use std::sync::Arc;

use weft_core::error::Result;
use weft_core::source::{ScanRequest, ScanTask, TaskStream};
use weft_core::{OperatorMetrics, TableSource, Value};

use crate::pipeline::{Source, Tasks};

/// Scans a table.
pub(crate) struct TableScan {
    pub(crate) source: Arc<dyn TableSource>,
    pub(crate) request: ScanRequest,
}

struct ScanTasks(Box<dyn TaskStream>);

impl Source for TableScan {
    fn open(&self) -> Result<Box<dyn Tasks>> {
        Ok(Box::new(ScanTasks(self.source.scan(self.request.clone())?)))
    }

    fn with_task_rows(&self, rows: usize) -> Option<Arc<dyn Source>> {
        let mut request = self.request.clone();
        let mut settings = (*request.context.settings).clone();
        let smaller = |now: usize| Value::Int(now.min(rows) as i64);
        settings.set("task_rows", &smaller(settings.task_rows())).ok()?;
        settings.set("chunk_rows", &smaller(settings.chunk_rows())).ok()?;
        request.context.settings = Arc::new(settings);
        Some(Arc::new(TableScan { source: Arc::clone(&self.source), request }))
    }

    fn metrics(&self) -> Option<&Arc<OperatorMetrics>> {
        Some(&self.request.context.metrics)
    }
}

impl Tasks for ScanTasks {
    fn next(&mut self) -> Result<Option<Box<dyn ScanTask>>> {
        self.0.next_task()
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

/// Nothing.
pub(crate) struct NoTasks;

impl Tasks for NoTasks {
    fn next(&mut self) -> Result<Option<Box<dyn ScanTask>>> {
        Ok(None)
    }
}
