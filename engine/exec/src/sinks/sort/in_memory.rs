//! Sorting what fits into memory: positions of rows, in runs that are sorted at once and merged when read.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use weft_core::CancelToken;
use weft_core::error::Result;

use super::CHECK_ROWS;
use crate::sinks::run::{KeyedChunk, RowAt, compare};

/// The positions of all rows.
pub(super) fn in_order(chunks: &[KeyedChunk]) -> Vec<RowAt> {
    let rows = |(index, chunk): (usize, &KeyedChunk)| {
        (0..chunk.keys.len()).map(move |row| RowAt { chunk: index as u32, row: row as u32 })
    };
    let mut all = Vec::with_capacity(chunks.iter().map(|c| c.keys.len()).sum());
    all.extend(chunks.iter().enumerate().flat_map(rows));
    all
}

/// The positions of all rows in about `parts` runs of whole chunks.
pub(super) fn split(chunks: &[KeyedChunk], parts: usize, rows: usize) -> Vec<Vec<RowAt>> {
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
pub(super) fn sort_run(chunks: &[KeyedChunk], run: &mut Vec<RowAt>, cancel: &CancelToken) -> Result<()> {
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

/// The runs, of which the smallest next row is taken.
pub(super) struct Merge {
    pub(super) chunks: Arc<Vec<KeyedChunk>>,
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
    pub(super) fn new(chunks: Arc<Vec<KeyedChunk>>, runs: Vec<Vec<RowAt>>) -> Self {
        let first =
            |(run, rows): (usize, &Vec<RowAt>)| rows.first().map(|&at| Reverse(Head { chunks: Arc::clone(&chunks), at, run }));
        let heap = runs.iter().enumerate().filter_map(first).collect();
        Merge { next: vec![1; runs.len()], chunks, runs, heap }
    }

    /// Up to `rows` more rows.
    pub(super) fn take(&mut self, rows: usize) -> Vec<RowAt> {
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
