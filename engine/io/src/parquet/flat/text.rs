//! Text and bytes: views into the pages as they were decompressed, without copies where whole stretches are read.

#![allow(unsafe_code)]

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryViewArray, StringViewArray, make_view};
use arrow::buffer::{Buffer, NullBuffer, ScalarBuffer};
use bytes::Bytes;
use weft_core::{Error, Result};

use super::hybrid::ends_early;
use super::values::{Values, spread};

/// A buffer of copied values is closed before it passes this size: views count offsets in 32 bits.
const COPIES: usize = 1 << 30;
/// Values up to this length stand in the view itself.
const INLINE: usize = 12;

/// See the module.
pub(super) struct Text {
    /// Whether values must be UTF-8.
    utf8: bool,
    /// Views into `dictionary_page` as buffer 0.
    dictionary: Vec<u128>,
    dictionary_page: Bytes,
    page: Bytes,
    /// The next value's length in the page.
    at: usize,
    out: Vec<u128>,
    buffers: Vec<Buffer>,
    /// Where the page, the dictionary and the copies at hand stand among the buffers.
    page_buffer: Option<u32>,
    dictionary_buffer: Option<u32>,
    copies_buffer: Option<u32>,
    /// Bytes of picked values: few of them must not keep their page.
    copies: Vec<u8>,
}

impl Text {
    pub(super) fn boxed(utf8: bool) -> Box<dyn Values> {
        Box::new(Text {
            utf8,
            dictionary: Vec::new(),
            dictionary_page: Bytes::new(),
            page: Bytes::new(),
            at: 0,
            out: Vec::new(),
            buffers: Vec::new(),
            page_buffer: None,
            dictionary_buffer: None,
            copies_buffer: None,
            copies: Vec::new(),
        })
    }

    /// The array of these parts.
    fn array(&self, views: Vec<u128>, buffers: Vec<Buffer>, nulls: Option<NullBuffer>) -> ArrayRef {
        let views = ScalarBuffer::from(views);
        // SAFETY: `make_view` made every view, of a range of the buffer that it names; a null's view is empty. Text was
        // checked to be UTF-8, value by value or by stretches (see `walk`). `nulls` has a bit for each view: `Column`
        // appends one for each row, and `spread` makes one view a row.
        unsafe {
            match self.utf8 {
                true => Arc::new(StringViewArray::new_unchecked(views, buffers.into(), nulls)),
                false => Arc::new(BinaryViewArray::new_unchecked(views, buffers.into(), nulls)),
            }
        }
    }

    /// Copies a value into a buffer that holds nothing else but copies.
    fn copy(&mut self, value: &[u8]) -> u128 {
        if value.len() <= INLINE {
            return make_view(value, 0, 0);
        }
        if self.copies.len() + value.len() > COPIES {
            self.close_copies();
        }
        let buffer = *self.copies_buffer.get_or_insert_with(|| {
            self.buffers.push(Buffer::default());
            self.buffers.len() as u32 - 1
        });
        let view = make_view(value, buffer, self.copies.len() as u32);
        self.copies.extend_from_slice(value);
        view
    }

    fn close_copies(&mut self) {
        if let Some(buffer) = self.copies_buffer.take() {
            self.buffers[buffer as usize] = Buffer::from_vec(std::mem::take(&mut self.copies));
        }
    }
}

/// The place of the value whose length stands at `at`.
#[inline]
fn next(page: &[u8], at: usize) -> Result<std::ops::Range<usize>> {
    let length = page.get(at..).and_then(|rest| rest.first_chunk::<4>()).ok_or_else(ends_early)?;
    let length = u32::from_le_bytes(*length) as usize;
    let start = at + 4;
    match page.len() - start >= length {
        true => Ok(start..start + length),
        false => Err(ends_early()),
    }
}

fn check(bytes: &[u8], utf8: bool) -> Result<()> {
    match utf8 && std::str::from_utf8(bytes).is_err() {
        true => Err(Error::format("a text is not UTF-8")),
        false => Ok(()),
    }
}

/// Appends views of the `n` values from `at` on, as of buffer `buffer`; where they end.
///
/// Whole stretches are checked to be UTF-8, lengths between values included: bytes of lengths under 128 are ASCII, which
/// neither continues a character nor begins one, so a stretch is UTF-8 just when each of its values is.
fn walk(page: &[u8], mut at: usize, n: usize, buffer: u32, utf8: bool, out: &mut Vec<u128>) -> Result<usize> {
    out.reserve(n);
    let mut unchecked = at + 4;
    for _ in 0..n {
        let place = next(page, at)?;
        if place.len() > 127 {
            check(page.get(unchecked..at).unwrap_or_default(), utf8)?;
            unchecked = place.start;
        }
        out.push(make_view(&page[place.clone()], buffer, place.start as u32));
        at = place.end;
    }
    check(page.get(unchecked..at).unwrap_or_default(), utf8)?;
    Ok(at)
}

impl Values for Text {
    fn dictionary(&mut self, page: Bytes, count: usize) -> Result<()> {
        if count > page.len() / 4 {
            return Err(ends_early());
        }
        self.dictionary.clear();
        walk(&page, 0, count, 0, self.utf8, &mut self.dictionary)?;
        self.dictionary_page = page;
        Ok(())
    }

    fn dictionary_array(&self) -> Result<ArrayRef> {
        Ok(self.array(self.dictionary.clone(), vec![Buffer::from(self.dictionary_page.clone())], None))
    }

    fn page(&mut self, page: Bytes, _: usize) -> Result<()> {
        (self.page, self.at, self.page_buffer) = (page, 0, None);
        Ok(())
    }

    fn read(&mut self, n: usize) -> Result<()> {
        let buffer = *self.page_buffer.get_or_insert_with(|| {
            self.buffers.push(Buffer::from(self.page.clone()));
            self.buffers.len() as u32 - 1
        });
        self.at = walk(&self.page, self.at, n, buffer, self.utf8, &mut self.out)?;
        Ok(())
    }

    fn pick(&mut self, indices: &[u32], span: usize) -> Result<()> {
        let (page, mut at, mut passed) = (self.page.clone(), self.at, 0);
        for &index in indices {
            while passed < index {
                at = next(&page, at)?.end;
                passed += 1;
            }
            let place = next(&page, at)?;
            check(&page[place.clone()], self.utf8)?;
            at = place.end;
            passed += 1;
            let view = self.copy(&page[place]);
            self.out.push(view);
        }
        self.at = at;
        self.skip(span - passed as usize)
    }

    fn skip(&mut self, n: usize) -> Result<()> {
        for _ in 0..n {
            self.at = next(&self.page, self.at)?.end;
        }
        Ok(())
    }

    fn decode(&mut self, codes: &[u32]) -> Result<()> {
        let buffer = *self.dictionary_buffer.get_or_insert_with(|| {
            self.buffers.push(Buffer::from(self.dictionary_page.clone()));
            self.buffers.len() as u32 - 1
        });
        let moved = |view: u128| if view as u32 as usize > INLINE { view | u128::from(buffer) << 64 } else { view };
        self.out.extend(codes.iter().map(|&c| self.dictionary.get(c as usize).copied().map_or(0, moved)));
        Ok(())
    }

    fn spread(&mut self, valid: &NullBuffer) {
        spread(&mut self.out, valid);
    }

    fn finish(&mut self, nulls: Option<NullBuffer>) -> Result<ArrayRef> {
        self.close_copies();
        (self.page_buffer, self.dictionary_buffer) = (None, None);
        let (views, buffers) = (std::mem::take(&mut self.out), std::mem::take(&mut self.buffers));
        Ok(self.array(views, buffers, nulls))
    }
}
