//! Rows on their way to disk and back, in self-contained pieces: a page of rows with the heap that they refer to.
//!
//! Rows are separated by digits of their hashes, bits that choose neither slots nor salts, so that each digit's rows can
//! be read back alone. What still does not fit then is separated by the digits of the next level.

#![allow(unsafe_code)]

use std::sync::Arc;

use weft_core::memory::PAGE_BYTES;
use weft_core::spill::{SpillBlock, SpillFile, SpillWriter};
use weft_core::{CancelToken, Error, MemoryPool, Reservation, Result};

use super::heap::Heap;
use super::keys::INLINE_BYTES;
use super::layout::Layout;
use super::page::Page;
use super::store::{PARTITION_BITS, PartitionPages, RowStore, page_rows, partition_of};
use crate::work::Work;

/// Shift and bits of each level's digit. The first level's highest bits are the partition's; the last level is [`OWN`].
const LEVELS: [(u32, u32); 4] = [(40, 8), (36, 4), (32, 4), (24, 8)];
const _: () = assert!(LEVELS[0].0 + LEVELS[0].1 == 48 && LEVELS[0].1 >= PARTITION_BITS);

/// The bits of a hash that make up the digits of all levels but [`OWN`]: rows that must stay together agree in these.
pub(crate) const DIGIT_BITS: u64 = 0xffff << 32;

/// How often rows can be separated from rows of other keys.
pub(crate) const DEEPEST: usize = OWN;

/// The level that separates even rows that agree in [`DIGIT_BITS`].
pub(crate) const OWN: usize = LEVELS.len() - 1;

/// How many digits there are at a level.
pub(crate) fn digits(level: usize) -> usize {
    LEVELS.get(level).map_or(1, |(_, bits)| 1 << bits)
}

/// The digit of a hash at a level; 0 past the deepest.
#[inline]
pub(crate) fn digit(hash: u64, level: usize) -> usize {
    LEVELS.get(level).map_or(0, |&(shift, bits)| (hash >> shift) as usize & ((1 << bits) - 1))
}

/// Moves states that refer to the heap into copies of their rows: `(into, from, heap of into, heap of from)`. The
/// copies' states are zero before.
pub(crate) type MoveStates<'a> = &'a dyn Fn(&[*mut u8], &[*mut u8], &mut Heap, &Heap) -> Result<()>;

/// A piece in a file.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    block: SpillBlock,
    rows: usize,
    bytes: usize,
}

impl Piece {
    /// Its rows.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// What it takes in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Pieces of one file.
#[derive(Debug)]
pub(crate) struct Pieces {
    pub(crate) file: Arc<SpillFile>,
    pub(crate) pieces: Vec<Piece>,
}

/// A piece that was read back.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) page: Page,
    pub(crate) rows: usize,
    pub(crate) heap: Heap,
}

/// Rows of one table in a file, by digit.
pub(crate) struct SpilledRows {
    file: SpillWriter,
    level: usize,
    digits: Vec<Vec<Piece>>,
    rows: usize,
    scratch: Scratch,
}

/// Room for one piece. It is not counted against the budget: it is made when memory is short already, and bounded.
#[derive(Debug)]
struct Scratch {
    page: Page,
    reservation: Reservation,
}

impl SpilledRows {
    /// A new file for rows that are separated at `level`.
    pub(crate) fn new(work: &Work, operator: &str, layout: &Layout, level: usize) -> Result<Self> {
        let file = work.spill_file(operator)?;
        let reservation = MemoryPool::new(usize::MAX).reservation(operator);
        let page = Page::zeroed(PAGE_BYTES.max(layout.width), &reservation)?;
        let digits = (0..digits(level)).map(|_| Vec::new()).collect();
        Ok(SpilledRows { file, level, digits, rows: 0, scratch: Scratch { page, reservation } })
    }

    /// Writes all rows of a store. Its memory is given back on the way.
    pub(crate) fn write(&mut self, store: RowStore, states: MoveStates<'_>, cancel: &CancelToken) -> Result<()> {
        let layout = Arc::clone(&store.layout);
        let rows = store.rows().max(1);
        let (partitions, heap) = store.into_parts();
        let batch = PAGE_BYTES / (layout.width + heap.bytes_held() / rows).max(1);
        let mut writing = Writing { layout: &layout, heap: &heap, states, cancel, batch: batch.max(1) };
        for pages in partitions {
            self.write_pages(pages, &mut writing)?;
        }
        Ok(())
    }

    fn write_pages(&mut self, pages: PartitionPages, writing: &mut Writing<'_>) -> Result<()> {
        let mut by_digit: Vec<Vec<*mut u8>> = vec![Vec::new(); self.digits.len()];
        for (page, rows) in &pages {
            writing.cancel.check()?;
            for row in page_rows(page, *rows, writing.layout.width) {
                // SAFETY: a row of a page that is ours, which begins with its hash.
                let hash = unsafe { *row.cast::<u64>() };
                by_digit[digit(hash, self.level)].push(row);
            }
        }
        for (digit, rows) in by_digit.iter().enumerate().filter(|(_, rows)| !rows.is_empty()) {
            self.rows += rows.len();
            writing.rows(rows, &mut self.file, &mut self.scratch, &mut self.digits[digit])?;
        }
        Ok(())
    }

    /// The file's pieces, by digit.
    pub(crate) fn finish(self) -> Vec<Pieces> {
        let file = self.file.finish();
        self.digits.into_iter().map(|pieces| Pieces { file: Arc::clone(&file), pieces }).collect()
    }
}

impl std::fmt::Debug for SpilledRows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SpilledRows").field("level", &self.level).field("rows", &self.rows).finish_non_exhaustive()
    }
}

/// What rows of one store are written with.
struct Writing<'a> {
    layout: &'a Layout,
    heap: &'a Heap,
    states: MoveStates<'a>,
    cancel: &'a CancelToken,
    /// Rows that are copied at once: as many as should fit into a piece, by the average row.
    batch: usize,
}

impl Writing<'_> {
    fn rows(&self, rows: &[*mut u8], file: &mut SpillWriter, scratch: &mut Scratch, pieces: &mut Vec<Piece>) -> Result<()> {
        let width = self.layout.width;
        let most = (scratch.page.len() / width).max(1);
        let mut own = Heap::new(&scratch.reservation, Arc::default());
        let mut filled = 0;
        for batch in rows.chunks(self.batch.min(most)) {
            self.cancel.check()?;
            if filled + batch.len() > most || own.bytes_held() > PAGE_BYTES {
                flush(&scratch.page, filled, width, &own, file, pieces)?;
                (filled, own) = (0, Heap::new(&scratch.reservation, Arc::default()));
            }
            let into: Vec<*mut u8> =
                (filled..filled + batch.len()).map(|r| scratch.page.base().wrapping_add(r * width)).collect();
            for (&into, &from) in into.iter().zip(batch) {
                // SAFETY: both are whole rows; the copy lies in the scratch page, which is another allocation.
                unsafe { std::ptr::copy_nonoverlapping(from, into, width) };
            }
            if self.heap.bytes_held() > 0 {
                // SAFETY: the rows just copied, and their originals, which nobody changes meanwhile.
                unsafe { self.relocate(&into, batch, &mut own)? };
            }
            filled += batch.len();
        }
        flush(&scratch.page, filled, width, &own, file, pieces)
    }

    /// Brings what copied rows refer to into their own heap.
    ///
    /// # Safety
    /// `into` are rows of ours with the bytes of the rows `from`.
    unsafe fn relocate(&self, into: &[*mut u8], from: &[*mut u8], own: &mut Heap) -> Result<()> {
        for &row in into {
            // SAFETY: passed on.
            unsafe { relocate_bytes(self.layout, row, own, self.heap)? };
        }
        let Some(&(first, _)) = self.layout.states.first() else { return Ok(()) };
        for &row in into {
            // SAFETY: the states are the end of the row.
            unsafe { std::ptr::write_bytes(row.add(first), 0, self.layout.width - first) };
        }
        (self.states)(into, from, own, self.heap)
    }
}

/// Brings the long bytes of a row that was copied from elsewhere into another heap.
///
/// # Safety
/// `row` is a row of the layout that is ours alone, whose long bytes are in `from_heap`.
unsafe fn relocate_bytes(layout: &Layout, row: *mut u8, heap: &mut Heap, from_heap: &Heap) -> Result<()> {
    for (_, place) in layout.bytes_columns() {
        // SAFETY: both halves lie inside the row, aligned to 8.
        unsafe {
            let len = *row.add(place.at).cast::<u64>() as u32 as usize;
            let rest = row.add(place.rest).cast::<u64>();
            if len > INLINE_BYTES {
                *rest = heap.put_bytes(from_heap.bytes(*rest, len))?;
            }
        }
    }
    Ok(())
}

/// Writes a piece: a header of words (rows, heap pages, the length of each), the rows, the heap's pages.
fn flush(page: &Page, rows: usize, width: usize, heap: &Heap, file: &mut SpillWriter, pieces: &mut Vec<Piece>) -> Result<()> {
    if rows == 0 {
        return Ok(());
    }
    let pages: Vec<&[u8]> = heap.filled().collect();
    let mut header = vec![rows as u64, pages.len() as u64];
    header.extend(pages.iter().map(|p| p.len() as u64));
    let header: Vec<u8> = header.iter().flat_map(|word| word.to_le_bytes()).collect();
    let mut parts: Vec<&[u8]> = vec![&header, &page.bytes()[..rows * width]];
    parts.extend(pages);
    let bytes = parts.iter().map(|p| p.len()).sum();
    pieces.push(Piece { block: file.write_block(&parts)?, rows, bytes });
    Ok(())
}

impl Segment {
    /// Appends its rows to a store of the same layout, which must have no states.
    pub(crate) fn append_to(&self, store: &mut RowStore) -> Result<()> {
        let layout = Arc::clone(&store.layout);
        if !layout.states.is_empty() {
            return Err(Error::internal("rows with states are merged, not copied"));
        }
        for from in page_rows(&self.page, self.rows, layout.width) {
            // SAFETY: a row of our page, which begins with its hash.
            let hash = unsafe { *from.cast::<u64>() };
            let (_, into) = store.append(partition_of(hash))?;
            // SAFETY: both are whole rows, in pages of their own; the bytes of `from` are in our heap.
            unsafe {
                std::ptr::copy_nonoverlapping(from, into, layout.width);
                relocate_bytes(&layout, into, &mut store.heap, &self.heap)?;
            }
        }
        Ok(())
    }
}

impl Piece {
    /// Reads the piece back, for the operator that `reservation` belongs to.
    ///
    /// # Errors
    /// When the memory limit refuses or the file cannot be read.
    pub(crate) fn read(&self, file: &SpillFile, layout: &Layout, reservation: &Reservation) -> Result<Segment> {
        let damaged = || Error::internal("a piece of a spill file is damaged");
        let mut bytes = Vec::new();
        file.read_block(&self.block, &mut bytes)?;
        let mut rest = &bytes[..];
        let mut word = || -> Result<usize> {
            let (head, after) = rest.split_first_chunk::<8>().ok_or_else(damaged)?;
            rest = after;
            usize::try_from(u64::from_le_bytes(*head)).map_err(|_| damaged())
        };
        let (rows, pages) = (word()?, word()?);
        let lengths = (0..pages).map(|_| word()).collect::<Result<Vec<_>>>()?;
        let mut part = |len: usize| -> Result<Page> {
            let (part, after) = rest.split_at_checked(len).ok_or_else(damaged)?;
            rest = after;
            let mut page = Page::zeroed(len, reservation)?;
            page.bytes_mut()[..len].copy_from_slice(part);
            Ok(page)
        };
        let page = part(rows.checked_mul(layout.width).ok_or_else(damaged)?)?;
        let pages = lengths.into_iter().map(part).collect::<Result<Vec<_>>>()?;
        Ok(Segment { page, rows, heap: Heap::of_pages(pages, reservation) })
    }
}
