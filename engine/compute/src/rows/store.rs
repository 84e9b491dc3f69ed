//! Rows in pages, radix-partitioned from the first row.

#![allow(unsafe_code)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use weft_core::{Error, Reservation, Result};

use super::heap::Heap;
use super::layout::Layout;
use super::page::{Page, next_page_bytes};

/// log₂ of the number of radix partitions.
pub(crate) const PARTITION_BITS: u32 = 5;
/// Radix partitions of every store.
pub(crate) const PARTITIONS: usize = 1 << PARTITION_BITS;

/// The partition of a hash: bits just below those of the slots' salt, far above those that choose a slot.
#[inline]
pub(crate) fn partition_of(hash: u64) -> usize {
    (hash >> (48 - PARTITION_BITS)) as usize % PARTITIONS
}

/// Page numbers of all stores that may become one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Numbers {
    rows: Arc<AtomicU32>,
    heap: Arc<AtomicU32>,
}

/// Rows of one layout. An address is the page's number and the row's offset in the page: no pointers in rows.
///
/// The heap is shared by all partitions, since an aggregate sees one heap for rows of all partitions; a partition is
/// written out by merging its rows into a store with a heap of its own.
#[derive(Debug)]
pub(crate) struct RowStore {
    pub(crate) layout: Arc<Layout>,
    pub(crate) heap: Heap,
    numbers: Numbers,
    pages: Vec<Option<Page>>,
    /// Where each page begins, by its number; null for pages of other stores.
    bases: Vec<*mut u8>,
    partitions: Vec<Partition>,
    reservation: Reservation,
    /// What was reserved for rows that are about to come.
    claim: Reservation,
}

// SAFETY: `bases` points only into `pages`, which the store owns.
unsafe impl Send for RowStore {}
// SAFETY: a shared store changes nothing but the mark bytes, which are atomic.
unsafe impl Sync for RowStore {}

#[derive(Debug, Default)]
struct Partition {
    /// Page numbers and the rows in each.
    pages: Vec<(u32, u32)>,
    /// Rows that still fit into the last page.
    left: u32,
    rows: usize,
}

/// The size of a partition's next page after `pages` pages, for rows of `width` bytes.
fn page_bytes(pages: usize, width: usize) -> usize {
    let bytes = next_page_bytes(pages);
    if width <= bytes { bytes } else { width.next_power_of_two() }
}

/// The rows of one partition, taken out of a store: pages, and the rows in each.
pub(crate) type PartitionPages = Vec<(Page, usize)>;

impl RowStore {
    /// An empty store for the operator that `reservation` belongs to.
    pub(crate) fn new(layout: Arc<Layout>, reservation: &Reservation, numbers: Numbers) -> Self {
        RowStore {
            layout,
            heap: Heap::new(reservation, Arc::clone(&numbers.heap)),
            numbers,
            pages: Vec::new(),
            bases: Vec::new(),
            partitions: (0..PARTITIONS).map(|_| Partition::default()).collect(),
            reservation: reservation.sibling(),
            claim: reservation.sibling(),
        }
    }

    /// Reserves `bytes` for what is about to come, so that it cannot be refused half way because other threads took the
    /// room meanwhile. What was claimed before and not used is given back.
    ///
    /// # Errors
    /// When the memory limit refuses; nothing is claimed then.
    pub(crate) fn claim(&mut self, bytes: usize) -> Result<()> {
        self.claim.free();
        self.claim.try_grow(bytes)
    }

    /// Gives back what was claimed and not used.
    pub(crate) fn unclaim(&mut self) {
        self.claim.free();
        self.heap.unclaim();
    }

    /// `bytes` of what was claimed, if it is as much.
    pub(crate) fn claimed(&mut self, bytes: usize) -> Option<Reservation> {
        self.claim.split(bytes)
    }

    /// Rows in all partitions.
    pub(crate) fn rows(&self) -> usize {
        self.partitions.iter().map(|p| p.rows).sum()
    }

    /// Bytes of all pages, the heap's included.
    pub(crate) fn bytes_held(&self) -> usize {
        self.pages.iter().flatten().map(Page::len).sum::<usize>() + self.heap.bytes_held()
    }

    /// Rows in one partition.
    pub(crate) fn partition_rows(&self, partition: usize) -> usize {
        self.partitions[partition].rows
    }

    /// A new row, all zero: its address and where it stands until the store is dropped or taken apart.
    #[inline]
    pub(crate) fn append(&mut self, partition: usize) -> Result<(u64, *mut u8)> {
        if self.partitions[partition].left == 0 {
            self.add_page(partition)?;
        }
        let width = self.layout.width;
        let part = &mut self.partitions[partition];
        let Some((number, rows)) = part.pages.last_mut() else { return Err(Error::internal("a partition without a page")) };
        let offset = *rows as usize * width;
        *rows += 1;
        part.left -= 1;
        part.rows += 1;
        let address = u64::from(*number) << self.layout.page_shift | offset as u64;
        // SAFETY: `left` counted the rows that fit, so the row lies inside the page.
        Ok((address, unsafe { self.bases[*number as usize].add(offset) }))
    }

    /// About what `rows` more rows take, spread over the partitions as hashes are.
    pub(crate) fn growth(&self, rows: usize) -> usize {
        let used = self.partitions.iter().filter(|p| p.rows > 0).count();
        let used = if used == 0 { PARTITIONS } else { used };
        let each = rows.div_ceil(used);
        let page = |p: &Partition| {
            let missing = (each + each / 8).saturating_sub(p.left as usize) * self.layout.width;
            if missing == 0 { 0 } else { missing.max(next_page_bytes(p.pages.len())) }
        };
        let pages: usize = self.partitions.iter().filter(|p| p.rows > 0 || used == PARTITIONS).map(page).sum();
        pages.min(PARTITIONS * rows * self.layout.width + PARTITIONS * next_page_bytes(0))
    }

    /// What rows with these hashes take, not counting what they refer to.
    pub(crate) fn growth_of(&self, hashes: &[u64]) -> usize {
        let mut counts = [0; PARTITIONS];
        hashes.iter().for_each(|&hash| counts[partition_of(hash)] += 1);
        let width = self.layout.width;
        let pages = |(partition, &rows): (&Partition, &usize)| {
            let (mut missing, mut pages, mut bytes) = (rows.saturating_sub(partition.left as usize), partition.pages.len(), 0);
            while missing > 0 {
                let page = page_bytes(pages, width);
                missing = missing.saturating_sub(page / width);
                pages += 1;
                bytes += page;
            }
            bytes
        };
        self.partitions.iter().zip(&counts).map(pages).sum()
    }

    fn add_page(&mut self, partition: usize) -> Result<()> {
        let width = self.layout.width;
        let bytes = page_bytes(self.partitions[partition].pages.len(), width);
        let page = match self.claimed(bytes) {
            Some(reserved) => Page::reserved(bytes, reserved)?,
            None => Page::zeroed(bytes, &self.reservation)?,
        };
        let number = self.numbers.rows.fetch_add(1, Ordering::Relaxed);
        if u64::from(number) >= 1 << (48 - self.layout.page_shift) {
            return Err(Error::internal("a row store is out of page numbers"));
        }
        let part = &mut self.partitions[partition];
        part.pages.push((number, 0));
        part.left = (page.len() / width) as u32;
        self.place(number, page);
        Ok(())
    }

    fn place(&mut self, number: u32, page: Page) {
        if self.pages.len() <= number as usize {
            self.pages.resize_with(number as usize + 1, || None);
            self.bases.resize(number as usize + 1, std::ptr::null_mut());
        }
        self.bases[number as usize] = page.base();
        self.pages[number as usize] = Some(page);
    }

    /// Where the row at `address` stands. The address must come from this store.
    #[inline]
    pub(crate) fn pointer(&self, address: u64) -> *mut u8 {
        let base = self.bases[(address >> self.layout.page_shift) as usize];
        base.wrapping_add((address & ((1 << self.layout.page_shift) - 1)) as usize)
    }

    /// The same for an address that may be anybody's: nothing unless a whole row of this store stands there.
    pub(crate) fn checked_pointer(&self, address: u64) -> Option<*mut u8> {
        let page = self.pages.get((address >> self.layout.page_shift) as usize)?.as_ref()?;
        let offset = (address & ((1 << self.layout.page_shift) - 1)) as usize;
        (offset.is_multiple_of(8) && offset + self.layout.width <= page.len()).then(|| page.base().wrapping_add(offset))
    }

    /// Page numbers of a partition and the rows in each, in the order in which they were appended.
    pub(crate) fn pages(&self, partition: usize) -> &[(u32, u32)] {
        self.partitions.get(partition).map_or(&[], |p| &p.pages)
    }

    /// The address of a row of a page.
    pub(crate) fn address(&self, page: u32, row: u32) -> u64 {
        (u64::from(page) << self.layout.page_shift) + u64::from(row) * self.layout.width as u64
    }

    /// Addresses of a partition's rows, page by page.
    pub(crate) fn addresses(&self, partition: usize) -> impl Iterator<Item = u64> + '_ {
        let pages = self.pages(partition).iter();
        pages.flat_map(move |&(page, rows)| (0..rows).map(move |row| self.address(page, row)))
    }

    /// Takes over the rows of a store that draws its page numbers from the same counters.
    pub(crate) fn absorb(&mut self, other: RowStore) {
        debug_assert!(Arc::ptr_eq(&self.numbers.rows, &other.numbers.rows));
        for (number, page) in other.pages.into_iter().enumerate() {
            if let Some(page) = page {
                self.place(number as u32, page);
            }
        }
        for (into, from) in self.partitions.iter_mut().zip(other.partitions) {
            // The page that is being filled must stay last.
            into.pages.splice(0..0, from.pages);
            into.rows += from.rows;
        }
        self.heap.absorb(other.heap);
    }

    /// The store in parts: the rows of each partition, and the heap they refer to.
    pub(crate) fn into_parts(mut self) -> (Vec<PartitionPages>, Heap) {
        let mut parts = Vec::with_capacity(PARTITIONS);
        for partition in std::mem::take(&mut self.partitions) {
            let pages = partition.pages.iter().filter_map(|&(n, rows)| Some((self.pages[n as usize].take()?, rows as usize)));
            parts.push(pages.collect());
        }
        (parts, self.heap)
    }
}

/// Pointers to the rows of a page.
pub(crate) fn page_rows(page: &Page, rows: usize, width: usize) -> impl Iterator<Item = *mut u8> + '_ {
    (0..rows.min(page.len() / width.max(1))).map(move |r| page.base().wrapping_add(r * width))
}
