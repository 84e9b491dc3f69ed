//! The hash table over rows: 64-bit slots of a 16-bit salt and a row's address, at most half of them taken.

#![allow(unsafe_code)]

use std::sync::Arc;

use weft_core::{CancelToken, Reservation, Result};

use super::keys::{BATCH_ROWS, KeyBatch, Longs};
use super::layout::Layout;
use super::store::{Numbers, RowStore};

const SALT: u64 = 0xffff << 48;
/// Set in every slot that is taken: addresses are multiples of 8, so their low bits are free.
const TAKEN: u64 = 1;
const FEWEST_SLOTS: usize = 2 * BATCH_ROWS;
/// Slots that are moved between two looks at the token while a table grows.
const CHECK_SLOTS: usize = 1 << 16;

/// Open addressing with linear probing. The slots are reserved before they are allocated, the old and the new ones
/// while they grow.
#[derive(Debug)]
pub(crate) struct Slots {
    slots: Vec<u64>,
    mask: usize,
    reservation: Reservation,
}

impl Slots {
    /// Slots for `rows` rows, or none yet for 0.
    pub(crate) fn new(rows: usize, reservation: &Reservation) -> Result<Self> {
        let mut reservation = reservation.sibling();
        if rows == 0 {
            return Ok(Slots { slots: Vec::new(), mask: 0, reservation });
        }
        let bytes = Slots::bytes_for(rows);
        reservation.try_grow(bytes)?;
        Ok(Slots::reserved(bytes, reservation))
    }

    /// Slots in `bytes` that are reserved already, as many as [`bytes_for`](Self::bytes_for) says.
    fn reserved(bytes: usize, reservation: Reservation) -> Self {
        let count = bytes / 8;
        Slots { slots: vec![0; count], mask: count - 1, reservation }
    }

    /// Bytes of the slots for `rows` rows, at least one.
    pub(crate) fn bytes_for(rows: usize) -> usize {
        (2 * rows).next_power_of_two().max(16) * 8
    }

    /// Where probing for `hash` begins.
    #[inline]
    pub(crate) fn start(&self, hash: u64) -> usize {
        hash as usize & self.mask
    }

    /// The slot after `slot`.
    #[inline]
    pub(crate) fn after(&self, slot: usize) -> usize {
        (slot + 1) & self.mask
    }

    /// The next slot from `slot` on that is free or has the salt of `hash`, and the address in it.
    #[inline]
    pub(crate) fn seek(&self, mut slot: usize, hash: u64) -> (usize, Option<u64>) {
        loop {
            let entry = self.slots[slot];
            if entry == 0 {
                return (slot, None);
            }
            if (entry ^ hash) & SALT == 0 {
                return (slot, Some(entry & !SALT & !TAKEN));
            }
            slot = self.after(slot);
        }
    }

    /// Puts a row into a slot.
    #[inline]
    pub(crate) fn set(&mut self, slot: usize, hash: u64, address: u64) {
        self.slots[slot] = hash & SALT | address | TAKEN;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    pub(crate) fn bytes_held(&self) -> usize {
        self.reservation.bytes()
    }
}

/// Rows that are found by their keys.
#[derive(Debug)]
pub(crate) struct RowTable {
    pub(crate) store: RowStore,
    slots: Slots,
    /// Rows in the slots.
    count: usize,
    batch: KeyBatch,
    cancel: CancelToken,
    open: Vec<u32>,
    fresh: Vec<u32>,
    candidates: Vec<u32>,
    probes: Vec<usize>,
}

impl RowTable {
    /// An empty table that expects about `rows` rows; growing asks `cancel`.
    pub(crate) fn new(layout: Arc<Layout>, rows: usize, reservation: &Reservation, cancel: &CancelToken) -> Result<Self> {
        let table = RowTable::numbered(layout, rows, reservation, Numbers::default())?;
        Ok(RowTable { cancel: cancel.clone(), ..table })
    }

    /// The same, with page numbers that are shared with other stores.
    pub(crate) fn numbered(layout: Arc<Layout>, rows: usize, reservation: &Reservation, numbers: Numbers) -> Result<Self> {
        Ok(RowTable {
            cancel: CancelToken::new(),
            store: RowStore::new(layout, reservation, numbers),
            slots: Slots::new(rows, reservation)?,
            count: 0,
            batch: KeyBatch::default(),
            open: Vec::new(),
            fresh: Vec::new(),
            candidates: Vec::new(),
            probes: Vec::new(),
        })
    }

    /// Reads the keys of the next lookup; at most [`BATCH_ROWS`] rows.
    pub(crate) fn batch(&mut self) -> &mut KeyBatch {
        &mut self.batch
    }

    /// The row of each key of the batch, appended to `rows`; keys that are not there yet get a new row in the
    /// partition that `partition` names for them. Says how many are new.
    ///
    /// After an error the table may hold rows without keys and is only good to be dropped.
    pub(crate) fn find_or_insert(
        &mut self,
        longs: &Longs<'_>,
        hashes: &[u64],
        partition: impl Fn(usize) -> usize,
        rows: &mut Vec<*mut u8>,
    ) -> Result<usize> {
        self.make_room(hashes.len())?;
        let first = rows.len();
        rows.resize(first + hashes.len(), std::ptr::null_mut());
        let rows = &mut rows[first..];
        self.open.clear();
        self.open.extend(0..hashes.len() as u32);
        self.probes.clear();
        self.probes.extend(hashes.iter().map(|&h| self.slots.start(h)));
        let mut new = 0;
        while !self.open.is_empty() {
            self.seek(hashes, &partition, rows)?;
            new += self.fresh.len();
            let layout = Arc::clone(&self.store.layout);
            // SAFETY: `seek` made the fresh rows, which nobody else knows, and pointed the candidates to rows of ours.
            unsafe {
                for &i in &self.fresh {
                    rows[i as usize].cast::<u64>().write(hashes[i as usize]);
                }
                self.batch.write(&layout, longs, &self.fresh, rows, &mut self.store.heap)?;
                self.open.clear();
                self.batch.compare(&layout, longs, &self.candidates, rows, &self.store.heap, &mut self.open);
            }
            for &i in &self.open {
                self.probes[i as usize] = self.slots.after(self.probes[i as usize]);
            }
        }
        Ok(new)
    }

    /// Points each open row to a row with its salt, or to a new one; new rows are seen by the ones after them.
    fn seek(&mut self, hashes: &[u64], partition: &impl Fn(usize) -> usize, rows: &mut [*mut u8]) -> Result<()> {
        self.fresh.clear();
        self.candidates.clear();
        for &i in &self.open {
            let at = i as usize;
            let (slot, found) = self.slots.seek(self.probes[at], hashes[at]);
            self.probes[at] = slot;
            match found {
                Some(address) => {
                    rows[at] = self.store.pointer(address);
                    prefetch(rows[at]);
                    self.candidates.push(i);
                }
                None => {
                    let (address, row) = self.store.append(partition(at))?;
                    self.slots.set(slot, hashes[at], address);
                    self.count += 1;
                    rows[at] = row;
                    self.fresh.push(i);
                }
            }
        }
        Ok(())
    }

    /// Adds rows without looking for their keys, for input that hardly repeats any.
    pub(crate) fn append(
        &mut self,
        longs: &Longs<'_>,
        hashes: &[u64],
        partition: impl Fn(usize) -> usize,
        rows: &mut Vec<*mut u8>,
    ) -> Result<()> {
        let first = rows.len();
        for (i, &hash) in hashes.iter().enumerate() {
            let (_, row) = self.store.append(partition(i))?;
            // SAFETY: a new row, which begins with its hash.
            unsafe { row.cast::<u64>().write(hash) };
            rows.push(row);
        }
        self.fresh.clear();
        self.fresh.extend(0..hashes.len() as u32);
        let layout = Arc::clone(&self.store.layout);
        // SAFETY: the rows are new and ours alone.
        unsafe { self.batch.write(&layout, longs, &self.fresh, &rows[first..], &mut self.store.heap) }
    }

    /// About what `rows` more rows take, while the slots grow included.
    pub(crate) fn growth(&self, rows: usize) -> usize {
        let needed = 2 * (self.count + rows);
        let slots = if needed <= self.slots.slots.len() { 0 } else { needed.next_power_of_two().max(FEWEST_SLOTS) * 8 };
        slots + self.store.growth(rows)
    }

    /// Slots for `more` rows besides those there are.
    fn make_room(&mut self, more: usize) -> Result<()> {
        let needed = 2 * (self.count + more);
        let have = self.slots.slots.len();
        if needed <= have {
            return Ok(());
        }
        let count = needed.next_power_of_two().max(FEWEST_SLOTS);
        let mut slots = match self.store.claimed(Slots::bytes_for(count / 2)) {
            Some(reserved) => Slots::reserved(Slots::bytes_for(count / 2), reserved),
            None => Slots::new(count / 2, &self.slots.reservation)?,
        };
        for some in self.slots.slots.chunks(CHECK_SLOTS) {
            self.cancel.check()?;
            for entry in some.iter().filter(|e| **e != 0) {
                // SAFETY: the address is of a row of this store, which begins with its hash.
                let hash = unsafe { *self.store.pointer(entry & !SALT & !TAKEN).cast::<u64>() };
                let mut slot = slots.start(hash);
                while slots.slots[slot] != 0 {
                    slot = slots.after(slot);
                }
                slots.slots[slot] = *entry;
            }
        }
        self.slots = slots;
        Ok(())
    }
}

/// Asks for the cache line of a row that is about to be compared.
#[inline]
pub(crate) fn prefetch(row: *const u8) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: a prefetch reads nothing that the program could see; any address will do.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(row.cast());
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = row;
}
