//! Handing out a sort's rows in order: picked by whoever asks for tasks, gathered by the workers that run them.

use std::sync::Arc;

use parking_lot::Mutex;
use weft_core::Reservation;
use weft_core::error::{Error, Result};
use weft_core::source::{ChunkReader, ScanTask};

use super::in_memory::Merge;
use super::runs::{RunMerge, Taken};
use super::{RowAt, Sorted};
use crate::pipeline::{ReadyChunks, Shared, Source, Tasks};
use crate::sinks::run::{KeyedChunk, gather};

/// Most bytes of rows from disk that are handed out at once.
const MOST_BYTES: usize = 16 << 20;

/// The rows of a sort, once.
pub(crate) struct SortOutput {
    shared: Shared,
    sorted: Arc<Mutex<Sorted>>,
    chunk_rows: usize,
}

impl SortOutput {
    pub(super) fn new(shared: &Shared, sorted: Arc<Mutex<Sorted>>) -> Self {
        SortOutput { shared: shared.clone(), sorted, chunk_rows: shared.settings.chunk_rows() }
    }
}

impl Source for SortOutput {
    fn open(&self) -> Result<Box<dyn Tasks>> {
        let sorted = std::mem::take(&mut *self.sorted.lock());
        match sorted {
            Sorted::Memory { chunks, runs, reservation } => {
                let (merge, held) = (Merge::new(chunks, runs), Arc::new(reservation));
                Ok(Box::new(MemoryTasks { merge, chunk_rows: self.chunk_rows, shared: self.shared.clone(), held }))
            }
            Sorted::Disk { runs, .. } => {
                // Several such pieces are under way at once.
                let bytes = (self.shared.pool.limit() / 64).min(MOST_BYTES);
                Ok(Box::new(DiskTasks { merge: RunMerge::new(&self.shared, runs)?, chunk_rows: self.chunk_rows, bytes }))
            }
            Sorted::Nothing => Err(Error::internal("a sort was read twice")),
        }
    }

    fn with_task_rows(&self, rows: usize) -> Option<Arc<dyn Source>> {
        let chunk_rows = self.chunk_rows.min(rows);
        Some(Arc::new(SortOutput { shared: self.shared.clone(), sorted: Arc::clone(&self.sorted), chunk_rows }))
    }
}

struct MemoryTasks {
    merge: Merge,
    chunk_rows: usize,
    shared: Shared,
    held: Arc<Reservation>,
}

struct MemoryTask {
    chunks: Arc<Vec<KeyedChunk>>,
    rows: Vec<RowAt>,
    _held: Arc<Reservation>,
}

impl Tasks for MemoryTasks {
    fn next(&mut self) -> Result<Option<Box<dyn ScanTask>>> {
        self.shared.cancel().check()?;
        let rows = self.merge.take(self.chunk_rows);
        if rows.is_empty() {
            return Ok(None);
        }
        Ok(Some(Box::new(MemoryTask { chunks: Arc::clone(&self.merge.chunks), rows, _held: Arc::clone(&self.held) })))
    }
}

impl ScanTask for MemoryTask {
    fn open(self: Box<Self>) -> Result<Box<dyn ChunkReader>> {
        Ok(Box::new(ReadyChunks([gather(&self.chunks, &self.rows)?].into())))
    }
}

struct DiskTasks {
    merge: RunMerge,
    chunk_rows: usize,
    bytes: usize,
}

struct DiskTask(Taken);

impl Tasks for DiskTasks {
    fn next(&mut self) -> Result<Option<Box<dyn ScanTask>>> {
        let taken = self.merge.take(self.chunk_rows, self.bytes)?;
        Ok((!taken.is_empty()).then(|| Box::new(DiskTask(taken)) as Box<dyn ScanTask>))
    }
}

impl ScanTask for DiskTask {
    fn open(self: Box<Self>) -> Result<Box<dyn ChunkReader>> {
        Ok(Box::new(ReadyChunks([self.0.rows()?].into())))
    }
}
