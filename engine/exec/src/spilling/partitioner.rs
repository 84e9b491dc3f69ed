//! Rows on their way to disk, separated into parts: chunks are kept until there are enough for blocks.

use std::sync::Arc;

use weft_core::error::Result;
use weft_core::spill::{ChunkSpill, SpilledChunk, SpilledChunks};
use weft_core::{Chunk, OperatorMetrics, Reservation, Series};

use crate::pipeline::Shared;
use crate::retain::retained_columns;
use crate::sinks::run::interleaved;

/// Bytes of a block. A row that is larger is a block of its own.
const BLOCK_BYTES: usize = 256 * 1024;

/// Chunks of one part in files.
#[derive(Default, Clone)]
pub(crate) struct SpilledPart {
    files: Vec<(SpilledChunks, Vec<SpilledChunk>)>,
}

impl SpilledPart {
    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Rows of all chunks.
    pub(crate) fn rows(&self) -> usize {
        self.files.iter().flat_map(|(_, blocks)| blocks).map(SpilledChunk::rows).sum()
    }

    /// Bytes that all chunks take in memory.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.files.iter().flat_map(|(_, blocks)| blocks).map(SpilledChunk::memory_bytes).sum()
    }

    /// Adds what another one has.
    pub(crate) fn extend(&mut self, other: SpilledPart) {
        self.files.extend(other.files);
    }

    /// Reads and forgets a chunk; nothing at the end. They come in no order.
    pub(crate) fn next(&mut self) -> Result<Option<Chunk>> {
        while let Some((file, blocks)) = self.files.last_mut() {
            match blocks.pop() {
                Some(block) => return file.read(&block).map(Some),
                None => self.files.pop(),
            };
        }
        Ok(None)
    }
}

/// Separates chunks, and writes them to a file of its own.
pub(crate) struct Partitioner {
    shared: Shared,
    metrics: Arc<OperatorMetrics>,
    /// The operator.
    name: &'static str,
    /// Made with the first row.
    file: Option<ChunkSpill>,
    /// Chunks of flat columns, and the part of each of their rows.
    kept: Vec<(Chunk, Vec<u16>)>,
    /// By part.
    blocks: Vec<Vec<SpilledChunk>>,
    reservation: Reservation,
}

impl Partitioner {
    /// For `parts` parts of the rows of the operator `name`.
    pub(crate) fn new(shared: &Shared, metrics: &Arc<OperatorMetrics>, name: &'static str, parts: usize) -> Self {
        let (blocks, reservation) = ((0..parts).map(|_| Vec::new()).collect(), shared.pool.spillable(name));
        Partitioner {
            shared: shared.clone(),
            metrics: Arc::clone(metrics),
            name,
            file: None,
            kept: Vec::new(),
            blocks,
            reservation,
        }
    }

    /// Takes the rows of a chunk without selection; `parts` says where each belongs.
    pub(crate) fn push(&mut self, chunk: &Chunk, parts: Vec<u16>) -> Result<()> {
        let flat = |column: &Series| Series::new(column.ty().clone(), column.to_flat()?);
        let columns = chunk.columns().iter().map(flat).collect::<Result<_>>()?;
        let chunk = retained_columns(chunk.with_columns(columns))?;
        // Beside its rows, where they stand: while they are written, once more and wider.
        let bytes = chunk.memory_bytes() + parts.len() * (size_of::<u16>() + size_of::<(usize, usize)>());
        let most = self.shared.pool.limit() / 16 / self.shared.settings.threads();
        if self.reservation.should_spill() || self.reservation.bytes() + bytes > most || self.reservation.try_grow(bytes).is_err()
        {
            self.write()?;
            self.reservation.grow_in_flight(bytes)?;
        }
        self.kept.push((chunk, parts));
        Ok(())
    }

    /// Writes all that is kept.
    fn write(&mut self) -> Result<()> {
        let (chunks, parts): (Vec<Chunk>, Vec<Vec<u16>>) = std::mem::take(&mut self.kept).into_iter().unzip();
        let Some(first) = chunks.first() else { return Ok(()) };
        let (width, chunk_refs) = (first.columns().len(), chunks.iter().collect::<Vec<_>>());
        let mut places: Vec<Vec<(usize, usize)>> = vec![Vec::new(); self.blocks.len()];
        for (chunk, parts) in parts.iter().enumerate() {
            parts.iter().enumerate().for_each(|(row, &part)| places[part as usize].push((chunk, row)));
        }
        let rows: usize = parts.iter().map(Vec::len).sum();
        let fitting = BLOCK_BYTES.saturating_mul(rows) / self.reservation.bytes().max(1);
        let block_rows = fitting.clamp(1, self.shared.settings.chunk_rows());
        for (part, places) in places.iter().enumerate() {
            for piece in places.chunks(block_rows) {
                self.shared.cancel().check()?;
                let block = interleaved(&chunk_refs, piece, width)?;
                let file = match &mut self.file {
                    Some(file) => file,
                    none => {
                        let types = block.columns().iter().map(|c| c.ty().clone()).collect();
                        none.insert(ChunkSpill::new(types, self.shared.spill.create(self.name, &self.metrics)?)?)
                    }
                };
                self.blocks[part].push(file.write(&block)?);
            }
        }
        self.reservation.free();
        Ok(())
    }

    /// Writes the rest and gives the parts.
    pub(crate) fn finish(mut self) -> Result<Vec<SpilledPart>> {
        self.write()?;
        let Some(file) = self.file.map(ChunkSpill::finish) else {
            return Ok(self.blocks.iter().map(|_| SpilledPart::default()).collect());
        };
        let part = |blocks: Vec<SpilledChunk>| {
            let files = if blocks.is_empty() { Vec::new() } else { vec![(file.clone(), blocks)] };
            SpilledPart { files }
        };
        Ok(self.blocks.into_iter().map(part).collect())
    }
}
