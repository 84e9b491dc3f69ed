//! Chunks that are kept until all have come, to be read once, in order: in memory while that lasts, else on disk.

use std::sync::Arc;

use weft_core::error::Result;
use weft_core::spill::{ChunkSpill, SpilledChunk, SpilledChunks};
use weft_core::{Chunk, OperatorMetrics, Reservation};

use crate::pipeline::Shared;
use crate::retain::retained;

/// One worker's chunks.
pub(crate) struct Keeping {
    shared: Shared,
    metrics: Arc<OperatorMetrics>,
    kept: Vec<Kept>,
    /// Of `kept`, how many are on disk: the first ones.
    written: usize,
    file: Option<ChunkSpill>,
    reservation: Reservation,
}

enum Kept {
    Here(Chunk),
    There(SpilledChunk),
}

impl Keeping {
    pub(crate) fn new(shared: &Shared, metrics: &Arc<OperatorMetrics>, name: &str) -> Self {
        let reservation = shared.pool.spillable(name);
        let (shared, metrics) = (shared.clone(), Arc::clone(metrics));
        Keeping { shared, metrics, kept: Vec::new(), written: 0, file: None, reservation }
    }

    pub(crate) fn push(&mut self, chunk: Chunk) -> Result<()> {
        if self.reservation.should_spill() {
            self.spill()?;
        }
        let chunk = match retained(chunk.clone(), &mut self.reservation) {
            Ok(chunk) => chunk,
            Err(_) => {
                self.spill()?;
                retained(chunk, &mut self.reservation)?
            }
        };
        self.kept.push(Kept::Here(chunk));
        Ok(())
    }

    /// Bytes of the chunks that are in memory.
    pub(crate) fn bytes_held(&self) -> usize {
        self.reservation.bytes()
    }

    /// Writes all chunks that are in memory to disk.
    fn spill(&mut self) -> Result<()> {
        for kept in &mut self.kept[self.written..] {
            let Kept::Here(chunk) = kept else { continue };
            self.shared.cancel().check()?;
            let file = match &mut self.file {
                Some(file) => file,
                none => {
                    let types = chunk.columns().iter().map(|c| c.ty().clone()).collect();
                    let writer = self.shared.spill.create(self.reservation.name(), &self.metrics)?;
                    none.insert(ChunkSpill::new(types, writer)?)
                }
            };
            let bytes = chunk.memory_bytes();
            *kept = Kept::There(file.write(chunk)?);
            self.reservation.shrink(bytes);
            self.written += 1;
        }
        Ok(())
    }
}

/// The chunks of all workers, in order.
pub(crate) struct InOrder {
    /// The last comes first.
    chunks: Vec<(Kept, usize)>,
    files: Vec<Option<SpilledChunks>>,
    reservations: Vec<Reservation>,
}

impl InOrder {
    pub(crate) fn new(workers: Vec<Keeping>) -> Self {
        let (mut chunks, mut files, mut reservations) = (Vec::new(), Vec::new(), Vec::new());
        for (index, worker) in workers.into_iter().enumerate() {
            chunks.extend(worker.kept.into_iter().map(|kept| (kept, index)));
            files.push(worker.file.map(ChunkSpill::finish));
            reservations.push(worker.reservation);
        }
        let position = |kept: &Kept| match kept {
            Kept::Here(chunk) => chunk.position,
            Kept::There(at) => at.position,
        };
        chunks.sort_by_key(|(kept, _)| std::cmp::Reverse(position(kept)));
        InOrder { chunks, files, reservations }
    }

    /// The next chunk. It is no longer counted against the memory limit: it is in flight.
    pub(crate) fn next(&mut self) -> Result<Option<Chunk>> {
        Ok(match self.chunks.pop() {
            None => None,
            Some((Kept::Here(chunk), worker)) => {
                self.reservations[worker].shrink(chunk.memory_bytes());
                Some(chunk)
            }
            Some((Kept::There(at), worker)) => self.files[worker].as_ref().map(|file| file.read(&at)).transpose()?,
        })
    }
}
