//! Bytes of a group that only grow: linked chunks in the heap, each as long as all before it (up to 64 KiB).

use bytemuck::{Pod, Zeroable};
use weft_core::Result;
use weft_core::states::{HeapRef, StateHeap};

/// A chunk begins with the place of the next.
const HEADER: usize = size_of::<HeapRef>();
const SMALLEST: usize = 48;
const LARGEST: usize = 64 * 1024;
static ZEROS: [u8; HEADER + LARGEST] = [0; HEADER + LARGEST];

/// The chunks of one group.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Log {
    head: HeapRef,
    tail: HeapRef,
    /// Bytes used of the tail, header included.
    used: u64,
    /// Bytes in all chunks, without headers.
    total: u64,
}

impl Log {
    /// Bytes held.
    pub(super) fn len(&self) -> usize {
        self.total as usize
    }

    /// Appends `bytes`.
    pub(super) fn append(&mut self, mut bytes: &[u8], heap: &mut dyn StateHeap) -> Result<()> {
        while !bytes.is_empty() {
            if self.used == self.tail.len {
                self.grow(bytes.len(), heap)?;
            }
            let used = self.used as usize;
            let fitting = bytes.len().min(self.tail.len as usize - used);
            heap.get_mut(self.tail)[used..used + fitting].copy_from_slice(&bytes[..fitting]);
            self.used += fitting as u64;
            self.total += fitting as u64;
            bytes = &bytes[fitting..];
        }
        Ok(())
    }

    /// Links a new tail.
    fn grow(&mut self, wanted: usize, heap: &mut dyn StateHeap) -> Result<()> {
        let size = self.len().max(wanted).next_power_of_two().clamp(SMALLEST, LARGEST);
        let chunk = heap.put(&ZEROS[..HEADER + size])?;
        if self.head.len == 0 {
            self.head = chunk;
        } else {
            heap.get_mut(self.tail)[..HEADER].copy_from_slice(bytemuck::bytes_of(&chunk));
        }
        (self.tail, self.used) = (chunk, HEADER as u64);
        Ok(())
    }

    /// Calls `visit` with the bytes, chunk by chunk.
    pub(super) fn chunks(&self, heap: &dyn StateHeap, mut visit: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let (mut place, mut left) = (self.head, self.len());
        while left > 0 {
            let chunk = heap.get(place);
            let (header, bytes) = chunk.split_at(HEADER);
            let bytes = &bytes[..bytes.len().min(left)];
            visit(bytes)?;
            left -= bytes.len();
            place = bytemuck::pod_read_unaligned(header);
        }
        Ok(())
    }

    /// All bytes in one piece.
    pub(super) fn read(&self, heap: &dyn StateHeap) -> Result<Vec<u8>> {
        let mut all = Vec::with_capacity(self.len());
        self.chunks(heap, |bytes| {
            all.extend_from_slice(bytes);
            Ok(())
        })?;
        Ok(all)
    }

    /// Appends all of `other`.
    pub(super) fn append_all(&mut self, other: &Log, other_heap: &dyn StateHeap, heap: &mut dyn StateHeap) -> Result<()> {
        other.chunks(other_heap, |bytes| self.append(bytes, heap))
    }
}

/// The length that stands for a null entry.
const NULL: u32 = u32::MAX;

impl Log {
    /// Appends a value (or a null) as one entry: its length, then its bytes.
    pub(super) fn append_entry(&mut self, entry: Option<&[u8]>, heap: &mut dyn StateHeap) -> Result<()> {
        let len = entry.map_or(Ok(NULL), |bytes| {
            let fits = u32::try_from(bytes.len()).ok().filter(|&n| n < NULL);
            fits.ok_or_else(|| weft_core::Error::value("a value of 4 GiB or more cannot be collected"))
        })?;
        self.append(&len.to_le_bytes(), heap)?;
        self.append(entry.unwrap_or_default(), heap)
    }
}

/// The entries in the bytes of a log.
pub(super) fn entries(bytes: &[u8]) -> impl Iterator<Item = Option<&[u8]>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (len, after) = rest.split_first_chunk::<4>()?;
        let len = u32::from_le_bytes(*len);
        if len == NULL {
            rest = after;
            return Some(None);
        }
        let (entry, after) = after.split_at_checked(len as usize)?;
        rest = after;
        Some(Some(entry))
    })
}
