//! Merged groups as chunks.

#![allow(unsafe_code)]

use std::collections::VecDeque;
use std::sync::Arc;

use arrow::array::ArrayRef;
use weft_core::states::States;
use weft_core::{Chunk, Result, Series};

use super::GroupSpec;
use crate::rows::{Heap, Page, PartitionPages, gather, page_rows};

/// The finished groups of one merge task, in no order.
#[derive(Debug)]
pub struct MergedGroups {
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
    pub fn rows(&self) -> usize {
        self.pages.iter().map(|p| p.1).sum::<usize>() - self.done
    }

    /// The next groups, at most `max_rows` of them: the keys, then the aggregates. Memory is given back as it goes.
    pub fn next_chunk(&mut self, max_rows: usize) -> Result<Option<Chunk>> {
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

/// Keys and results of the groups in `rows`.
///
/// # Safety
/// Rows of the spec's layout with their bytes in `heap`, that nobody else reaches.
pub(super) unsafe fn columns(spec: &GroupSpec, rows: &[*mut u8], heap: &Heap) -> Result<Vec<ArrayRef>> {
    let mut columns = Vec::with_capacity(spec.keys.len() + spec.aggregates.len());
    for (codec, place) in &spec.layout.keys {
        // SAFETY: passed on.
        columns.push(unsafe { gather(codec, *place, rows, heap)? });
    }
    for (aggregate, &(offset, bytes)) in spec.aggregates.iter().zip(&spec.layout.states) {
        // SAFETY: passed on.
        let mut states = unsafe { States::new(rows, offset, bytes) };
        let column = aggregate.aggregator.finish(&mut states, heap);
        columns.push(column.map_err(|e| e.at(aggregate.origin))?);
    }
    Ok(columns)
}
