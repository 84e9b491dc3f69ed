//! Blocks in a file: appended by one, read by many.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use lz4_flex::block::{CompressTable, compress_into_with_table, decompress_into, get_maximum_output_size};

use super::disk;
use super::manager::{FOLDER_HELP, SpillManager};
use crate::error::{Error, ErrorKind, Result};
use crate::memory::human_bytes;
use crate::metrics::OperatorMetrics;

/// Where a block lies in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpillBlock {
    offset: u64,
    stored: u32,
    bytes: u32,
}

impl SpillBlock {
    /// Bytes as they were written and will be read.
    pub fn bytes(&self) -> usize {
        self.bytes as usize
    }

    /// Bytes on disk.
    pub fn stored_bytes(&self) -> usize {
        self.stored as usize
    }
}

/// A file of blocks. Any thread may read those that are written. Dropping the last holder frees the disk.
#[derive(Debug)]
pub struct SpillFile {
    file: File,
    folder: PathBuf,
    operator: Arc<str>,
    manager: Arc<SpillManager>,
    metrics: Arc<OperatorMetrics>,
    written: AtomicU64,
}

/// Appends blocks to a file. About 100 KiB by itself besides the largest block twice.
pub struct SpillWriter {
    file: Arc<SpillFile>,
    table: CompressTable,
    joined: Vec<u8>,
    packed: Vec<u8>,
}

impl SpillWriter {
    pub(super) fn new(
        file: File,
        folder: PathBuf,
        operator: &str,
        manager: Arc<SpillManager>,
        metrics: Arc<OperatorMetrics>,
    ) -> Self {
        let file = SpillFile { file, folder, operator: operator.into(), manager, metrics, written: AtomicU64::new(0) };
        SpillWriter { file: Arc::new(file), table: CompressTable::large(), joined: Vec::new(), packed: Vec::new() }
    }

    /// Appends `parts`, one after the other, as one block of at most 2 GiB.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when the disk or the spill limit has no room; the block is not there then.
    pub fn write_block(&mut self, parts: &[&[u8]]) -> Result<SpillBlock> {
        let bytes: usize = parts.iter().map(|p| p.len()).sum();
        if bytes > i32::MAX as usize {
            let message = format!("{} cannot spill {} in one piece", self.file.operator, human_bytes(bytes));
            return Err(
                Error::unsupported(message).with_help("raise `memory_limit`, or make the values smaller before this step")
            );
        }
        let input = match parts {
            [part] => part,
            _ => {
                self.joined.clear();
                self.joined.reserve(bytes);
                parts.iter().for_each(|part| self.joined.extend_from_slice(part));
                &self.joined[..]
            }
        };
        self.packed.resize(get_maximum_output_size(bytes), 0);
        // What does not shrink is stored as it is: the sizes tell the two apart.
        let packed = compress_into_with_table(input, &mut self.packed, &mut self.table).ok();
        let stored = match packed {
            Some(length) if length < bytes - bytes / 16 => &self.packed[..length],
            _ => input,
        };
        let offset = self.file.append(stored)?;
        Ok(SpillBlock { offset, stored: stored.len() as u32, bytes: bytes as u32 })
    }

    /// The file, to read what is written so far.
    pub fn file(&self) -> &Arc<SpillFile> {
        &self.file
    }

    /// Ends writing.
    pub fn finish(self) -> Arc<SpillFile> {
        self.file
    }
}

impl SpillFile {
    /// Fills `out` with the bytes of a block of this file.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when it cannot be read, or is not what was written.
    pub fn read_block(&self, block: &SpillBlock, out: &mut Vec<u8>) -> Result<()> {
        let bytes = block.bytes as usize;
        out.resize(bytes, 0);
        if block.stored == block.bytes {
            self.read(out, block.offset)?;
            return Ok(());
        }
        let mut packed = vec![0; block.stored as usize];
        self.read(&mut packed, block.offset)?;
        match decompress_into(&packed, out) {
            Ok(length) if length == bytes => Ok(()),
            _ => Err(self.failed("cannot read back what it spilled to", "a block is damaged")),
        }
    }

    /// Bytes on disk.
    pub fn stored_bytes(&self) -> u64 {
        self.written.load(Ordering::Acquire)
    }

    fn read(&self, bytes: &mut [u8], offset: u64) -> Result<()> {
        let failed = |e: std::io::Error| self.failed("cannot read back what it spilled to", &e.to_string());
        disk::read_at(&self.file, bytes, offset).map_err(failed)?;
        self.metrics.spill_read.add(bytes.len() as u64);
        Ok(())
    }

    /// Appends; only the one writer does.
    fn append(&self, bytes: &[u8]) -> Result<u64> {
        let offset = self.written.load(Ordering::Acquire);
        self.manager.take(bytes.len() as u64, &self.operator)?;
        if let Err(error) = disk::write_at(&self.file, bytes, offset) {
            self.manager.give_back(bytes.len() as u64);
            return Err(self.failed("cannot spill to", &self.why(&error)));
        }
        self.written.fetch_add(bytes.len() as u64, Ordering::AcqRel);
        self.metrics.spilled.add(bytes.len() as u64);
        Ok(offset)
    }

    fn why(&self, error: &std::io::Error) -> String {
        use std::io::ErrorKind as K;
        let so_far = human_bytes(usize::try_from(self.manager.used()).unwrap_or(usize::MAX));
        match error.kind() {
            K::StorageFull | K::QuotaExceeded => format!("the disk is full ({so_far} spilled)"),
            K::FileTooLarge => format!("no file may grow that large here ({so_far} spilled)"),
            _ => error.to_string(),
        }
    }

    fn failed(&self, what: &str, why: &str) -> Error {
        let message = format!("{} {what} `{}`: {why}", self.operator, self.folder.display());
        Error::new(ErrorKind::Io, message).with_help(FOLDER_HELP)
    }
}

impl Drop for SpillFile {
    fn drop(&mut self) {
        self.manager.close(self.stored_bytes());
    }
}
