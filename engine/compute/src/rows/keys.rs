//! Keys of a batch of input as words, laid out as in rows, and their comparison with rows.

#![allow(unsafe_code)]

use std::sync::Arc;

use arrow::buffer::Buffer;

use super::column::{Column, Data, long_bytes};
use super::heap::Heap;
use super::layout::{Layout, Place};
use weft_core::Result;

/// Rows that are looked up at once: their keys, hashes and pointers stay in the cache.
pub(crate) const BATCH_ROWS: usize = 2048;

/// Bytes that stand in a view or a row itself.
pub(crate) const INLINE_BYTES: usize = 12;

/// Keys of up to [`BATCH_ROWS`] rows: for each row the words of [`Layout::key_at`] on, but heap halves of long bytes
/// still refer to the place they come from.
#[derive(Debug, Default)]
pub(crate) struct KeyBatch {
    words: Vec<u64>,
    stride: usize,
    rows: usize,
    survivors: Vec<u32>,
}

/// What the heap halves of a batch refer to.
pub(crate) enum Longs<'a> {
    /// Arrow's data buffers of each key column.
    Columns(Vec<Option<&'a Arc<[Buffer]>>>),
    /// The heap of another store.
    Heap(&'a Heap),
}

impl<'a> Longs<'a> {
    pub(crate) fn columns(columns: &'a [Column]) -> Self {
        let buffers = |c: &'a Column| if let Data::Bytes(_, buffers) = &c.data { Some(buffers) } else { None };
        Longs::Columns(columns.iter().map(buffers).collect())
    }

    fn bytes(&self, column: usize, first: u64, rest: u64) -> &[u8] {
        match self {
            Longs::Heap(heap) => heap.bytes(rest, first as u32 as usize),
            Longs::Columns(columns) => columns[column].map_or(&[], |b| long_bytes(u128::from(rest) << 64 | u128::from(first), b)),
        }
    }
}

impl KeyBatch {
    /// Reads `rows` rows of the key columns from `start` on.
    pub(crate) fn read_columns(&mut self, layout: &Layout, columns: &[Column], start: usize, rows: usize) {
        self.clear(layout, rows);
        for ((_, place), column) in layout.keys.iter().zip(columns) {
            self.read_column(*place, layout.key_at, column, start);
        }
    }

    /// Reads the keys of rows of another store of the same layout.
    ///
    /// # Safety
    /// Each pointer must be to a row of this layout that nobody changes meanwhile.
    pub(crate) unsafe fn read_rows(&mut self, layout: &Layout, rows: &[*mut u8]) {
        self.clear(layout, rows.len());
        for (words, &row) in self.words.chunks_exact_mut(self.stride.max(1)).zip(rows) {
            // SAFETY: the key's words lie inside the row, aligned to 8; see the function's contract.
            let key = unsafe { std::slice::from_raw_parts(row.add(layout.key_at).cast::<u64>(), layout.key_words) };
            words.copy_from_slice(key);
        }
    }

    fn clear(&mut self, layout: &Layout, rows: usize) {
        (self.stride, self.rows) = (layout.key_words, rows);
        self.words.clear();
        self.words.resize(rows * self.stride, 0);
    }

    fn read_column(&mut self, place: Place, key_at: usize, column: &Column, start: usize) {
        let (at, stride, rows) = (place.at - place.at.min(key_at), self.stride, self.rows);
        match &column.data {
            Data::Null => {}
            Data::Fixed(_, 1) => copy::<u8>(&mut self.words, stride, at, &column.words()[start..start + rows]),
            Data::Fixed(_, 2) => copy::<u16>(&mut self.words, stride, at, &column.words()[start..start + rows]),
            Data::Fixed(_, 4) => copy::<u32>(&mut self.words, stride, at, &column.words()[start..start + rows]),
            Data::Fixed(_, 8) => copy::<u64>(&mut self.words, stride, at, &column.words()[start..start + rows]),
            Data::Fixed(..) => {
                for (row, value) in self.words.chunks_exact_mut(stride).zip(&column.words::<i128>()[start..start + rows]) {
                    row[at / 8] = *value as u64;
                    row[at / 8 + 1] = (*value >> 64) as u64;
                }
            }
            Data::Bytes(views, _) => {
                let rest = (place.rest - key_at) / 8;
                for (row, view) in self.words.chunks_exact_mut(stride).zip(&views[start..start + rows]) {
                    row[at / 8] = *view as u64;
                    row[rest] = (*view >> 64) as u64;
                }
            }
        }
        self.read_validity(place, key_at, column, start);
    }

    fn read_validity(&mut self, place: Place, key_at: usize, column: &Column, start: usize) {
        let (byte, bit) = (place.valid.0 - key_at, place.valid.1);
        let (word, flag) = (byte / 8, u64::from(bit) << (8 * (byte % 8)));
        let stride = self.stride;
        let rows = self.words.chunks_exact_mut(stride.max(1));
        match &column.nulls {
            _ if matches!(column.data, Data::Null) => {}
            None => rows.for_each(|row| row[word] |= flag),
            Some(nulls) => {
                for (i, row) in rows.enumerate() {
                    if nulls.is_valid(start + i) {
                        row[word] |= flag;
                    } else {
                        clear_value(row, place, key_at, column);
                    }
                }
            }
        }
    }

    /// Writes the keys of `rows` into fresh rows; long bytes go to `heap`.
    ///
    /// # Safety
    /// `rows` are rows of the layout that are ours alone; `pointers[i]` is the row for the batch's row `i`.
    pub(crate) unsafe fn write(
        &self,
        layout: &Layout,
        longs: &Longs<'_>,
        rows: &[u32],
        pointers: &[*mut u8],
        heap: &mut Heap,
    ) -> Result<()> {
        for &i in rows {
            let key = self.key(i);
            // SAFETY: the key's words lie inside the row; the scratch is another allocation.
            unsafe {
                std::ptr::copy_nonoverlapping(key.as_ptr().cast::<u8>(), pointers[i as usize].add(layout.key_at), key.len() * 8)
            };
        }
        for (c, place) in bytes_columns(layout) {
            let (first, rest) = ((place.at - layout.key_at) / 8, (place.rest - layout.key_at) / 8);
            for &i in rows {
                let key = self.key(i);
                if key[first] as u32 as usize > INLINE_BYTES {
                    let at = heap.put_bytes(longs.bytes(c, key[first], key[rest]))?;
                    // SAFETY: the heap half lies inside the row, aligned to 8.
                    unsafe { *pointers[i as usize].add(place.rest).cast::<u64>() = at };
                }
            }
        }
        Ok(())
    }

    /// Appends to `missed` those of `candidates` whose key is not that of the row they point at.
    ///
    /// # Safety
    /// `pointers[i]` is a row of the layout, with its long bytes in `heap`, for each candidate `i`.
    pub(crate) unsafe fn compare(
        &mut self,
        layout: &Layout,
        longs: &Longs<'_>,
        candidates: &[u32],
        pointers: &[*mut u8],
        heap: &Heap,
        missed: &mut Vec<u32>,
    ) {
        // SAFETY: passed on.
        unsafe {
            match layout.exact_words {
                1 => self.compare_words::<1>(layout, candidates, pointers, missed),
                2 => self.compare_words::<2>(layout, candidates, pointers, missed),
                3 => self.compare_words::<3>(layout, candidates, pointers, missed),
                4 => self.compare_words::<4>(layout, candidates, pointers, missed),
                _ => self.compare_words::<0>(layout, candidates, pointers, missed),
            }
        }
        for (c, place) in bytes_columns(layout) {
            let (first, rest) = ((place.at - layout.key_at) / 8, (place.rest - layout.key_at) / 8);
            let mut survivors = std::mem::take(&mut self.survivors);
            survivors.retain(|&i| {
                let key = self.key(i);
                // SAFETY: the heap half lies inside the row, aligned to 8.
                let theirs = unsafe { *pointers[i as usize].add(place.rest).cast::<u64>() };
                let len = key[first] as u32 as usize;
                let same = if len <= INLINE_BYTES {
                    theirs == key[rest]
                } else {
                    heap.bytes(theirs, len) == longs.bytes(c, key[first], key[rest])
                };
                if !same {
                    missed.push(i);
                }
                same
            });
            self.survivors = survivors;
        }
    }

    /// Compares the exact words, `N` of them (0: as many as the layout says); who is equal survives.
    ///
    /// # Safety
    /// As [`compare`](Self::compare).
    unsafe fn compare_words<const N: usize>(
        &mut self,
        layout: &Layout,
        candidates: &[u32],
        pointers: &[*mut u8],
        missed: &mut Vec<u32>,
    ) {
        let count = if N == 0 { layout.exact_words } else { N };
        self.survivors.clear();
        for &i in candidates {
            let key = &self.words[i as usize * self.stride..][..count];
            // SAFETY: the exact words lie inside the row, aligned to 8.
            let row = unsafe { pointers[i as usize].add(layout.key_at).cast::<u64>() };
            let mut difference = 0;
            for (k, word) in key.iter().enumerate() {
                // SAFETY: as above.
                difference |= word ^ unsafe { *row.add(k) };
            }
            let list = if difference == 0 { &mut self.survivors } else { &mut *missed };
            list.push(i);
        }
    }

    fn key(&self, row: u32) -> &[u64] {
        &self.words[row as usize * self.stride..][..self.stride]
    }
}

fn bytes_columns(layout: &Layout) -> impl Iterator<Item = (usize, Place)> + '_ {
    layout.keys.iter().enumerate().filter(|(_, (codec, _))| codec.kind == super::column::Kind::Bytes).map(|(i, k)| (i, k.1))
}

fn copy<T: bytemuck::Pod>(words: &mut [u64], stride: usize, at: usize, values: &[T]) {
    let cells: &mut [T] = bytemuck::cast_slice_mut(words);
    let each = stride * 8 / size_of::<T>();
    for (row, value) in cells.chunks_exact_mut(each).zip(values) {
        row[at / size_of::<T>()] = *value;
    }
}

/// Makes the value of a null all zero.
fn clear_value(row: &mut [u64], place: Place, key_at: usize, column: &Column) {
    let bytes: &mut [u8] = bytemuck::cast_slice_mut(row);
    match column.data {
        Data::Null => {}
        Data::Fixed(_, width) => bytes[place.at - key_at..][..width].fill(0),
        Data::Bytes(..) => {
            bytes[place.at - key_at..][..8].fill(0);
            bytes[place.rest - key_at..][..8].fill(0);
        }
    }
}

/// Whether two rows of one layout have the same key.
///
/// # Safety
/// Both must be rows of the layout with their long bytes in `heap`.
pub(crate) unsafe fn same_key(layout: &Layout, a: *const u8, b: *const u8, heap: &Heap) -> bool {
    // SAFETY: words and halves read lie inside both rows, aligned to 8.
    let word = |row: *const u8, at: usize| unsafe { *row.add(at).cast::<u64>() };
    let exact = (0..layout.exact_words).all(|k| word(a, layout.key_at + 8 * k) == word(b, layout.key_at + 8 * k));
    exact
        && bytes_columns(layout).all(|(_, place)| {
            let (len, x, y) = (word(a, place.at) as u32 as usize, word(a, place.rest), word(b, place.rest));
            x == y || (len > INLINE_BYTES && heap.bytes(x, len) == heap.bytes(y, len))
        })
}
