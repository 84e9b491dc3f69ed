//! Merged groups as chunks.

#![allow(unsafe_code)]

use std::collections::VecDeque;
use std::sync::Arc;

use arrow::array::{ArrayRef, UInt32Array, UInt64Array};
use weft_core::states::States;
use weft_core::{Chunk, Error, Result, Series};

use super::GroupSpec;
use crate::rows::{Heap, Page, PartitionPages, gather, page_rows};

/// The finished groups of one merge task, in no order.
#[derive(Debug)]
pub(super) struct MergedGroups {
    pub(super) spec: Arc<GroupSpec>,
    pub(super) pages: VecDeque<(Page, usize)>,
    pub(super) heap: Arc<Heap>,
    /// Rows of the first page that were yielded already.
    done: usize,
}

impl MergedGroups {
    pub(super) fn new(spec: &Arc<GroupSpec>, pages: PartitionPages, heap: Arc<Heap>) -> Self {
        MergedGroups { spec: Arc::clone(spec), pages: pages.into(), heap, done: 0 }
    }

    /// Groups that were not yielded yet.
    pub(super) fn rows(&self) -> usize {
        self.pages.iter().map(|p| p.1).sum::<usize>() - self.done
    }

    /// The next groups, at most `max_rows` of them. Memory is given back as it goes.
    pub(super) fn next_chunk(&mut self, max_rows: usize) -> Result<Option<Chunk>> {
        let mut rows: Vec<*mut u8> = Vec::new();
        let mut passed = Vec::new();
        while rows.len() < max_rows.max(1) {
            let Some((page, count)) = self.pages.front() else { break };
            let left = max_rows.max(1) - rows.len();
            rows.extend(page_rows(page, *count, self.spec.layout.width).skip(self.done).take(left));
            if *count - self.done > left {
                self.done += left;
                break;
            }
            self.done = 0;
            passed.extend(self.pages.pop_front());
        }
        if rows.is_empty() {
            return Ok(None);
        }
        // SAFETY: rows of pages that we own, `passed` included, until the end of this call.
        let columns = unsafe { columns(&self.spec, &rows, &self.heap)? };
        let types = self.spec.output_types().into_iter();
        let columns = types.zip(columns).map(|(ty, a)| Series::new(ty, a)).collect::<Result<Vec<_>>>()?;
        drop(passed);
        Ok(Some(Chunk::new(columns, rows.len())?))
    }
}

/// Keys, first rows, results and positions of the groups in `rows`.
///
/// # Safety
/// Rows of the spec's layout with their bytes in `heap`, that nobody else reaches.
pub(super) unsafe fn columns(spec: &GroupSpec, rows: &[*mut u8], heap: &Heap) -> Result<Vec<ArrayRef>> {
    let mut columns = Vec::new();
    for (codec, place) in spec.layout.keys.iter().chain(&spec.layout.payload) {
        // SAFETY: passed on.
        columns.push(unsafe { gather(codec, *place, rows, heap)? });
    }
    for (aggregate, &(offset, bytes)) in spec.aggregates.iter().zip(&spec.layout.states) {
        // SAFETY: passed on.
        let mut states = unsafe { States::new(rows, offset, bytes) };
        let column = aggregate.aggregator.finish(&mut states, heap);
        columns.push(column.map_err(|e| e.at(aggregate.origin))?);
    }
    if let Some(at) = spec.layout.position.filter(|_| spec.ordered) {
        // SAFETY: passed on.
        columns.extend(unsafe { positions(at, rows)? });
    }
    Ok(columns)
}

/// Task and row where each group first appeared.
///
/// # Safety
/// As [`columns`].
unsafe fn positions(at: usize, rows: &[*mut u8]) -> Result<[ArrayRef; 2]> {
    let (mut tasks, mut numbers) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    for row in rows {
        // SAFETY: the position lies inside the row, aligned to 8; kept tasks are one more than the task.
        let [task, number] = unsafe { *row.add(at).cast::<[u64; 2]>() };
        tasks.push(
            u32::try_from(task.saturating_sub(1)).map_err(|_| Error::unsupported("an order over more than 4 billion tasks"))?,
        );
        numbers.push(number);
    }
    Ok([Arc::new(UInt32Array::from(tasks)), Arc::new(UInt64Array::from(numbers))])
}

impl GroupSpec {
    /// How states follow their rows when these are written out.
    pub(super) fn mover(&self) -> impl Fn(&[*mut u8], &[*mut u8], &mut Heap, &Heap) -> Result<()> + '_ {
        // SAFETY: called with whole rows of the layout, copies and originals, that nobody else reaches.
        |into, from, heap, from_heap| unsafe { self.merge_states(into, from, heap, from_heap) }
    }

    /// Folds the states of rows into those of other rows.
    ///
    /// # Safety
    /// All are rows of the layout that nobody else reaches, those of `into` with their bytes in `heap`, those of `from`
    /// in `from_heap`.
    pub(super) unsafe fn merge_states(
        &self,
        into: &[*mut u8],
        from: &[*mut u8],
        heap: &mut Heap,
        from_heap: &Heap,
    ) -> Result<()> {
        for (aggregate, &(offset, bytes)) in self.aggregates.iter().zip(&self.layout.states) {
            // SAFETY: passed on.
            let (mut into, mut from) = unsafe { (States::new(into, offset, bytes), States::new(from, offset, bytes)) };
            let merged = aggregate.aggregator.merge(&mut into, heap, &mut from, from_heap);
            merged.map_err(|e| e.at(aggregate.origin))?;
        }
        Ok(())
    }
}
