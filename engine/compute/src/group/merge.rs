//! The tables of all threads into one, partition by partition.

#![allow(unsafe_code)]

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use weft_core::states::States;
use weft_core::{CancelToken, Error, Reservation, Result, Series};

use super::output::MergedGroups;
use super::table::{GroupTable, keep_first};
use super::{GroupSpec, OrderedGroups};
use crate::hash::prepare;
use crate::rows::{BATCH_ROWS, Heap, Longs, PARTITIONS, Page, PartitionPages, RowTable, page_rows};

/// Up to this many rows, all partitions are merged by one task into one run of chunks.
const SMALL_ROWS: usize = 1 << 15;

/// The groups of all threads, to be merged by independent tasks on any threads.
#[derive(Debug)]
pub struct GroupMerge {
    spec: Arc<GroupSpec>,
    sources: Vec<Source>,
    tasks: Vec<Range<usize>>,
    reservation: Reservation,
    inner: Vec<Option<GroupMerge>>,
}

#[derive(Debug)]
struct Source {
    partitions: Vec<Mutex<PartitionPages>>,
    heap: Arc<Heap>,
    unique: bool,
}

impl GroupMerge {
    /// Takes over the tables of all threads, which must be of one spec; at least one.
    pub fn new(mut tables: Vec<GroupTable>) -> Result<Self> {
        let first = tables.first().ok_or_else(|| Error::internal("no group table to merge"))?;
        let (spec, reservation) = (Arc::clone(&first.spec), first.reservation.sibling());
        if tables.iter().any(|t| !Arc::ptr_eq(&t.spec, &spec)) {
            return Err(Error::internal("group tables of different specs"));
        }
        let rows: usize = tables.iter().map(GroupTable::groups).sum();
        let mut inner = Vec::with_capacity(spec.inner.len());
        for i in 0..spec.inner.len() {
            let parts: Vec<GroupTable> = tables.iter_mut().filter_map(|t| t.inner[i].take()).collect();
            inner.push(if parts.is_empty() { None } else { Some(GroupMerge::new(parts)?) });
        }
        let sources = tables.into_iter().map(|table| {
            let unique = table.unique;
            let (partitions, heap) = table.table.store.into_parts();
            Source { partitions: partitions.into_iter().map(Mutex::new).collect(), heap: Arc::new(heap), unique }
        });
        let tasks = if rows <= SMALL_ROWS || spec.keys.is_empty() {
            std::iter::once(0..PARTITIONS).collect()
        } else {
            (0..PARTITIONS).map(|p| p..p + 1).collect()
        };
        Ok(GroupMerge { sources: sources.collect(), spec, tasks, reservation, inner })
    }

    /// How many tasks there are; each group comes out of exactly one of them.
    pub fn tasks(&self) -> usize {
        self.tasks.len()
    }

    /// Merges the partitions of one task, each task once.
    ///
    /// # Errors
    /// When the memory limit refuses, the query was cancelled, or an aggregate fails.
    pub fn merge(&self, task: usize, cancel: &CancelToken) -> Result<MergedGroups> {
        let range = self.tasks.get(task).cloned().ok_or_else(|| Error::internal("no such merge task"))?;
        self.merge_range(range, cancel)
    }

    fn merge_range(&self, range: Range<usize>, cancel: &CancelToken) -> Result<MergedGroups> {
        cancel.check()?;
        let mut parts: Vec<(&Source, PartitionPages)> = Vec::new();
        for source in &self.sources {
            let taken = range
                .clone()
                .flat_map(|p| std::mem::take(&mut *source.partitions[p].lock().unwrap_or_else(PoisonError::into_inner)));
            parts.push((source, taken.collect()));
        }
        parts.retain(|(_, pages)| !pages.is_empty());
        if self.spec.keys.is_empty() {
            return self.merge_single(parts, cancel);
        }
        let plain = self.inner.iter().all(Option::is_none);
        if plain
            && parts.iter().all(|(source, _)| source.unique)
            && let [(source, pages)] = &mut *parts
        {
            return Ok(MergedGroups::new(&self.spec, std::mem::take(pages), Arc::clone(&source.heap)));
        }
        self.merge_tables(parts, range, cancel)
    }

    fn merge_tables(
        &self,
        parts: Vec<(&Source, PartitionPages)>,
        range: Range<usize>,
        cancel: &CancelToken,
    ) -> Result<MergedGroups> {
        let most = parts.iter().map(|(_, pages)| pages.iter().map(|p| p.1).sum::<usize>()).max().unwrap_or(0);
        let mut table = RowTable::new(Arc::clone(&self.spec.layout), most, &self.reservation)?;
        for (source, pages) in parts {
            for (page, rows) in pages {
                self.merge_page(&mut table, &page, rows, &source.heap, cancel)?;
            }
        }
        for (index, inner) in self.inner.iter().enumerate() {
            let Some(inner) = inner else { continue };
            let distinct = inner.merge_range(range.clone(), cancel)?;
            self.each_distinct(inner, distinct, cancel, |keys, args, rows| {
                let layout = &self.spec.layout;
                let mut hashes = Vec::new();
                let columns = prepare(layout, keys, rows, &mut hashes)?;
                let mut pointers = Vec::with_capacity(rows);
                for start in (0..rows).step_by(BATCH_ROWS) {
                    let part = &hashes[start..rows.min(start + BATCH_ROWS)];
                    table.batch().read_columns(layout, &columns, start, part.len());
                    table.find_or_insert(&Longs::columns(&columns), part, |_| 0, &mut pointers)?;
                }
                let (offset, bytes) = layout.states[index];
                // SAFETY: rows of the table, reached by nobody else.
                let mut states = unsafe { States::new(&pointers, offset, bytes) };
                self.spec.aggregates[index].aggregator.update(&mut states, args, &mut table.store.heap)
            })?;
        }
        let (pages, heap) = table.store.into_parts();
        Ok(MergedGroups::new(&self.spec, pages.into_iter().flatten().collect(), Arc::new(heap)))
    }

    /// Folds the rows of a page into the table.
    fn merge_page(&self, table: &mut RowTable, page: &Page, rows: usize, heap: &Heap, cancel: &CancelToken) -> Result<()> {
        let layout = &self.spec.layout;
        let all: Vec<*mut u8> = page_rows(page, rows, layout.width).collect();
        let (mut into, mut hashes) = (Vec::with_capacity(BATCH_ROWS), Vec::with_capacity(BATCH_ROWS));
        for from in all.chunks(BATCH_ROWS) {
            cancel.check()?;
            hashes.clear();
            // SAFETY: rows of a page that was taken out of its store, each beginning with its hash.
            unsafe {
                hashes.extend(from.iter().map(|row| *row.cast::<u64>()));
                table.batch().read_rows(layout, from);
            }
            into.clear();
            table.find_or_insert(&Longs::Heap(heap), &hashes, |_| 0, &mut into)?;
            if let Some(at) = layout.position {
                // SAFETY: both are rows with a position; kept tasks are one more than the task.
                unsafe {
                    keep_first(&into, at, |i| {
                        let [task, row] = *from[i].add(at).cast::<[u64; 2]>();
                        [task.wrapping_sub(1), row]
                    });
                }
            }
            self.merge_states(&into, from, &mut table.store.heap, heap)?;
        }
        Ok(())
    }

    fn merge_states(&self, into: &[*mut u8], from: &[*mut u8], heap: &mut Heap, from_heap: &Heap) -> Result<()> {
        for (aggregate, &(offset, bytes)) in self.spec.aggregates.iter().zip(&self.spec.layout.states) {
            if aggregate.distinct.is_some() {
                continue;
            }
            // SAFETY: rows of two stores that this task alone holds.
            let (mut into, mut from) = unsafe { (States::new(into, offset, bytes), States::new(from, offset, bytes)) };
            let merged = aggregate.aggregator.merge(&mut into, heap, &mut from, from_heap);
            merged.map_err(|e| e.at(aggregate.origin))?;
        }
        Ok(())
    }

    /// The one group of everything.
    fn merge_single(&self, parts: Vec<(&Source, PartitionPages)>, cancel: &CancelToken) -> Result<MergedGroups> {
        let mut table = RowTable::new(Arc::clone(&self.spec.layout), 0, &self.reservation)?;
        let into = [table.store.append(0)?.1];
        for (source, pages) in &parts {
            for (page, rows) in pages {
                for from in page_rows(page, *rows, self.spec.layout.width) {
                    self.merge_states(&into, &[from], &mut table.store.heap, &source.heap)?;
                }
            }
        }
        for (index, inner) in self.inner.iter().enumerate() {
            let Some(inner) = inner else { continue };
            let distinct = inner.merge_range(0..PARTITIONS, cancel)?;
            self.each_distinct(inner, distinct, cancel, |_, args, rows| {
                let (offset, bytes) = self.spec.layout.states[index];
                // SAFETY: the one row of the table, reached by nobody else.
                let mut states = unsafe { States::new(&into, offset, bytes) };
                self.spec.aggregates[index].aggregator.update_one(&mut states, args, rows, &mut table.store.heap)
            })?;
        }
        let (pages, heap) = table.store.into_parts();
        Ok(MergedGroups::new(&self.spec, pages.into_iter().flatten().collect(), Arc::new(heap)))
    }

    /// Calls `each` with keys and arguments of every distinct combination, in order where the spec is ordered.
    fn each_distinct(
        &self,
        inner: &GroupMerge,
        groups: MergedGroups,
        cancel: &CancelToken,
        mut each: impl FnMut(&[Series], &[arrow::array::ArrayRef], usize) -> Result<()>,
    ) -> Result<()> {
        let mut groups = if self.spec.ordered {
            Drained::Ordered(OrderedGroups::new(vec![groups], &inner.reservation, cancel)?)
        } else {
            Drained::Any(groups)
        };
        while let Some(chunk) = groups.next()? {
            cancel.check()?;
            let (keys, args) = chunk.columns().split_at(self.spec.keys.len());
            let args = args.iter().map(Series::to_flat).collect::<Result<Vec<_>>>()?;
            each(keys, &args, chunk.rows())?;
        }
        Ok(())
    }
}

enum Drained {
    Any(MergedGroups),
    Ordered(OrderedGroups),
}

impl Drained {
    fn next(&mut self) -> Result<Option<weft_core::Chunk>> {
        const ROWS: usize = 8 * BATCH_ROWS;
        match self {
            Drained::Any(groups) => groups.next_chunk(ROWS),
            Drained::Ordered(groups) => groups.next_chunk(ROWS),
        }
    }
}
