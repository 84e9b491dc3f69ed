//! Build rows into partitions, partitions into tables.

#![allow(unsafe_code)]

use std::sync::{Arc, Mutex, PoisonError};

use weft_core::chunk::Position;
use weft_core::{CancelToken, Error, ErrorKind, Reservation, Result, Series};

use super::{JoinSpec, JoinTable};
use crate::hash::prepare;
use crate::rows::{
    BATCH_ROWS, Column, Longs, PARTITIONS, Pieces, RowStore, RowTable, Slots, SpilledRows, fits, partition_of, prefetch,
    same_key, scatter,
};
use crate::work::Work;

/// One thread's build rows. Made by [`JoinSpec::builder`].
#[derive(Debug)]
pub struct JoinBuilder {
    spec: Arc<JoinSpec>,
    table: RowTable,
    reservation: Reservation,
    work: Work,
    /// What was written to disk so far.
    spilled: Option<SpilledRows>,
    rows: Vec<*mut u8>,
    hashes: Vec<u64>,
}

// SAFETY: `rows` is scratch that no call reads from another's.
unsafe impl Send for JoinBuilder {}

impl JoinBuilder {
    pub(super) fn new(spec: Arc<JoinSpec>, reservation: &Reservation) -> Result<Self> {
        let table = RowTable::numbered(Arc::clone(&spec.layout), 0, reservation, spec.numbers.clone())?;
        let (work, reservation) = (Work::default(), reservation.sibling());
        Ok(JoinBuilder { spec, table, reservation, work, spilled: None, rows: Vec::new(), hashes: Vec::new() })
    }

    /// Lets the builder write rows to disk where memory is short, by what `work` says.
    pub fn spilling(mut self, work: &Work) -> Self {
        self.work = work.clone();
        self
    }

    /// Adds `rows` rows: their keys, their payload, and the position of the first (only read by an ordered spec). A builder
    /// that spills takes them by halves where others hold all but a little.
    ///
    /// # Errors
    /// When the memory limit refuses, naming the operator. The builder is then to be dropped.
    pub fn push(&mut self, keys: &[Series], payload: &[Series], rows: usize, position: Position) -> Result<()> {
        let layout = Arc::clone(&self.spec.layout);
        if keys.len() != layout.keys.len() || payload.len() != layout.payload.len() || payload.iter().any(|p| p.len() != rows) {
            return Err(Error::internal("a join was fed other columns than its own"));
        }
        let columns = prepare(&layout, keys, rows, &mut self.hashes)?;
        let paid = layout.payload.iter().zip(payload).map(|((codec, _), series)| codec.column(series));
        let paid = paid.collect::<Result<Vec<Column>>>()?;
        let long = columns.iter().chain(&paid).map(Column::long_bytes).sum();
        if let Err(error) = self.make_room(long) {
            if error.kind() != ErrorKind::Memory || rows <= FEWEST_ROWS {
                return Err(error);
            }
            let part = |all: &[Series], from, count| all.iter().map(|s| s.slice(from, count)).collect::<Vec<_>>();
            let mut half = |from, count| {
                let position = Position { row: position.row + from as u64, ..position };
                self.push(&part(keys, from, count), &part(payload, from, count), count, position)
            };
            half(0, rows / 2)?;
            return half(rows / 2, rows - rows / 2);
        }
        self.append(&columns, &paid, position)?;
        self.table.store.unclaim();
        Ok(())
    }

    /// Adds the rows whose hashes are at hand.
    fn append(&mut self, columns: &[Column], payload: &[Column], position: Position) -> Result<()> {
        let (layout, rows) = (Arc::clone(&self.spec.layout), self.hashes.len());
        let longs = Longs::columns(columns);
        self.rows.clear();
        for start in (0..rows).step_by(BATCH_ROWS) {
            let part = &self.hashes[start..rows.min(start + BATCH_ROWS)];
            self.table.batch().read_columns(&layout, columns, start, part.len());
            self.table.append(&longs, part, |i| partition_of(part[i]), &mut self.rows)?;
        }
        for ((_, place), column) in layout.payload.iter().zip(payload) {
            // SAFETY: fresh rows of ours, of this layout.
            unsafe { scatter(*place, column, &self.rows, &mut self.table.store.heap)? };
        }
        if let Some(at) = layout.position {
            for (i, row) in self.rows.iter().enumerate() {
                // SAFETY: fresh rows of ours; the position is aligned to 8.
                unsafe { row.add(at).cast::<[u64; 2]>().write([position.task, position.row + i as u64]) };
            }
        }
        Ok(())
    }

    /// Claims what the rows whose hashes are at hand take, with `long` bytes beside them; writes out what there is where
    /// memory is short. A builder that does not spill asks as it goes.
    fn make_room(&mut self, long: usize) -> Result<()> {
        if !self.work.can_spill() {
            return Ok(());
        }
        if self.rows() > 0 && (self.reservation.should_spill() || self.claim(long).is_err()) {
            self.spill()?;
        }
        self.claim(long)
    }

    fn claim(&mut self, long: usize) -> Result<()> {
        let store = &mut self.table.store;
        store.unclaim();
        let growth = store.growth_of(&self.hashes);
        store.claim(growth)?;
        store.heap.claim(long)
    }

    /// Rows in memory.
    pub fn rows(&self) -> usize {
        self.table.store.rows()
    }

    /// Bytes that the builder holds of the pool.
    pub fn bytes_held(&self) -> usize {
        self.reservation.state_bytes()
    }

    /// Writes all rows to disk; the builder goes on empty.
    ///
    /// # Errors
    /// When the disk refuses, or the query was cancelled.
    pub fn spill(&mut self) -> Result<()> {
        if self.rows() == 0 {
            return Ok(());
        }
        self.work.note_peak(self.bytes_held());
        let layout = Arc::clone(&self.spec.layout);
        let fresh = RowTable::numbered(Arc::clone(&layout), 0, &self.reservation, self.spec.numbers.clone())?;
        let RowTable { store, .. } = std::mem::replace(&mut self.table, fresh);
        let spilled = match &mut self.spilled {
            Some(spilled) => spilled,
            none => none.insert(SpilledRows::new(&self.work, self.reservation.name(), &layout, 0)?),
        };
        spilled.write(store, &|_, _, _, _| Ok(()), &self.work.cancel)
    }

    /// Whether the rows of these builders, linked to a table by `threads` threads, are to be on disk: some are already, or
    /// memory is too short for the table.
    pub fn outgrow_memory(builders: &[JoinBuilder], threads: usize) -> bool {
        let spilled = |b: &JoinBuilder| b.spilled.is_some() || b.reservation.should_spill();
        if builders.iter().any(|b| b.work.can_spill() && spilled(b)) {
            return true;
        }
        let (mut slots, mut largest) = (0, 0);
        for partition in 0..PARTITIONS {
            let rows = builders.iter().map(|b| b.table.store.partition_rows(partition)).sum();
            slots += linked_bytes(rows);
            largest = largest.max(rows);
        }
        let needed = slots + largest * LINK_BYTES * threads;
        builders.iter().any(|b| b.work.can_spill() && b.rows() > 0 && !fits(&b.reservation, needed))
    }

    /// The rows on disk, by digit.
    pub(super) fn into_pieces(self) -> Vec<Pieces> {
        self.spilled.map(SpilledRows::finish).unwrap_or_default()
    }
}

/// So many rows and fewer are not halved when memory is short.
const FEWEST_ROWS: usize = 64;

/// What linking takes for each row while it lasts.
const LINK_BYTES: usize = 8;

/// Bytes of the slots over `rows` rows.
pub(super) fn linked_bytes(rows: usize) -> usize {
    if rows == 0 { 0 } else { Slots::bytes_for(rows) }
}

/// The build rows of all threads, whose partitions are to be built on any threads.
#[derive(Debug)]
pub struct JoinBuild {
    spec: Arc<JoinSpec>,
    store: RowStore,
    built: Vec<Mutex<Option<Built>>>,
    reservation: Reservation,
}

#[derive(Debug)]
struct Built {
    slots: Slots,
    unique: bool,
}

impl JoinBuild {
    /// Takes over the rows of all threads, whose builders must be of one spec; at least one.
    pub fn new(builders: Vec<JoinBuilder>) -> Result<Self> {
        let mut builders = builders.into_iter();
        let first = builders.next().ok_or_else(|| Error::internal("no join builder"))?;
        let (spec, reservation, mut store) = (first.spec, first.reservation, first.table.store);
        for builder in builders {
            if !Arc::ptr_eq(&builder.spec, &spec) {
                return Err(Error::internal("join builders of different joins"));
            }
            // The table is one from now on, and stays in memory.
            builder.reservation.pin();
            store.absorb(builder.table.store);
        }
        reservation.pin();
        Ok(JoinBuild { spec, store, built: (0..PARTITIONS).map(|_| Mutex::default()).collect(), reservation })
    }

    /// The rows of a part that was read back.
    pub(super) fn of_store(spec: &Arc<JoinSpec>, store: RowStore, reservation: &Reservation) -> Self {
        let built = (0..PARTITIONS).map(|_| Mutex::default()).collect();
        JoinBuild { spec: Arc::clone(spec), store, built, reservation: reservation.sibling() }
    }

    /// Build rows in all.
    pub fn rows(&self) -> usize {
        self.store.rows()
    }

    /// Bytes that rows and slots hold of the pool.
    pub fn bytes_held(&self) -> usize {
        let slots = |b: &Mutex<Option<Built>>| {
            b.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map_or(0, |built| built.slots.bytes_held())
        };
        self.store.bytes_held() + self.built.iter().map(slots).sum::<usize>()
    }

    /// How many partitions are to be built.
    pub fn partitions(&self) -> usize {
        PARTITIONS
    }

    /// Builds the table of one partition. Partitions are independent of each other.
    ///
    /// # Errors
    /// When the memory limit refuses, or the query was cancelled.
    pub fn build(&self, partition: usize, cancel: &CancelToken) -> Result<()> {
        let built = self.built.get(partition).ok_or_else(|| Error::internal("no such join partition"))?;
        let mut built = built.lock().unwrap_or_else(PoisonError::into_inner);
        if built.is_none() {
            *built = Some(self.link(partition, cancel)?);
        }
        Ok(())
    }

    /// The table, once every partition is built.
    pub fn finish(self) -> Result<JoinTable> {
        let mut slots = Vec::with_capacity(PARTITIONS);
        let mut unique = true;
        for built in self.built {
            let built = built.into_inner().unwrap_or_else(PoisonError::into_inner);
            let built = built.ok_or_else(|| Error::internal("a join partition that was never built"))?;
            unique &= built.unique;
            slots.push(built.slots);
        }
        Ok(JoinTable::new(self.spec, self.store, slots, unique))
    }

    /// Slots over the rows of a partition. Of rows with one key the slot has the first, which leads to the next.
    fn link(&self, partition: usize, cancel: &CancelToken) -> Result<Built> {
        let (layout, store) = (&*self.spec.layout, &self.store);
        let next = layout.next.ok_or_else(|| Error::internal("join rows without links"))?;
        let mut slots = Slots::new(store.partition_rows(partition), &self.reservation)?;
        let mut scratch = self.reservation.sibling();
        scratch.try_grow(store.partition_rows(partition) * LINK_BYTES)?;
        let order = self.order(partition);
        let mut unique = true;
        for batch in order.rchunks(BATCH_ROWS) {
            cancel.check()?;
            batch.iter().for_each(|&address| prefetch(store.pointer(address)));
            for &address in batch.iter().rev() {
                let row = store.pointer(address);
                if self.never_matches(row) {
                    continue;
                }
                // SAFETY: a row of our store, which begins with its hash.
                let hash = unsafe { *row.cast::<u64>() };
                let mut slot = slots.start(hash);
                loop {
                    let (at, found) = slots.seek(slot, hash);
                    let Some(other) = found else {
                        slots.set(at, hash, address);
                        break;
                    };
                    // SAFETY: both are rows of our store, and this partition's are changed under its lock alone.
                    if unsafe { same_key(layout, row, store.pointer(other), &store.heap) } {
                        // SAFETY: as above; the link is aligned to 8. Zero means no next row.
                        unsafe { row.add(next).cast::<u64>().write(other | 1) };
                        slots.set(at, hash, address);
                        unique = false;
                        break;
                    }
                    slot = slots.after(at);
                }
            }
        }
        Ok(Built { slots, unique })
    }

    /// Addresses of a partition's rows, by position where the spec is ordered.
    fn order(&self, partition: usize) -> Vec<u64> {
        let mut addresses: Vec<u64> = self.store.addresses(partition).collect();
        if let Some(at) = self.spec.layout.position {
            // SAFETY: rows of our store; the position is aligned to 8.
            let position = |a: &u64| unsafe { *self.store.pointer(*a).add(at).cast::<[u64; 2]>() };
            if !addresses.is_sorted_by_key(position) {
                addresses.sort_unstable_by_key(position);
            }
        }
        addresses
    }

    /// Whether a key that is not null-safe is null.
    fn never_matches(&self, row: *const u8) -> bool {
        let mut keys = self.spec.layout.keys.iter().zip(&self.spec.null_safe);
        keys.any(|((_, place), safe)| {
            // SAFETY: a row of our store; its validity lies inside.
            !safe && unsafe { *row.add(place.valid.0) } & place.valid.1 == 0
        })
    }
}
