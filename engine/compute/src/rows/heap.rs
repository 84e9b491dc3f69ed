//! What varies in length: strings, nested keys, states that grow.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use weft_core::memory::PAGE_BYTES;
use weft_core::states::{HeapRef, StateHeap};
use weft_core::{Error, Reservation, Result};

use super::page::{Page, next_page_bytes};

/// Bytes in pages, found by number and offset of the page (32 bits each), so that pages can move.
///
/// Heaps that will become one draw page numbers from one counter.
#[derive(Debug)]
pub(crate) struct Heap {
    pages: Vec<Option<Page>>,
    numbers: Arc<AtomicU32>,
    current: Option<u32>,
    used: usize,
    taken: usize,
    /// Bytes of all pages.
    held: usize,
    reservation: Reservation,
    /// What was reserved for values that are about to come.
    claim: Reservation,
}

impl Heap {
    /// An empty heap for the operator that `reservation` belongs to.
    pub(crate) fn new(reservation: &Reservation, numbers: Arc<AtomicU32>) -> Self {
        let (reservation, claim) = (reservation.sibling(), reservation.sibling());
        Heap { pages: Vec::new(), numbers, current: None, used: 0, taken: 0, held: 0, reservation, claim }
    }

    /// A heap of pages that were [`filled`](Self::filled) pages of another one.
    pub(crate) fn of_pages(pages: Vec<Page>, reservation: &Reservation) -> Self {
        let numbers = Arc::new(AtomicU32::new(pages.len() as u32));
        let (taken, held) = (pages.len(), pages.iter().map(Page::len).sum());
        let pages = pages.into_iter().map(Some).collect();
        let (reservation, claim) = (reservation.sibling(), reservation.sibling());
        Heap { pages, numbers, current: None, used: 0, taken, held, reservation, claim }
    }

    /// Reserves room for values of together `bytes` bytes that are about to come, pages' unused ends included. What was
    /// claimed before and not used is given back.
    ///
    /// # Errors
    /// When the memory limit refuses; nothing is claimed then.
    pub(crate) fn claim(&mut self, bytes: usize) -> Result<()> {
        self.claim.free();
        if bytes > 0 { self.claim.try_grow(bytes + bytes / 2 + next_page_bytes(self.taken)) } else { Ok(()) }
    }

    /// Gives back what was claimed and not used.
    pub(crate) fn unclaim(&mut self) {
        self.claim.free();
    }

    /// The filled part of each page, by number. Only for a heap whose page numbers are its own: none is missing there.
    pub(crate) fn filled(&self) -> impl Iterator<Item = &[u8]> {
        self.pages.iter().enumerate().map(|(number, page)| {
            let bytes = page.as_ref().map_or(&[][..], |page| page.bytes());
            if self.current == Some(number as u32) { &bytes[..self.used] } else { bytes }
        })
    }

    /// Bytes of all pages.
    pub(crate) fn bytes_held(&self) -> usize {
        self.held
    }

    /// Copies `bytes` in, unaligned, and says where.
    pub(crate) fn put_bytes(&mut self, bytes: &[u8]) -> Result<u64> {
        let (page, offset) = self.place(bytes.len(), 1)?;
        if let Some(Some(memory)) = self.pages.get_mut(page as usize) {
            memory.bytes_mut()[offset..offset + bytes.len()].copy_from_slice(bytes);
        }
        Ok(u64::from(page) << 32 | offset as u64)
    }

    /// The `len` bytes at `place`.
    #[inline]
    pub(crate) fn bytes(&self, place: u64, len: usize) -> &[u8] {
        if len == 0 {
            return &[];
        }
        let offset = place as u32 as usize;
        self.pages[(place >> 32) as usize].as_ref().map_or(&[], |page| &page.bytes()[offset..offset + len])
    }

    /// Takes over the pages of a heap that draws its page numbers from the same counter.
    pub(crate) fn absorb(&mut self, other: Heap) {
        debug_assert!(Arc::ptr_eq(&self.numbers, &other.numbers));
        if self.pages.len() < other.pages.len() {
            self.pages.resize_with(other.pages.len(), || None);
        }
        for (number, page) in other.pages.into_iter().enumerate().filter(|(_, p)| p.is_some()) {
            self.pages[number] = page;
        }
        self.taken += other.taken;
        self.held += other.held;
    }

    /// Room for `len` bytes: the page's number and the offset in it.
    fn place(&mut self, len: usize, align: usize) -> Result<(u32, usize)> {
        let offset = self.used.next_multiple_of(align);
        if let Some(current) = self.current
            && self.pages[current as usize].as_ref().is_some_and(|p| offset + len <= p.len())
        {
            self.used = offset + len;
            return Ok((current, offset));
        }
        if len > PAGE_BYTES / 2 {
            return Ok((self.add_page(len)?, 0));
        }
        let bytes = next_page_bytes(self.taken).max(len.next_power_of_two());
        self.current = Some(self.add_page(bytes)?);
        self.used = len;
        Ok((self.current.unwrap_or_default(), 0))
    }

    fn add_page(&mut self, bytes: usize) -> Result<u32> {
        let page = match self.claim.split(bytes) {
            Some(reserved) => Page::reserved(bytes, reserved)?,
            None => Page::zeroed(bytes, &self.reservation)?,
        };
        self.held += page.len();
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        if number == u32::MAX {
            return Err(Error::internal("a row store's heap is out of page numbers"));
        }
        if self.pages.len() <= number as usize {
            self.pages.resize_with(number as usize + 1, || None);
        }
        self.pages[number as usize] = Some(page);
        self.taken += 1;
        Ok(number)
    }
}

impl StateHeap for Heap {
    fn put(&mut self, bytes: &[u8]) -> Result<HeapRef> {
        if bytes.is_empty() {
            return Ok(HeapRef::default());
        }
        let (page, offset) = self.place(bytes.len(), 8)?;
        if let Some(Some(memory)) = self.pages.get_mut(page as usize) {
            memory.bytes_mut()[offset..offset + bytes.len()].copy_from_slice(bytes);
        }
        Ok(HeapRef { offset: u64::from(page) << 32 | offset as u64, len: bytes.len() as u64 })
    }

    fn get(&self, place: HeapRef) -> &[u8] {
        self.bytes(place.offset, place.len as usize)
    }

    fn get_mut(&mut self, place: HeapRef) -> &mut [u8] {
        if place.len == 0 {
            return &mut [];
        }
        let (offset, len) = (place.offset as u32 as usize, place.len as usize);
        let page = self.pages[(place.offset >> 32) as usize].as_mut();
        page.map_or(&mut [], |page| &mut page.bytes_mut()[offset..offset + len])
    }
}

#[cfg(test)]
mod tests {
    use weft_core::MemoryPool;

    use super::*;

    #[test]
    fn values_keep_their_place_and_large_ones_get_pages_of_their_own() {
        let pool = MemoryPool::new(4 << 20);
        let mut heap = Heap::new(&pool.reservation("test"), Arc::default());
        let values: Vec<Vec<u8>> = (0..600usize).map(|i| vec![i as u8; (i * 37) % 5000]).collect();
        let places: Vec<HeapRef> = values.iter().map(|v| heap.put(v).unwrap()).collect();
        let large = heap.put(&vec![7; 1 << 20]).unwrap();
        heap.get_mut(places[1])[0] = 99;
        assert_eq!(heap.get(places[1])[0], 99);
        assert!((2..600).all(|i| heap.get(places[i]) == values[i]));
        assert_eq!(heap.get(large).len(), 1 << 20);
        assert!(heap.put(&vec![0; 4 << 20]).unwrap_err().message().starts_with("test needs 4.0 MiB"));
        assert!(pool.used() > 1 << 20);
        drop(heap);
        assert_eq!(pool.used(), 0);
    }
}
