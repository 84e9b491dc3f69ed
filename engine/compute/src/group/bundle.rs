//! Rows that are merged together: those of one partition, or of one digit of what was written to disk.
//!
//! A bundle that does not fit into memory is folded as far as it goes, written out by the next digit, and so on; what
//! comes of it are smaller bundles. Since equal rows are one after folding, only groups count, however many rows there
//! were.
//!
//! Combinations of keys and arguments stay with their groups as long as that helps. Where the groups are few and their
//! combinations are many, separating by groups gains nothing: then combinations are separated by what they are, and each
//! part of them is fed to the groups by itself. Where their order is observed that cannot be, and memory must hold those
//! of a group.

#![allow(unsafe_code)]

use std::sync::Arc;

use weft_core::{Reservation, Result};

use super::GroupSpec;
use super::each_distinct::update_groups;
use super::output::MergedGroups;
use super::table::keep_first;
use crate::rows::{
    BATCH_ROWS, DEEPEST, Heap, Longs, OWN, Page, PartitionPages, Pieces, RowTable, SpilledRows, copy_payload, fits, page_rows,
};
use crate::work::Work;

/// Rows of one table.
#[derive(Debug)]
pub(super) enum Input {
    /// In memory; `unique` when no key stands in two rows of the table.
    Pages { pages: PartitionPages, heap: Arc<Heap>, unique: bool },
    /// In a file.
    Pieces(Pieces),
}

/// Rows of all tables whose groups meet in no other bundle.
#[derive(Debug)]
pub(super) struct Bundle {
    /// By how many digits its rows were separated from others.
    depth: usize,
    pub(super) main: Vec<Input>,
    /// For each aggregate the combinations of keys and arguments, where it has `distinct:`.
    pub(super) inner: Vec<Vec<Input>>,
}

/// What becomes of a bundle.
pub(super) enum Outcome {
    Groups(MergedGroups),
    /// It did not fit.
    Apart(Vec<Bundle>),
}

impl Bundle {
    /// An empty one for a spec with `inner` aggregates.
    pub(super) fn new(depth: usize, inner: usize) -> Self {
        Bundle { depth, main: Vec::new(), inner: (0..inner).map(|_| Vec::new()).collect() }
    }

    /// Merges the bundle as an operator's state of its own.
    pub(super) fn merge(self, spec: &Arc<GroupSpec>, reservation: &Reservation, work: &Work) -> Result<Outcome> {
        work.cancel.check()?;
        let plain = self.inner.iter().all(Vec::is_empty);
        let mut inputs = self.main;
        if plain && inputs.iter().all(|i| matches!(i, Input::Pages { unique: true, .. })) && one_heap(&inputs) {
            return Ok(whole(spec, inputs));
        }
        let reservation = reservation.another();
        let mut main = Fold { depth: self.depth, ..Fold::new(spec, &reservation, work) };
        let mut table = main.fold(std::mem::take(&mut inputs))?;
        let mut inner: Vec<Option<SpilledRows>> = Vec::with_capacity(self.inner.len());
        for (index, inputs) in self.inner.into_iter().enumerate() {
            let Some(own) = spec.inner[index].as_ref().filter(|_| !inputs.is_empty()) else {
                inner.push(None);
                continue;
            };
            let whole = main.spilled.is_none() && !own.ordered;
            let by = if whole { By::Larger { groups: table.store.bytes_held() } } else { By::Groups };
            let mut fold = Fold { depth: self.depth, by, ..Fold::new(own, &reservation, work) };
            let mut rows = fold.fold(inputs)?;
            let feed = |rows: RowTable, table: &mut RowTable| {
                let (pages, heap) = rows.store.into_parts();
                let groups = MergedGroups::new(own, pages.into_iter().flatten().collect(), Arc::new(heap));
                update_groups(spec, index, groups, table, &reservation, work)
            };
            let spilled = match fold.spilled.take() {
                None if main.spilled.is_none() => {
                    feed(rows, &mut table)?;
                    None
                }
                Some(mut spilled) if fold.by == By::Combinations => {
                    spilled.write(rows.store, &own.mover(), &work.cancel)?;
                    for pieces in spilled.finish().into_iter().filter(|p| !p.pieces.is_empty()) {
                        // It cannot be separated any further.
                        let mut part = Fold { depth: DEEPEST, ..Fold::new(own, &reservation, work) };
                        let rows = part.fold(vec![Input::Pieces(pieces)])?;
                        feed(rows, &mut table)?;
                    }
                    None
                }
                // What is separated must be separated throughout.
                spilled => {
                    main.spill(&mut table)?;
                    fold.spilled = spilled;
                    fold.spill(&mut rows)?;
                    fold.spilled
                }
            };
            inner.push(spilled);
        }
        if main.spilled.is_some() {
            main.spill(&mut table)?;
        }
        let Some(spilled) = main.spilled else {
            let (pages, heap) = table.store.into_parts();
            return Ok(Outcome::Groups(MergedGroups::new(spec, pages.into_iter().flatten().collect(), Arc::new(heap))));
        };
        Ok(Outcome::Apart(apart(self.depth + 1, spilled, inner)))
    }
}

fn one_heap(inputs: &[Input]) -> bool {
    let heap = |i: &Input| if let Input::Pages { heap, .. } = i { Arc::as_ptr(heap) } else { std::ptr::null() };
    inputs.iter().all(|i| heap(i) == heap(&inputs[0]))
}

/// The rows of one table in which no key stands twice are groups as they are.
fn whole(spec: &Arc<GroupSpec>, inputs: Vec<Input>) -> Outcome {
    let (mut all, mut one) = (Vec::new(), None);
    for input in inputs {
        if let Input::Pages { pages, heap, .. } = input {
            all.extend(pages);
            one = Some(heap);
        }
    }
    let heap = one.unwrap_or_else(|| Arc::new(Heap::new(&weft_core::MemoryPool::new(0).reservation("group"), Arc::default())));
    Outcome::Groups(MergedGroups::new(spec, all, heap))
}

fn apart(depth: usize, main: SpilledRows, inner: Vec<Option<SpilledRows>>) -> Vec<Bundle> {
    let mut bundles: Vec<Bundle> = Vec::new();
    for pieces in main.finish() {
        let mut bundle = Bundle::new(depth, inner.len());
        bundle.main.push(Input::Pieces(pieces));
        bundles.push(bundle);
    }
    for (index, spilled) in inner.into_iter().enumerate() {
        let Some(spilled) = spilled else { continue };
        for (bundle, pieces) in bundles.iter_mut().zip(spilled.finish()) {
            bundle.inner[index].push(Input::Pieces(pieces));
        }
    }
    let empty = |b: &Bundle| b.main.iter().all(|i| matches!(i, Input::Pieces(p) if p.pieces.is_empty()));
    bundles.retain(|b| !empty(b));
    bundles
}

/// Folds the rows of one table (of each thread) into one, and writes it out when it grows too large.
struct Fold<'a> {
    spec: Arc<GroupSpec>,
    reservation: Reservation,
    work: &'a Work,
    depth: usize,
    by: By,
    spilled: Option<SpilledRows>,
}

/// How rows are separated when they do not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// By the digit of the groups they belong to.
    Groups,
    /// By groups where these take `groups` bytes and more than the combinations do, else by combinations.
    Larger {
        /// Bytes of the groups, which are in memory.
        groups: usize,
    },
    /// By what the combinations are.
    Combinations,
}

impl<'a> Fold<'a> {
    /// One that separates rows by groups, at the first level.
    fn new(spec: &Arc<GroupSpec>, reservation: &Reservation, work: &'a Work) -> Self {
        let (spec, reservation) = (Arc::clone(spec), reservation.sibling());
        Fold { spec, reservation, work, depth: 0, by: By::Groups, spilled: None }
    }

    fn fold(&mut self, inputs: Vec<Input>) -> Result<RowTable> {
        let mut table = self.table(expected(&inputs))?;
        for input in inputs {
            match input {
                Input::Pages { pages, heap, .. } => {
                    for (page, rows) in pages {
                        self.make_room(&mut table, rows, 0)?;
                        self.fold_page(&mut table, &page, rows, &heap)?;
                    }
                }
                Input::Pieces(Pieces { file, pieces }) => {
                    for piece in pieces {
                        self.make_room(&mut table, piece.rows(), piece.bytes())?;
                        let segment = piece.read(&file, &self.spec.layout, &self.reservation)?;
                        self.fold_page(&mut table, &segment.page, segment.rows, &segment.heap)?;
                    }
                }
            }
        }
        Ok(table)
    }

    fn table(&self, rows: usize) -> Result<RowTable> {
        RowTable::new(Arc::clone(&self.spec.layout), rows, &self.reservation, &self.work.cancel)
    }

    /// Writes the table out where memory is short, so that `rows` more rows and `bytes` for reading them find room.
    fn make_room(&mut self, table: &mut RowTable, rows: usize, bytes: usize) -> Result<()> {
        let can = (self.depth < DEEPEST || self.by.apart()) && self.work.can_spill() && table.store.rows() > 0;
        if can && (self.reservation.should_spill_again(self.depth) || !fits(&self.reservation, table.growth(rows) + bytes)) {
            self.spill(table)?;
        }
        Ok(())
    }

    /// Writes the table out by the next digit and leaves it empty.
    fn spill(&mut self, table: &mut RowTable) -> Result<()> {
        let RowTable { store, .. } = std::mem::replace(table, self.table(0)?);
        if self.spilled.is_none() {
            if let By::Larger { groups } = self.by {
                let by_groups = groups > store.bytes_held() && self.depth < DEEPEST;
                self.by = if by_groups { By::Groups } else { By::Combinations };
            }
            let level = if self.by == By::Combinations { OWN } else { self.depth };
            self.spilled = Some(SpilledRows::new(self.work, self.reservation.name(), &self.spec.layout, level)?);
        }
        match &mut self.spilled {
            Some(spilled) => spilled.write(store, &self.spec.mover(), &self.work.cancel),
            None => Ok(()),
        }
    }

    /// Folds the rows of a page into the table.
    fn fold_page(&self, table: &mut RowTable, page: &Page, rows: usize, heap: &Heap) -> Result<()> {
        let layout = &self.spec.layout;
        let all: Vec<*mut u8> = page_rows(page, rows, layout.width).collect();
        let (mut into, mut hashes) = (Vec::with_capacity(BATCH_ROWS), Vec::with_capacity(BATCH_ROWS));
        let mut won = Vec::new();
        for from in all.chunks(BATCH_ROWS) {
            self.work.cancel.check()?;
            hashes.clear();
            // SAFETY: rows of a page that was taken out of its store, each beginning with its hash.
            unsafe {
                hashes.extend(from.iter().map(|row| *row.cast::<u64>()));
                table.batch().read_rows(layout, from);
            }
            into.clear();
            table.find_or_insert(&Longs::Heap(heap), &hashes, |_| 0, &mut into)?;
            if let Some(at) = layout.position {
                won.clear();
                // SAFETY: both are rows with a position; kept tasks are one more than the task.
                let position = |i: usize| unsafe {
                    let [task, row] = *from[i].add(at).cast::<[u64; 2]>();
                    [task.wrapping_sub(1), row]
                };
                // SAFETY: rows of our table.
                unsafe { keep_first(&into, at, position, |i, _| won.push(i)) };
                for &i in won.iter().filter(|_| !layout.payload.is_empty()) {
                    // SAFETY: rows of two stores, the first of which is ours.
                    unsafe { copy_payload(layout, into[i], from[i], &mut table.store.heap, heap)? };
                }
            }
            // SAFETY: rows of two stores that this task alone holds.
            unsafe { self.spec.merge_states(&into, from, &mut table.store.heap, heap)? };
        }
        Ok(())
    }
}

impl By {
    /// Whether rows of one group may be separated from each other.
    fn apart(self) -> bool {
        self != By::Groups
    }
}

/// The most groups that one thread's table has: about as many as there will be.
fn expected(inputs: &[Input]) -> usize {
    let rows = |i: &Input| match i {
        Input::Pages { pages, .. } => pages.iter().map(|p| p.1).sum(),
        Input::Pieces(_) => 0,
    };
    inputs.iter().map(rows).max().unwrap_or(0)
}
