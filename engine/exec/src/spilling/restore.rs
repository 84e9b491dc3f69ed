//! Putting rows that come in any order back into the order of their places.

use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use weft_compute::sort::KeyOrder;
use weft_core::chunk::Position;
use weft_core::error::{Error, Result};
use weft_core::{Chunk, Type};

use crate::pipeline::{LocalSink, Shared, Sink, Source, Tasks};
use crate::sinks::sort::SortSink;
use crate::sources::NoTasks;

/// A sort by places that is made with the first row.
pub(crate) struct Restore {
    shared: Shared,
    sink: OnceLock<SortSink>,
    /// Its states that no thread uses now.
    idle: Mutex<Vec<Box<dyn LocalSink>>>,
}

impl Restore {
    pub(crate) fn new(shared: &Shared) -> Arc<Self> {
        Arc::new(Restore { shared: shared.clone(), sink: OnceLock::new(), idle: Mutex::default() })
    }

    /// Takes a chunk whose last two columns are the [`places`](super::places) of its rows. `next` is where the caller's
    /// next chunk stands among all that come here.
    pub(crate) fn push(&self, chunk: Chunk, next: &mut Position) -> Result<()> {
        if self.sink.get().is_none() {
            let order = KeyOrder { ty: Type::UInt64, descending: false, nulls_first: false };
            let made = SortSink::new(&self.shared, vec![order.clone(), order], chunk.columns().len() - 2)?;
            // Two threads may come here at once; one of the sinks will do.
            let _ = self.sink.set(made);
        }
        let sink = self.sink.get().ok_or_else(|| Error::internal("a sort that was not made"))?;
        let idle = self.idle.lock().pop();
        let mut local = idle.map_or_else(|| sink.local(), Ok)?;
        let chunk = chunk.compact()?;
        let (rows, position) = (chunk.physical_rows() as u64, *next);
        local.push(chunk.at(position))?;
        next.row += rows;
        self.idle.lock().push(local);
        Ok(())
    }

    /// Writes out what waits here if memory is half full: for parts that are about to be read, and cannot give way.
    pub(crate) fn make_room(&self) -> Result<()> {
        let pool = &self.shared.pool;
        let mut waiting = std::mem::take(&mut *self.idle.lock());
        let give_way = |local: &mut Box<dyn LocalSink>| {
            if pool.used() > pool.limit() / 2 { local.give_way() } else { Ok(()) }
        };
        let written = waiting.iter_mut().try_for_each(give_way);
        self.idle.lock().append(&mut waiting);
        written
    }
}

/// What came, in order and without places; to be opened when all has come.
pub(crate) struct Restored(pub(crate) Arc<Restore>);

impl Source for Restored {
    fn open(&self) -> Result<Box<dyn Tasks>> {
        let Some(sink) = self.0.sink.get() else { return Ok(Box::new(NoTasks)) };
        let locals = std::mem::take(&mut *self.0.idle.lock());
        let mut parts = sink.seal(locals)?;
        while parts > 0 {
            (0..parts).try_for_each(|part| sink.finish_part(part))?;
            parts = sink.next_round()?;
        }
        let output = sink.output();
        output.open()
    }

    fn with_task_rows(&self, _: usize) -> Option<Arc<dyn Source>> {
        None
    }
}
