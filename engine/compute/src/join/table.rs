//! The finished table of a join.

#![allow(unsafe_code)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use weft_core::chunk::Position;
use weft_core::{Error, Result, Series};

use super::{JoinProbe, JoinSpec};
use crate::rows::{Codec, PARTITIONS, Place, RowStore, Slots, gather};

/// A row of a join table, or none (for probe rows without a match).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuildRow(pub(super) u64);

impl BuildRow {
    /// No row: its columns are null.
    pub const NONE: BuildRow = BuildRow(u64::MAX);
}

/// All build rows, found by their keys. Shared by the probing threads.
#[derive(Debug)]
pub struct JoinTable {
    pub(super) spec: Arc<JoinSpec>,
    pub(super) store: RowStore,
    pub(super) slots: Vec<Slots>,
    unique: bool,
}

impl JoinTable {
    pub(super) fn new(spec: Arc<JoinSpec>, store: RowStore, slots: Vec<Slots>, unique: bool) -> Self {
        JoinTable { spec, store, slots, unique }
    }

    /// Build rows, those with null keys included.
    pub fn rows(&self) -> usize {
        self.store.rows()
    }

    /// Whether no probe row can have two matches.
    pub fn is_unique(&self) -> bool {
        self.unique
    }

    /// A probe for one thread.
    pub fn probe(self: &Arc<Self>) -> JoinProbe {
        JoinProbe::new(Arc::clone(self))
    }

    /// Payload columns (by their number in the spec) of build rows; null for [`BuildRow::NONE`].
    pub fn payload(&self, columns: &[usize], rows: &[BuildRow]) -> Result<Vec<Series>> {
        let place = |&c: &usize| self.spec.layout.payload.get(c);
        self.gather(columns.iter().map(place), rows)
    }

    /// Key columns (by their number in the spec) of build rows; floats have one zero and one NaN.
    pub fn keys(&self, columns: &[usize], rows: &[BuildRow]) -> Result<Vec<Series>> {
        let place = |&c: &usize| self.spec.layout.keys.get(c);
        self.gather(columns.iter().map(place), rows)
    }

    fn gather<'a>(&self, columns: impl Iterator<Item = Option<&'a (Codec, Place)>>, rows: &[BuildRow]) -> Result<Vec<Series>> {
        let pointers = self.pointers(rows)?;
        let one = |column: Option<&(Codec, Place)>| {
            let (codec, place) = column.ok_or_else(|| Error::internal("no such column in the join"))?;
            // SAFETY: `pointers` proved each to be a row of ours; keys and payload are no longer changed.
            Series::new(codec.ty.clone(), unsafe { gather(codec, *place, &pointers, &self.store.heap)? })
        };
        columns.map(one).collect()
    }

    fn pointers(&self, rows: &[BuildRow]) -> Result<Vec<*mut u8>> {
        let pointer = |row: &BuildRow| match *row {
            BuildRow::NONE => Ok(std::ptr::null_mut()),
            BuildRow(address) => {
                self.store.checked_pointer(address).ok_or_else(|| Error::internal("a build row of another join"))
            }
        };
        rows.iter().map(pointer).collect()
    }

    /// Marks build rows as matched; the spec must have marks.
    pub fn mark(&self, rows: &[BuildRow]) -> Result<()> {
        for row in self.pointers(rows)?.into_iter().filter(|r| !r.is_null()) {
            self.mark_of(row)?.store(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Marks all build rows with the keys of `heads`, the first matches of probe rows. A key whose first row is marked
    /// already is passed over, so that keys which the probe side repeats cost no more than once; where threads meet, the
    /// rows of a key are marked when all of them are done.
    pub fn mark_chains(&self, heads: &[BuildRow]) -> Result<()> {
        for head in heads.iter().filter(|h| **h != BuildRow::NONE) {
            let row = self.store.checked_pointer(head.0).ok_or_else(|| Error::internal("a build row of another join"))?;
            if self.mark_of(row)?.swap(1, Ordering::Relaxed) != 0 {
                continue;
            }
            let mut next = self.next(head.0);
            while let Some(address) = next {
                self.mark_of(self.store.pointer(address))?.store(1, Ordering::Relaxed);
                next = self.next(address);
            }
        }
        Ok(())
    }

    /// Where build rows stand in the order of their side; the spec must be ordered.
    pub fn positions(&self, rows: &[BuildRow]) -> Result<Vec<Position>> {
        let at = self.spec.layout.position.ok_or_else(|| Error::internal("join rows without positions"))?;
        let position = |row: *mut u8| {
            if row.is_null() {
                return Err(Error::internal("no build row has no position"));
            }
            // SAFETY: a row of ours, whose position is aligned to 8 and no longer changed.
            let [task, row] = unsafe { *row.add(at).cast::<[u64; 2]>() };
            Ok(Position { task, row })
        };
        self.pointers(rows)?.into_iter().map(position).collect()
    }

    fn mark_of(&self, row: *mut u8) -> Result<&AtomicU8> {
        let at = self.spec.layout.mark.ok_or_else(|| Error::internal("join rows without marks"))?;
        // SAFETY: the mark lies inside a row of ours, and is reached as an atomic alone.
        Ok(unsafe { AtomicU8::from_ptr(row.add(at)) })
    }

    /// The address of the next row with the same key.
    pub(super) fn next(&self, address: u64) -> Option<u64> {
        if self.unique {
            return None;
        }
        let at = self.spec.layout.next?;
        // SAFETY: an address out of our own slots or links; links are no longer changed.
        let next = unsafe { *self.store.pointer(address).add(at).cast::<u64>() };
        (next != 0).then_some(next & !1)
    }

    /// How many partitions a scan may be split into.
    pub fn partitions(&self) -> usize {
        PARTITIONS
    }

    /// The build rows of a partition that are marked (`true`), not marked (`false`), or all.
    pub fn scan(self: &Arc<Self>, partition: usize, marked: Option<bool>) -> JoinScan {
        JoinScan { table: Arc::clone(self), partition, marked, page: 0, row: 0 }
    }
}

/// Goes through build rows of a partition. Made by [`JoinTable::scan`].
#[derive(Debug)]
pub struct JoinScan {
    table: Arc<JoinTable>,
    partition: usize,
    marked: Option<bool>,
    page: usize,
    row: u32,
}

impl JoinScan {
    /// The next rows, at most `max_rows` of them; none at the end.
    pub fn next_rows(&mut self, max_rows: usize) -> Result<Vec<BuildRow>> {
        let mut rows = Vec::new();
        let store = &self.table.store;
        while rows.len() < max_rows.max(1) {
            let Some(&(number, count)) = store.pages(self.partition).get(self.page) else { break };
            if self.row == count {
                (self.page, self.row) = (self.page + 1, 0);
                continue;
            }
            let address = store.address(number, self.row);
            self.row += 1;
            let wanted = match self.marked {
                None => true,
                Some(want) => (self.table.mark_of(store.pointer(address))?.load(Ordering::Relaxed) != 0) == want,
            };
            if wanted {
                rows.push(BuildRow(address));
            }
        }
        Ok(rows)
    }
}
