//! All rows in order: workers keep chunks with their keys, parts are sorted at once, the runs merged when read.

use std::any::Any;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use parking_lot::Mutex;
use weft_compute::sort::{KeyEncoder, KeyOrder};
use weft_core::error::{Error, Result};
use weft_core::source::{ChunkReader, ScanTask};
use weft_core::{CancelToken, Chunk, OperatorMetrics, Reservation};

use super::run::{KeyedChunk, RowAt, compare, gather};
use crate::pipeline::{LocalSink, ReadyChunks, Shared, Sink, Source, Tasks, downcast};

/// Rows that are sorted or merged between two looks at the token.
const CHECK_ROWS: usize = 16_384;

/// Sorts by key columns that stand behind the `width` columns that are kept.
pub(crate) struct SortSink {
    shared: Shared,
    metrics: Arc<OperatorMetrics>,
    encoder: Arc<KeyEncoder>,
    width: usize,
    sorted: Arc<Mutex<Sorted>>,
}

/// Everything that a sort keeps.
#[derive(Default)]
struct Sorted {
    chunks: Arc<Vec<KeyedChunk>>,
    /// Positions in `chunks`, each run sorted.
    runs: Vec<Vec<RowAt>>,
    reservation: Option<Reservation>,
}

struct Local {
    encoder: Arc<KeyEncoder>,
    width: usize,
    chunks: Vec<KeyedChunk>,
    reservation: Reservation,
}

impl SortSink {
    pub(crate) fn new(shared: &Shared, orders: Vec<KeyOrder>, width: usize) -> Result<Self> {
        let metrics = shared.metrics.operator("sort");
        let encoder = Arc::new(KeyEncoder::new(&orders)?);
        Ok(SortSink { shared: shared.clone(), metrics, encoder, width, sorted: Arc::default() })
    }

    pub(crate) fn output(&self) -> SortOutput {
        SortOutput {
            sorted: Arc::clone(&self.sorted),
            chunk_rows: self.shared.settings.chunk_rows(),
            cancel: self.shared.cancel().clone(),
        }
    }
}

impl Sink for SortSink {
    fn local(&self) -> Result<Box<dyn LocalSink>> {
        let reservation = self.shared.pool.reservation("sort");
        Ok(Box::new(Local { encoder: Arc::clone(&self.encoder), width: self.width, chunks: Vec::new(), reservation }))
    }

    fn seal(&self, locals: Vec<Box<dyn LocalSink>>) -> Result<usize> {
        let mut chunks = Vec::new();
        let mut held = self.shared.pool.reservation("sort");
        for local in downcast::<Local>(locals)? {
            chunks.extend(local.chunks);
            held.absorb(local.reservation);
        }
        chunks.sort_by_key(|c: &KeyedChunk| c.chunk.position);
        let rows: usize = chunks.iter().map(|c| c.keys.len()).sum();
        // The positions once in runs, and once more while a run is sorted or merged.
        held.try_grow(rows * 2 * size_of::<RowAt>())?;
        let runs = split(&chunks, self.shared.settings.threads(), rows);
        self.metrics.rows_out.add(rows as u64);
        self.metrics.peak_memory.raise(held.bytes() as u64);
        let parts = runs.len();
        *self.sorted.lock() = Sorted { chunks: Arc::new(chunks), runs, reservation: Some(held) };
        Ok(parts)
    }

    fn finish_part(&self, part: usize) -> Result<()> {
        let (chunks, mut run) = {
            let mut sorted = self.sorted.lock();
            (Arc::clone(&sorted.chunks), std::mem::take(&mut sorted.runs[part]))
        };
        sort_run(&chunks, &mut run, self.shared.cancel())?;
        self.sorted.lock().runs[part] = run;
        Ok(())
    }

    fn metrics(&self) -> &Arc<OperatorMetrics> {
        &self.metrics
    }
}

impl LocalSink for Local {
    fn push(&mut self, chunk: Chunk) -> Result<()> {
        self.chunks.push(KeyedChunk::new(chunk, self.width, &self.encoder, &mut self.reservation)?);
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// The positions of all rows in about `parts` runs of whole chunks.
fn split(chunks: &[KeyedChunk], parts: usize, rows: usize) -> Vec<Vec<RowAt>> {
    let size = rows.div_ceil(parts).max(CHECK_ROWS);
    let (mut runs, mut run) = (Vec::new(), Vec::with_capacity(size.min(rows)));
    for (index, chunk) in chunks.iter().enumerate() {
        run.extend((0..chunk.keys.len()).map(|row| RowAt { chunk: index as u32, row: row as u32 }));
        if run.len() >= size {
            runs.push(std::mem::take(&mut run));
        }
    }
    if !run.is_empty() {
        runs.push(run);
    }
    runs
}

/// Sorts small pieces and merges them pairwise, so that the token is looked at in between.
fn sort_run(chunks: &[KeyedChunk], run: &mut Vec<RowAt>, cancel: &CancelToken) -> Result<()> {
    for piece in run.chunks_mut(CHECK_ROWS) {
        cancel.check()?;
        piece.sort_unstable_by(|&a, &b| compare(chunks, a, b));
    }
    let mut length = CHECK_ROWS;
    while length < run.len() {
        let mut merged = Vec::with_capacity(run.len());
        for pair in run.chunks(2 * length) {
            let (left, right) = pair.split_at(length.min(pair.len()));
            merge_two(chunks, left, right, &mut merged, cancel)?;
        }
        *run = merged;
        length *= 2;
    }
    Ok(())
}

fn merge_two(chunks: &[KeyedChunk], left: &[RowAt], right: &[RowAt], to: &mut Vec<RowAt>, cancel: &CancelToken) -> Result<()> {
    let (mut i, mut j) = (0, 0);
    while i < left.len() && j < right.len() {
        if (i + j) % CHECK_ROWS == 0 {
            cancel.check()?;
        }
        if compare(chunks, right[j], left[i]).is_lt() {
            to.push(right[j]);
            j += 1;
        } else {
            to.push(left[i]);
            i += 1;
        }
    }
    to.extend_from_slice(&left[i..]);
    to.extend_from_slice(&right[j..]);
    Ok(())
}

/// Hands out a sort's rows in order.
pub(crate) struct SortOutput {
    sorted: Arc<Mutex<Sorted>>,
    chunk_rows: usize,
    cancel: CancelToken,
}

impl Source for SortOutput {
    fn open(&self) -> Result<Box<dyn Tasks>> {
        let sorted = std::mem::take(&mut *self.sorted.lock());
        let held = sorted.reservation.ok_or_else(|| Error::internal("a sort was read twice"))?;
        let merge = Merge::new(sorted.chunks, sorted.runs);
        Ok(Box::new(SortedTasks { merge, chunk_rows: self.chunk_rows, cancel: self.cancel.clone(), held: Arc::new(held) }))
    }

    fn with_task_rows(&self, rows: usize) -> Option<Arc<dyn Source>> {
        let chunk_rows = self.chunk_rows.min(rows);
        Some(Arc::new(SortOutput { sorted: Arc::clone(&self.sorted), chunk_rows, cancel: self.cancel.clone() }))
    }
}

/// The runs, of which the smallest next row is taken.
struct Merge {
    chunks: Arc<Vec<KeyedChunk>>,
    runs: Vec<Vec<RowAt>>,
    next: Vec<usize>,
    heap: BinaryHeap<Reverse<Head>>,
}

/// The next row of a run.
struct Head {
    chunks: Arc<Vec<KeyedChunk>>,
    at: RowAt,
    run: usize,
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Head {}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        compare(&self.chunks, self.at, other.at)
    }
}

impl Merge {
    fn new(chunks: Arc<Vec<KeyedChunk>>, runs: Vec<Vec<RowAt>>) -> Self {
        let first =
            |(run, rows): (usize, &Vec<RowAt>)| rows.first().map(|&at| Reverse(Head { chunks: Arc::clone(&chunks), at, run }));
        let heap = runs.iter().enumerate().filter_map(first).collect();
        Merge { next: vec![1; runs.len()], chunks, runs, heap }
    }

    /// Up to `rows` more rows.
    fn take(&mut self, rows: usize) -> Vec<RowAt> {
        let mut taken = Vec::new();
        while taken.len() < rows {
            let Some(mut head) = self.heap.peek_mut() else { break };
            let run = head.0.run;
            taken.push(head.0.at);
            match self.runs[run].get(self.next[run]) {
                Some(&at) => {
                    head.0.at = at;
                    self.next[run] += 1;
                }
                None => {
                    std::collections::binary_heap::PeekMut::pop(head);
                }
            }
        }
        taken
    }
}

struct SortedTasks {
    merge: Merge,
    chunk_rows: usize,
    cancel: CancelToken,
    held: Arc<Reservation>,
}

/// Rows whose columns are gathered by the worker that takes the task.
struct GatherTask {
    chunks: Arc<Vec<KeyedChunk>>,
    rows: Vec<RowAt>,
    _held: Arc<Reservation>,
}

impl Tasks for SortedTasks {
    fn next(&mut self) -> Result<Option<Box<dyn ScanTask>>> {
        self.cancel.check()?;
        let rows = self.merge.take(self.chunk_rows);
        if rows.is_empty() {
            return Ok(None);
        }
        Ok(Some(Box::new(GatherTask { chunks: Arc::clone(&self.merge.chunks), rows, _held: Arc::clone(&self.held) })))
    }
}

impl ScanTask for GatherTask {
    fn open(self: Box<Self>) -> Result<Box<dyn ChunkReader>> {
        Ok(Box::new(ReadyChunks([gather(&self.chunks, &self.rows)?].into())))
    }
}
