//! Where pipelines end. A sink keeps what it made; the next pipeline's source hands it out.

pub(crate) mod blocks;
pub(crate) mod build;
pub(crate) mod collect;
pub(crate) mod group;
pub(crate) mod in_order;
pub(crate) mod limit;
pub(crate) mod run;
pub(crate) mod scalar;
pub(crate) mod set;
pub(crate) mod sort;
pub(crate) mod tail;
pub(crate) mod top_n;
pub(crate) mod window;

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;
use weft_core::Chunk;
use weft_core::error::Result;
use weft_core::source::ScanTask;

use crate::pipeline::{ReadyChunks, Source, Tasks};

/// Chunks that a sink made, for the pipeline that reads them. Each entry becomes a task.
#[derive(Clone, Default)]
pub(crate) struct Output(Arc<Mutex<VecDeque<Vec<Chunk>>>>);

impl Output {
    /// Adds chunks that belong together in order.
    pub(crate) fn push(&self, chunks: Vec<Chunk>) {
        if !chunks.is_empty() {
            self.0.lock().push_back(chunks);
        }
    }

    /// Adds chunks, cut into tasks of about `task_rows` rows.
    pub(crate) fn push_tasks(&self, chunks: impl IntoIterator<Item = Chunk>, task_rows: usize) {
        let (mut task, mut rows) = (Vec::new(), 0);
        for chunk in chunks {
            rows += chunk.rows();
            task.push(chunk);
            if rows >= task_rows {
                self.push(std::mem::take(&mut task));
                rows = 0;
            }
        }
        self.push(task);
    }
}

impl Source for Output {
    fn open(&self) -> Result<Box<dyn Tasks>> {
        Ok(Box::new(Recut { output: self.clone(), rows: usize::MAX, ready: VecDeque::new() }))
    }

    fn with_task_rows(&self, rows: usize) -> Option<Arc<dyn Source>> {
        Some(Arc::new(SmallTasks { output: self.clone(), rows }))
    }
}

/// The same output in smaller tasks.
struct SmallTasks {
    output: Output,
    rows: usize,
}

impl Source for SmallTasks {
    fn open(&self) -> Result<Box<dyn Tasks>> {
        Ok(Box::new(Recut { output: self.output.clone(), rows: self.rows, ready: VecDeque::new() }))
    }

    fn with_task_rows(&self, rows: usize) -> Option<Arc<dyn Source>> {
        self.output.with_task_rows(rows.min(self.rows))
    }
}

/// Hands out an output's entries, cut where a chunk is longer than `rows`.
struct Recut {
    output: Output,
    rows: usize,
    ready: VecDeque<Vec<Chunk>>,
}

impl Tasks for Recut {
    fn next(&mut self) -> Result<Option<Box<dyn ScanTask>>> {
        if self.ready.is_empty() {
            let Some(chunks) = self.output.0.lock().pop_front() else { return Ok(None) };
            if self.rows == usize::MAX {
                self.ready.push_back(chunks);
            } else {
                for chunk in chunks {
                    let cuts = (0..chunk.rows()).step_by(self.rows);
                    self.ready.extend(cuts.map(|from| vec![chunk.slice(from, self.rows.min(chunk.rows() - from))]));
                }
            }
        }
        Ok(self.ready.pop_front().map(|chunks| Box::new(ReadyChunks(chunks.into())) as Box<dyn ScanTask>))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.output.0.lock().len())
    }
}
