//! Iterators of chunks as readers, and the slicing of rows into tasks and chunks.

use std::task::{Context, Poll};

use weft_core::source::{ChunkReader, ScanTask};
use weft_core::{CancelToken, Chunk, Result};

/// A reader over an iterator that never waits. Asks the token before every chunk and leaves out empty ones.
pub(crate) struct IterReader<I> {
    chunks: I,
    cancel: CancelToken,
}

impl<I: Iterator<Item = Result<Chunk>> + Send> IterReader<I> {
    pub(crate) fn new(chunks: I, cancel: CancelToken) -> Self {
        IterReader { chunks, cancel }
    }
}

impl<I: Iterator<Item = Result<Chunk>> + Send> ChunkReader for IterReader<I> {
    fn poll_next(&mut self, _cx: &mut Context<'_>) -> Poll<Result<Option<Chunk>>> {
        loop {
            if let Err(error) = self.cancel.check() {
                return Poll::Ready(Err(error));
            }
            match self.chunks.next().transpose() {
                Ok(Some(chunk)) if chunk.rows() == 0 => {}
                result => return Poll::Ready(result),
            }
        }
    }
}

/// A task made of a closure that opens its reader.
pub(crate) struct FnTask<F> {
    pub(crate) rows: Option<u64>,
    pub(crate) open: F,
}

impl<F: FnOnce() -> Result<Box<dyn ChunkReader>> + Send> ScanTask for FnTask<F> {
    fn open(self: Box<Self>) -> Result<Box<dyn ChunkReader>> {
        (self.open)()
    }

    fn rows(&self) -> Option<u64> {
        self.rows
    }
}

/// `(start, length)` pieces of at most `step` rows that cover `start..end`.
pub(crate) fn pieces(start: u64, end: u64, step: usize) -> impl Iterator<Item = (u64, usize)> + Send {
    let step = step.max(1) as u64;
    let count = end.saturating_sub(start).div_ceil(step);
    (0..count).map(move |i| {
        let from = start + i * step;
        (from, step.min(end - from) as usize)
    })
}
