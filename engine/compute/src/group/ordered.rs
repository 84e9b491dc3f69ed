//! Merged groups in the order of their first appearance, for aggregates with `distinct:` that observe it.

#![allow(unsafe_code)]

use std::sync::Arc;

use arrow::array::{Array, ArrayRef};
use arrow::compute::interleave;
use weft_core::{CancelToken, Chunk, Error, Reservation, Result, Series};

use super::output::{MergedGroups, columns};
use crate::rows::page_rows;

/// The groups of all merge tasks, by first appearance.
#[derive(Debug)]
pub(super) struct OrderedGroups {
    parts: Vec<MergedGroups>,
    order: Vec<Entry>,
    done: usize,
    _reserved: Reservation,
}

/// Where a group first appeared, and where it stands.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    position: [u64; 2],
    part: u32,
    row: *mut u8,
}

// SAFETY: the rows lie in pages that `parts` owns.
unsafe impl Send for OrderedGroups {}

impl OrderedGroups {
    /// Sorts the groups of all tasks of a merge; the spec must be ordered.
    ///
    /// # Errors
    /// When the memory limit refuses the room for the order, or the query was cancelled.
    pub(super) fn new(parts: Vec<MergedGroups>, reservation: &Reservation, cancel: &CancelToken) -> Result<Self> {
        let rows: usize = parts.iter().map(MergedGroups::rows).sum();
        let mut reserved = reservation.sibling();
        reserved.try_grow(rows * size_of::<Entry>())?;
        let mut order = Vec::with_capacity(rows);
        for (part, groups) in parts.iter().enumerate() {
            let layout = &groups.spec.layout;
            let at = layout.position.ok_or_else(|| Error::internal("groups without positions cannot be ordered"))?;
            for (page, count) in &groups.pages {
                cancel.check()?;
                for row in page_rows(page, *count, layout.width) {
                    // SAFETY: the position lies inside the row, aligned to 8.
                    let position = unsafe { *row.add(at).cast::<[u64; 2]>() };
                    order.push(Entry { position, part: part as u32, row });
                }
            }
        }
        order.sort_unstable();
        cancel.check()?;
        Ok(OrderedGroups { parts, order, done: 0, _reserved: reserved })
    }

    /// The next groups, at most `max_rows` of them.
    pub(super) fn next_chunk(&mut self, max_rows: usize) -> Result<Option<Chunk>> {
        let end = self.order.len().min(self.done + max_rows.max(1));
        let entries = &self.order[self.done..end];
        let Some(first) = self.parts.first().filter(|_| !entries.is_empty()) else { return Ok(None) };
        let types = first.spec.output_types();
        let mut rows: Vec<Vec<*mut u8>> = vec![Vec::new(); self.parts.len()];
        let mut places = Vec::with_capacity(entries.len());
        for entry in entries {
            let part = &mut rows[entry.part as usize];
            places.push((entry.part as usize, part.len()));
            part.push(entry.row);
        }
        let mut pieces: Vec<Vec<ArrayRef>> = vec![Vec::with_capacity(self.parts.len()); types.len()];
        for (groups, rows) in self.parts.iter().zip(&rows) {
            // SAFETY: rows of the part's pages, which we own and reach through `&mut self` alone.
            let columns = unsafe { columns(&groups.spec, rows, &groups.heap)? };
            pieces.iter_mut().zip(columns).for_each(|(piece, column)| piece.push(column));
        }
        let together = |(ty, arrays): (_, Vec<ArrayRef>)| {
            if let [only] = &arrays[..] {
                return Series::new(ty, Arc::clone(only));
            }
            let arrays: Vec<&dyn Array> = arrays.iter().map(|a| a.as_ref()).collect();
            Series::new(ty, interleave(&arrays, &places)?)
        };
        let columns = types.into_iter().zip(pieces).map(together).collect::<Result<Vec<_>>>()?;
        let chunk = Chunk::new(columns, entries.len())?;
        self.done = end;
        Ok(Some(chunk))
    }
}
