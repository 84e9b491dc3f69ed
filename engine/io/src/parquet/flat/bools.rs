//! Booleans: bits, packed or in runs.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, BooleanBufferBuilder};
use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer};
use bytes::Bytes;
use weft_core::{Error, Result};

use super::hybrid::{Hybrid, ends_early};
use super::values::Values;

/// See the module.
pub(super) struct Bools {
    page: BooleanBuffer,
    /// The next value of the page.
    at: usize,
    out: BooleanBufferBuilder,
}

impl Bools {
    pub(super) fn boxed() -> Box<dyn Values> {
        Box::new(Bools { page: BooleanBuffer::new_unset(0), at: 0, out: BooleanBufferBuilder::new(0) })
    }
}

/// The RLE encoding of booleans, as a page of plain ones.
pub(super) fn plain(page: &Bytes, count: usize) -> Result<Bytes> {
    let length = page.first_chunk().map(|n| u32::from_le_bytes(*n) as usize).ok_or_else(ends_early)?;
    let end = length.checked_add(4).filter(|&end| end <= page.len()).ok_or_else(ends_early)?;
    let bits = Hybrid::new(page.slice(4..end), 1)?.bits(count)?;
    Ok(Bytes::copy_from_slice(bits.sliced().as_slice()))
}

impl Values for Bools {
    fn dictionary(&mut self, _: Bytes, _: usize) -> Result<()> {
        Err(Error::format("booleans have no dictionary"))
    }

    fn dictionary_array(&self) -> Result<ArrayRef> {
        Err(Error::format("booleans have no dictionary"))
    }

    fn page(&mut self, page: Bytes, count: usize) -> Result<()> {
        if page.len() < count.div_ceil(8) {
            return Err(ends_early());
        }
        (self.page, self.at) = (BooleanBuffer::new(Buffer::from(page), 0, count), 0);
        Ok(())
    }

    fn read(&mut self, n: usize) -> Result<()> {
        if n > self.page.len() - self.at {
            return Err(ends_early());
        }
        self.out.append_buffer(&self.page.slice(self.at, n));
        self.at += n;
        Ok(())
    }

    fn pick(&mut self, indices: &[u32], span: usize) -> Result<()> {
        if span > self.page.len() - self.at || indices.last().is_some_and(|&i| i as usize >= span) {
            return Err(ends_early());
        }
        for &i in indices {
            self.out.append(self.page.value(self.at + i as usize));
        }
        self.at += span;
        Ok(())
    }

    fn skip(&mut self, n: usize) -> Result<()> {
        if n > self.page.len() - self.at {
            return Err(ends_early());
        }
        self.at += n;
        Ok(())
    }

    fn decode(&mut self, _: &[u32]) -> Result<()> {
        Err(Error::format("booleans have no dictionary"))
    }

    fn spread(&mut self, valid: &NullBuffer) {
        let count = valid.len() - valid.null_count();
        let start = self.out.len() - count;
        let values: Vec<bool> = (start..self.out.len()).map(|i| self.out.get_bit(i)).collect();
        self.out.truncate(start);
        let mut values = values.into_iter();
        for valid in valid.iter() {
            self.out.append(valid && values.next().unwrap_or_default());
        }
    }

    fn finish(&mut self, nulls: Option<NullBuffer>) -> Result<ArrayRef> {
        Ok(Arc::new(BooleanArray::new(self.out.finish(), nulls)))
    }
}
