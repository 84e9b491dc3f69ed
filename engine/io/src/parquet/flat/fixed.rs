//! Values of a fixed width: numbers, days, times, decimals.

use std::marker::PhantomData;
use std::sync::Arc;

use arrow::array::{ArrayData, ArrayRef, make_array};
use arrow::buffer::{Buffer, NullBuffer};
use arrow::datatypes::{ArrowNativeType, DataType};
use bytes::Bytes;
use weft_core::Result;

use super::hybrid::ends_early;
use super::values::{Values, spread};

/// How a value is made of its bytes.
pub(super) trait Load: Send + 'static {
    /// What stands in the array.
    type Native: ArrowNativeType + Default + Send;

    /// Bytes of a value in a page; `declared` where the type does not say.
    fn width(declared: usize) -> usize;

    /// The value of these `width` bytes.
    fn load(bytes: &[u8]) -> Self::Native;
}

/// Little-endian values of `FROM` bytes, of which the array keeps the low ones or all.
pub(super) struct Little<const FROM: usize, T>(PhantomData<fn() -> T>);

macro_rules! little {
    ($from:literal: $($raw:ty => $($to:ty),*;)*) => {
        $($(impl Load for Little<$from, ($raw, $to)> {
            type Native = $to;

            #[inline]
            fn width(_: usize) -> usize {
                $from
            }

            #[inline]
            fn load(bytes: &[u8]) -> $to {
                bytes.first_chunk().map_or_else(Default::default, |b| <$raw>::from_le_bytes(*b) as $to)
            }
        })*)*
    };
}

little!(4: i32 => i8, i16, i32, u8, u16, u32, i64; f32 => f32;);
little!(8: i64 => i64, u64; f64 => f64;);

/// Big-endian integers of any length (decimals), of which the array keeps the low bytes.
pub(super) struct Big<T>(PhantomData<fn() -> T>);

impl Load for Big<i64> {
    type Native = i64;

    fn width(declared: usize) -> usize {
        declared
    }

    #[inline]
    fn load(bytes: &[u8]) -> i64 {
        bytes.iter().fold(sign(bytes), |value, &byte| value << 8 | i64::from(byte))
    }
}

impl Load for Big<i128> {
    type Native = i128;

    fn width(declared: usize) -> usize {
        declared
    }

    #[inline]
    fn load(bytes: &[u8]) -> i128 {
        bytes.iter().fold(i128::from(sign(bytes)), |value, &byte| value << 8 | i128::from(byte))
    }
}

/// −1 where the first bit says negative, else 0.
fn sign(bytes: &[u8]) -> i64 {
    bytes.first().map_or(0, |&b| i64::from((b as i8) >> 7))
}

/// See the module.
pub(super) struct Fixed<L: Load> {
    /// Of the array.
    ty: DataType,
    /// Bytes of a value in a page.
    width: usize,
    dictionary: Arc<[L::Native]>,
    page: Bytes,
    /// The next byte of the page.
    at: usize,
    out: Vec<L::Native>,
}

impl<L: Load> Fixed<L>
where
    Fixed<L>: Values,
{
    /// Values of `declared` bytes where the physical type does not say how long they are.
    pub(super) fn boxed(ty: &DataType, declared: usize) -> Box<dyn Values> {
        let width = L::width(declared);
        Box::new(Fixed::<L> { ty: ty.clone(), width, dictionary: Arc::default(), page: Bytes::new(), at: 0, out: Vec::new() })
    }
}

impl<L: Load> Fixed<L> {
    fn array(&self, values: Buffer, rows: usize, nulls: Option<NullBuffer>) -> Result<ArrayRef> {
        let data = ArrayData::builder(self.ty.clone()).len(rows).add_buffer(values).nulls(nulls).build()?;
        Ok(make_array(data))
    }
}

/// The first `count` values of `page`, or an error where it has fewer.
fn exactly(page: &Bytes, count: usize, width: usize) -> Result<Bytes> {
    let bytes = count.checked_mul(width).filter(|&n| n <= page.len()).ok_or_else(ends_early)?;
    Ok(page.slice(..bytes))
}

impl<L: Load> Values for Fixed<L>
where
    L::Native: Sync,
{
    fn dictionary(&mut self, page: Bytes, count: usize) -> Result<()> {
        let width = L::width(self.width);
        self.dictionary = exactly(&page, count, width)?.chunks_exact(width).map(L::load).collect();
        Ok(())
    }

    fn dictionary_array(&self) -> Result<ArrayRef> {
        self.array(Buffer::from_slice_ref(&*self.dictionary), self.dictionary.len(), None)
    }

    fn page(&mut self, page: Bytes, count: usize) -> Result<()> {
        (self.page, self.at) = (exactly(&page, count, self.width)?, 0);
        Ok(())
    }

    fn read(&mut self, n: usize) -> Result<()> {
        let width = L::width(self.width);
        let bytes = self.page.get(self.at..self.at + n * width).ok_or_else(ends_early)?;
        self.out.extend(bytes.chunks_exact(width).map(L::load));
        self.at += n * width;
        Ok(())
    }

    fn pick(&mut self, indices: &[u32], span: usize) -> Result<()> {
        let width = L::width(self.width);
        let bytes = self.page.get(self.at..self.at + span * width).ok_or_else(ends_early)?;
        self.out.extend(indices.iter().map(|&i| {
            let from = i as usize * width;
            bytes.get(from..from + width).map_or_else(Default::default, L::load)
        }));
        self.at += span * width;
        Ok(())
    }

    fn skip(&mut self, n: usize) -> Result<()> {
        self.at += n * self.width;
        Ok(())
    }

    fn decode(&mut self, codes: &[u32]) -> Result<()> {
        let dictionary = &*self.dictionary;
        self.out.extend(codes.iter().map(|&c| dictionary.get(c as usize).copied().unwrap_or_default()));
        Ok(())
    }

    fn spread(&mut self, valid: &NullBuffer) {
        spread(&mut self.out, valid);
    }

    fn finish(&mut self, nulls: Option<NullBuffer>) -> Result<ArrayRef> {
        let values = std::mem::take(&mut self.out);
        let rows = values.len();
        self.array(Buffer::from_vec(values), rows, nulls)
    }
}
