//! The tables of all threads, cut into bundles that any thread merges.

#![allow(unsafe_code)]

use std::sync::{Arc, Mutex, PoisonError};

use weft_core::{Error, Reservation, Result};

use super::GroupSpec;
use super::bundle::{Bundle, Input};
use super::each_distinct::update_single;
use super::output::MergedGroups;
use super::reader::GroupReader;
use super::table::{GroupTable, TableParts};
use crate::rows::{PARTITIONS, RowTable, digits, page_rows};
use crate::work::Work;

/// Up to this many rows, all partitions are merged by one task into one run of chunks.
const SMALL_ROWS: usize = 1 << 15;

/// The groups of all threads, to be merged by independent tasks on any threads.
#[derive(Debug)]
pub struct GroupMerge {
    pub(super) spec: Arc<GroupSpec>,
    pub(super) work: Work,
    pub(super) reservation: Reservation,
    bundles: Vec<Mutex<Option<Bundle>>>,
    /// Without keys: the combinations that the `distinct:` aggregates see.
    inner: Vec<Option<Arc<GroupMerge>>>,
}

impl GroupMerge {
    /// Takes over the tables of all threads, which must be of one spec; at least one. If one of them was written to disk,
    /// the rest of all is too (which [`GroupTable::spill`] can do before, on several threads).
    pub fn new(mut tables: Vec<GroupTable>) -> Result<Self> {
        let first = tables.first().ok_or_else(|| Error::internal("no group table to merge"))?;
        let (spec, reservation, work) = (Arc::clone(&first.spec), first.reservation.another(), first.work.clone());
        if tables.iter().any(|t| !Arc::ptr_eq(&t.spec, &spec)) {
            return Err(Error::internal("group tables of different specs"));
        }
        let mut inner = Vec::new();
        if spec.keys.is_empty() {
            for i in 0..spec.inner.len() {
                let parts: Vec<GroupTable> = tables.iter_mut().filter_map(|t| t.inner[i].take()).collect();
                inner.push(if parts.is_empty() { None } else { Some(Arc::new(GroupMerge::new(parts)?)) });
            }
        }
        if tables.iter().any(GroupTable::has_spilled) {
            tables.iter_mut().try_for_each(GroupTable::spill)?;
        }
        let small = spec.keys.is_empty() || tables.iter().map(GroupTable::groups).sum::<usize>() <= SMALL_ROWS;
        let bundles = bundles(tables.into_iter().map(GroupTable::into_parts).collect(), small, spec.inner.len());
        let bundles = bundles.into_iter().map(|b| Mutex::new(Some(b))).collect();
        Ok(GroupMerge { spec, work, reservation, bundles, inner })
    }

    /// How many tasks there are; each group comes out of exactly one of them.
    pub fn tasks(&self) -> usize {
        self.bundles.len()
    }

    /// What merges one task and hands out its groups; each task once.
    pub fn reader(self: &Arc<Self>, task: usize) -> Result<GroupReader> {
        let none = || Error::internal("no such merge task");
        let bundle = self.bundles.get(task).ok_or_else(none)?;
        let bundle = bundle.lock().unwrap_or_else(PoisonError::into_inner).take().ok_or_else(none)?;
        Ok(GroupReader::new(Arc::clone(self), bundle))
    }

    /// The one group of everything.
    pub(super) fn merge_single(&self, bundle: Bundle) -> Result<MergedGroups> {
        let reservation = self.reservation.another();
        let mut table = RowTable::new(Arc::clone(&self.spec.layout), 0, &reservation, &self.work.cancel)?;
        let into = [table.store.append(0)?.1];
        for input in bundle.main {
            let Input::Pages { pages, heap, .. } = input else { continue };
            for (page, rows) in &pages {
                for from in page_rows(page, *rows, self.spec.layout.width) {
                    self.work.cancel.check()?;
                    // SAFETY: the row of our table and one of a page that was taken out of its store.
                    unsafe { self.spec.merge_states(&into, &[from], &mut table.store.heap, &heap)? };
                }
            }
        }
        for (index, inner) in self.inner.iter().enumerate() {
            let Some(inner) = inner else { continue };
            // SAFETY: the one row of the table, reached by nobody else.
            unsafe { update_single(&self.spec, index, inner, &into, &mut table.store.heap)? };
        }
        let (pages, heap) = table.store.into_parts();
        Ok(MergedGroups::new(&self.spec, pages.into_iter().flatten().collect(), Arc::new(heap)))
    }
}

/// A bundle for all rows of `small` tables, else for each partition, or for each digit of what was written to disk.
fn bundles(tables: Vec<TableParts>, small: bool, inner: usize) -> Vec<Bundle> {
    let spilled = tables.iter().any(|t| !t.spilled.is_empty());
    let count = if spilled {
        digits(0)
    } else if small {
        1
    } else {
        PARTITIONS
    };
    let depth = usize::from(spilled);
    let mut bundles: Vec<Bundle> = (0..count).map(|_| Bundle::new(depth, inner)).collect();
    for table in tables {
        let TableParts { spilled, memory, heap, unique, inner } = table;
        add(&mut bundles, |b| &mut b.main, (spilled, memory, heap, unique));
        for (index, table) in inner.into_iter().enumerate() {
            let Some(TableParts { spilled, memory, heap, unique, .. }) = table else { continue };
            add(&mut bundles, |b| &mut b.inner[index], (spilled, memory, heap, unique));
        }
    }
    // Without rows there is still one task, and the one group of an aggregation without keys.
    if !small {
        bundles.retain(|b| !b.main.is_empty());
    }
    if bundles.is_empty() {
        bundles.push(Bundle::new(depth, inner));
    }
    bundles
}

type Rows = (Vec<crate::rows::Pieces>, Vec<crate::rows::PartitionPages>, Arc<crate::rows::Heap>, bool);

fn add(bundles: &mut [Bundle], list: impl Fn(&mut Bundle) -> &mut Vec<Input>, (spilled, memory, heap, unique): Rows) {
    for (digit, pieces) in spilled.into_iter().enumerate().filter(|(_, p)| !p.pieces.is_empty()) {
        list(&mut bundles[digit]).push(Input::Pieces(pieces));
    }
    let one = bundles.len() == 1;
    for (partition, pages) in memory.into_iter().enumerate().filter(|(_, p)| !p.is_empty()) {
        let bundle = &mut bundles[if one { 0 } else { partition }];
        list(bundle).push(Input::Pages { pages, heap: Arc::clone(&heap), unique });
    }
}
