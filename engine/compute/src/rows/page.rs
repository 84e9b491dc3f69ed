//! Pages: zeroed, aligned memory that is reserved before it is allocated and gives both back when dropped.

#![allow(unsafe_code)]

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ptr::NonNull;

use weft_core::memory::PAGE_BYTES;
use weft_core::{Error, ErrorKind, Reservation, Result};

/// The first page of a partition is small, so that a handful of rows in many partitions costs little.
pub(crate) const FIRST_PAGE_BYTES: usize = 4 * 1024;

/// Owned memory, all zero at first, aligned to 8 bytes.
#[derive(Debug)]
pub(crate) struct Page {
    base: NonNull<u8>,
    layout: Layout,
    _reserved: Reservation,
}

// SAFETY: a page owns its memory, and nothing in it is bound to a thread.
unsafe impl Send for Page {}
// SAFETY: a shared page hands out only its address; who follows it upholds the rules of the row store.
unsafe impl Sync for Page {}

impl Page {
    /// A page of `bytes` (at least 8), for the operator that `reservation` belongs to.
    ///
    /// # Errors
    /// When the memory limit or the machine refuses.
    pub(crate) fn zeroed(bytes: usize, reservation: &Reservation) -> Result<Self> {
        let mut reserved = reservation.sibling();
        reserved.grow_in_flight(bytes)?;
        Page::reserved(bytes, reserved)
    }

    /// A page of `bytes` that are reserved already.
    ///
    /// # Errors
    /// When the machine refuses.
    pub(crate) fn reserved(bytes: usize, reserved: Reservation) -> Result<Self> {
        let layout = Layout::from_size_align(bytes.max(8), 8).map_err(|e| Error::internal(e.to_string()))?;
        // SAFETY: the layout's size is at least 8.
        let base = NonNull::new(unsafe { alloc_zeroed(layout) });
        let base = base.ok_or_else(|| Error::new(ErrorKind::Memory, format!("the machine has no {bytes} bytes left")))?;
        Ok(Page { base, layout, _reserved: reserved })
    }

    /// Where it begins.
    pub(crate) fn base(&self) -> *mut u8 {
        self.base.as_ptr()
    }

    /// Its size.
    pub(crate) fn len(&self) -> usize {
        self.layout.size()
    }

    /// Its bytes; for pages that nobody reaches through raw pointers (the heap's).
    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: the memory is ours, initialised (zeroed), and changed only through `&mut self` for heap pages.
        unsafe { std::slice::from_raw_parts(self.base.as_ptr(), self.layout.size()) }
    }

    /// Its bytes, to be changed; for pages that nobody reaches through raw pointers (the heap's).
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `bytes`, and `&mut self` keeps others away.
        unsafe { std::slice::from_raw_parts_mut(self.base.as_ptr(), self.layout.size()) }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // SAFETY: allocated in `zeroed` with this layout, freed once.
        unsafe { dealloc(self.base.as_ptr(), self.layout) }
    }
}

/// Whether `bytes` more would be granted now.
pub(crate) fn fits(reservation: &Reservation, bytes: usize) -> bool {
    reservation.sibling().try_grow(bytes).is_ok()
}

/// The size of the next page after `pages` pages: a quarter page and less at first, then whole ones.
pub(crate) fn next_page_bytes(pages: usize) -> usize {
    (FIRST_PAGE_BYTES << (2 * pages.min(8))).min(PAGE_BYTES)
}
