//! A file as blocks of whole records.

use std::io::Read;
use std::sync::Arc;

use weft_core::{Error, ErrorKind, OperatorMetrics, Result};

use super::records::{Dialect, last_cut};
use super::unpack;
use crate::local::LocalFile;

/// The first block is small, so that a look at a few rows is quick; each is twice as large as the one before, up to ….
const FIRST: usize = 128 << 10;
const LARGEST: usize = 4 << 20;
/// A record longer than this is taken for a quote that is never closed.
const LONGEST_RECORD: usize = 64 << 20;

/// Whole records of a file.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) text: Vec<u8>,
    /// The line, from 1, on which it begins.
    pub(super) line: u64,
}

/// Reads the blocks of one file in order.
pub(super) struct Blocks {
    pub(super) path: Arc<str>,
    text: Box<dyn Read + Send>,
    dialect: Dialect,
    /// Read, but not given out.
    rest: Vec<u8>,
    line: u64,
    size: usize,
    ended: bool,
}

impl Blocks {
    /// Opens `file` and steps over a byte order mark and `skip` lines.
    pub(super) fn open(file: &LocalFile, dialect: Dialect, skip: u64, metrics: Option<Arc<OperatorMetrics>>) -> Result<Self> {
        let text = unpack::open(file, metrics)?;
        let path = Arc::clone(&file.path);
        let mut blocks = Blocks { path, text, dialect, rest: Vec::new(), line: 1, size: FIRST, ended: false };
        blocks.fill(FIRST)?;
        if blocks.rest.starts_with(b"\xef\xbb\xbf") {
            blocks.rest.drain(..3);
        }
        if blocks.rest.starts_with(b"PAR1") {
            let message = format!("`{}` is a Parquet file, not text", file.path);
            return Err(Error::format(message).with_help("read it with `read_parquet`"));
        }
        let lines = Dialect { quote: None, escape: None, comment: None, ..dialect };
        for _ in 0..skip {
            blocks.take(lines, 1)?;
        }
        Ok(blocks)
    }

    /// The next block, of at most `records` records; nothing at the end.
    pub(super) fn next(&mut self, records: usize) -> Result<Option<Block>> {
        let block = self.take(self.dialect, records)?;
        if block.as_ref().is_some_and(|b| b.text.len() * 2 > self.size) {
            self.size = (self.size * 2).min(LARGEST);
        }
        Ok(block)
    }

    fn take(&mut self, dialect: Dialect, records: usize) -> Result<Option<Block>> {
        let mut wanted = self.size;
        loop {
            self.fill(wanted)?;
            let line = self.line;
            let cut = last_cut(&self.rest, dialect, records);
            if cut.bytes == 0 && !self.ended {
                self.check_length()?;
                wanted = self.rest.len() * 2;
                continue;
            }
            // The last record may end without a line end.
            let all = cut.records < records && self.ended;
            let bytes = if all { self.rest.len() } else { cut.bytes };
            if bytes == 0 {
                return Ok(None);
            }
            if bytes > cut.bytes {
                self.check_closed(&self.rest[cut.bytes..], line + cut.lines)?;
            }
            let rest = self.rest.split_off(bytes);
            let text = std::mem::replace(&mut self.rest, rest);
            self.line += cut.lines;
            return Ok(Some(Block { text, line }));
        }
    }

    /// Reads until `wanted` bytes are there, or all.
    fn fill(&mut self, wanted: usize) -> Result<()> {
        while !self.ended && self.rest.len() < wanted {
            let missing = (wanted - self.rest.len()) as u64;
            let read = self.text.by_ref().take(missing).read_to_end(&mut self.rest);
            let read = read.map_err(|e| {
                Error::new(ErrorKind::Io, format!("`{}` cannot be read to its end: {e}", self.path))
                    .with_help("the file may be truncated or damaged")
            })?;
            self.ended = read == 0;
        }
        Ok(())
    }

    fn check_length(&self) -> Result<()> {
        if self.rest.len() < LONGEST_RECORD {
            return Ok(());
        }
        Err(self.never_closed(self.line))
    }

    /// The text after the last line end: without one of its own, unless a quote swallowed it.
    fn check_closed(&self, last: &[u8], line: u64) -> Result<()> {
        let mut closed = last.to_vec();
        closed.push(b'\n');
        closed.push(b'\n');
        match last_cut(&closed, self.dialect, 1).bytes {
            0 => Err(self.never_closed(line)),
            _ => Ok(()),
        }
    }

    fn never_closed(&self, line: u64) -> Error {
        Error::format(format!("`{}`: a quote opened in the record at line {line} is never closed", self.path))
            .with_help("if quotes have no meaning in this file, read it with `quote: \"\"`")
    }
}
