//! Chunks in a spill file.

use std::sync::Arc;

use arrow::buffer::{Buffer, MutableBuffer};

use super::columns::{ColumnReader, ColumnWriter};
use super::file::{SpillBlock, SpillFile, SpillWriter};
use crate::chunk::{Chunk, Position};
use crate::error::Result;
use crate::types::Type;

/// Appends chunks to a spill file, one block each, as Arrow IPC.
pub struct ChunkSpill {
    types: Arc<[Type]>,
    writer: SpillWriter,
    columns: ColumnWriter,
    buffer: Vec<u8>,
}

/// Where a chunk lies; small, and kept in memory.
#[derive(Debug, Clone, Copy)]
pub struct SpilledChunk {
    block: SpillBlock,
    rows: u32,
    /// The chunk's place in the order.
    pub position: Position,
}

/// Reads the chunks of a file, from any number of threads.
#[derive(Debug, Clone)]
pub struct SpilledChunks {
    types: Arc<[Type]>,
    file: Arc<SpillFile>,
}

impl ChunkSpill {
    /// Chunks with columns of these types into the file of `writer`.
    pub fn new(types: Arc<[Type]>, writer: SpillWriter) -> Result<Self> {
        Ok(ChunkSpill { types, writer, columns: ColumnWriter::new()?, buffer: Vec::new() })
    }

    /// Appends the rows of a chunk that count.
    ///
    /// # Errors
    /// As [`SpillWriter::write_block`].
    pub fn write(&mut self, chunk: &Chunk) -> Result<SpilledChunk> {
        let chunk = chunk.clone().compact()?;
        self.buffer.clear();
        for column in chunk.columns() {
            self.columns.write(column, &mut self.buffer)?;
        }
        let block = self.writer.write_block(&[&self.buffer])?;
        Ok(SpilledChunk { block, rows: chunk.physical_rows() as u32, position: chunk.position })
    }

    /// What reads the chunks that are written so far.
    pub fn reader(&self) -> SpilledChunks {
        SpilledChunks { types: Arc::clone(&self.types), file: Arc::clone(self.writer.file()) }
    }

    /// Ends writing.
    pub fn finish(self) -> SpilledChunks {
        SpilledChunks { types: self.types, file: self.writer.finish() }
    }
}

impl SpilledChunk {
    /// Rows.
    pub fn rows(&self) -> usize {
        self.rows as usize
    }

    /// About what the chunk takes in memory when it is read.
    pub fn memory_bytes(&self) -> usize {
        self.block.bytes()
    }
}

impl SpilledChunks {
    /// Reads a chunk back: the same rows, types and position; constant and dictionary columns stay what they are.
    ///
    /// # Errors
    /// As [`SpillFile::read_block`].
    pub fn read(&self, at: &SpilledChunk) -> Result<Chunk> {
        let mut block = Vec::new();
        self.file.read_block(&at.block, &mut block)?;
        let mut reader = ColumnReader::new(aligned(block));
        let columns = self.types.iter().map(|ty| reader.read(ty, at.rows())).collect::<Result<_>>()?;
        Ok(Chunk::new(columns, at.rows())?.at(at.position))
    }
}

/// Arrow's buffers begin at multiples of 8 bytes or more; the allocator mostly sees to that.
fn aligned(block: Vec<u8>) -> Buffer {
    if block.as_ptr().align_offset(16) == 0 {
        return Buffer::from_vec(block);
    }
    let mut copy = MutableBuffer::with_capacity(block.len());
    copy.extend_from_slice(&block);
    copy.into()
}
