//! Columns of rows back into Arrow arrays.

#![allow(unsafe_code)]

use std::sync::Arc;

use arrow::array::{Array, ArrayDataBuilder, ArrayRef, BinaryViewArray, BooleanArray, FixedSizeBinaryArray, StringViewArray};
use arrow::array::{make_array, new_null_array};
use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer, ScalarBuffer};
use arrow::datatypes::{ArrowNativeType, DataType};
use weft_core::{Error, Result};

use super::column::{Codec, Kind, Nested};
use super::heap::Heap;
use super::keys::INLINE_BYTES;
use super::layout::Place;

/// A buffer of gathered bytes is closed before it passes this size: views count offsets in 32 bits.
const BUFFER_BYTES: usize = 1 << 30;

/// The column at `place` of each row, as a flat array in buffers of its own. A null pointer gives a null.
///
/// # Safety
/// Each pointer is null or a row of the layout that `codec` and `place` belong to, its long bytes in `heap`,
/// and nobody changes these bytes meanwhile.
pub(crate) unsafe fn gather(codec: &Codec, place: Place, pointers: &[*mut u8], heap: &Heap) -> Result<ArrayRef> {
    let arrow = codec.ty.to_arrow();
    if codec.kind == Kind::Null {
        return Ok(new_null_array(&arrow, pointers.len()));
    }
    // SAFETY (all): columns lie inside rows, see above.
    unsafe {
        let nulls = validity(place, pointers);
        match codec.kind {
            Kind::Fixed(1) if arrow == DataType::Boolean => {
                let bits = BooleanBuffer::collect_bool(pointers.len(), |i| read::<u8>(place.at, pointers[i]) != 0);
                Ok(Arc::new(BooleanArray::new(bits, nulls)))
            }
            Kind::Fixed(1) => fixed::<u8>(place.at, pointers, arrow, nulls),
            Kind::Fixed(2) => fixed::<u16>(place.at, pointers, arrow, nulls),
            Kind::Fixed(4) => fixed::<u32>(place.at, pointers, arrow, nulls),
            Kind::Fixed(8) => fixed::<u64>(place.at, pointers, arrow, nulls),
            Kind::Fixed(_) => fixed::<i128>(place.at, pointers, arrow, nulls),
            Kind::Null | Kind::Bytes => bytes(codec, place, pointers, heap, nulls, &arrow),
        }
    }
}

/// # Safety
/// As [`gather`].
unsafe fn validity(place: Place, pointers: &[*mut u8]) -> Option<NullBuffer> {
    // SAFETY: the validity byte lies inside the row.
    let valid = |row: *mut u8| !row.is_null() && unsafe { *row.add(place.valid.0) } & place.valid.1 != 0;
    let nulls = NullBuffer::new(BooleanBuffer::collect_bool(pointers.len(), |i| valid(pointers[i])));
    (nulls.null_count() > 0).then_some(nulls)
}

/// # Safety
/// As [`gather`].
#[inline]
unsafe fn read<T: Copy + Default>(at: usize, row: *mut u8) -> T {
    // SAFETY: the value lies inside the row.
    if row.is_null() { T::default() } else { unsafe { row.add(at).cast::<T>().read_unaligned() } }
}

/// # Safety
/// As [`gather`].
unsafe fn fixed<T: ArrowNativeType>(
    at: usize,
    pointers: &[*mut u8],
    arrow: DataType,
    nulls: Option<NullBuffer>,
) -> Result<ArrayRef> {
    // SAFETY: passed on.
    let values: Vec<T> = pointers.iter().map(|&row| unsafe { read(at, row) }).collect();
    let data = ArrayDataBuilder::new(arrow).len(values.len()).add_buffer(Buffer::from_vec(values)).nulls(nulls);
    Ok(make_array(data.build()?))
}

/// # Safety
/// As [`gather`].
unsafe fn bytes(
    codec: &Codec,
    place: Place,
    pointers: &[*mut u8],
    heap: &Heap,
    nulls: Option<NullBuffer>,
    arrow: &DataType,
) -> Result<ArrayRef> {
    if let Some(nested) = &codec.nested {
        // SAFETY: passed on.
        return unsafe { decode(nested, place, pointers, heap, nulls.as_ref()) };
    }
    // SAFETY: passed on.
    let (views, buffers) = unsafe { views(place, pointers, heap) };
    // SAFETY: the views are either inline with zero padding or refer to the buffers just filled.
    let binary = || unsafe { BinaryViewArray::new_unchecked(views.clone(), buffers.clone(), nulls.clone()) };
    Ok(match arrow {
        // SAFETY: as for `binary`, and the values came out of string views, so they are UTF-8; nulls are empty.
        DataType::Utf8View => Arc::new(unsafe { StringViewArray::new_unchecked(views, buffers, nulls) }),
        DataType::BinaryView => Arc::new(binary()),
        DataType::FixedSizeBinary(n) => {
            let binary = binary();
            Arc::new(FixedSizeBinaryArray::try_from_sparse_iter_with_size(binary.iter(), *n)?)
        }
        other => return Err(Error::internal(format!("an Arrow {other} among the bytes of a row store"))),
    })
}

/// # Safety
/// As [`gather`].
unsafe fn views(place: Place, pointers: &[*mut u8], heap: &Heap) -> (ScalarBuffer<u128>, Arc<[Buffer]>) {
    let (mut views, mut buffers, mut buffer) = (Vec::with_capacity(pointers.len()), Vec::new(), Vec::new());
    for &row in pointers {
        // SAFETY: both halves lie inside the row.
        let (first, rest): (u64, u64) = unsafe { (read(place.at, row), read(place.rest, row)) };
        let len = first as u32 as usize;
        if len <= INLINE_BYTES {
            views.push(u128::from(rest) << 64 | u128::from(first));
            continue;
        }
        if !buffer.is_empty() && buffer.len() + len > BUFFER_BYTES {
            buffers.push(Buffer::from_vec(std::mem::take(&mut buffer)));
        }
        views.push((buffer.len() as u128) << 96 | (buffers.len() as u128) << 64 | u128::from(first));
        buffer.extend_from_slice(heap.bytes(rest, len));
    }
    if !buffer.is_empty() {
        buffers.push(Buffer::from_vec(buffer));
    }
    (ScalarBuffer::from(views), buffers.into())
}

/// # Safety
/// As [`gather`].
unsafe fn decode(
    nested: &Nested,
    place: Place,
    pointers: &[*mut u8],
    heap: &Heap,
    nulls: Option<&NullBuffer>,
) -> Result<ArrayRef> {
    // SAFETY: passed on.
    let (views, buffers) = unsafe { views(place, pointers, heap) };
    // SAFETY: as in `bytes`.
    let encoded = unsafe { BinaryViewArray::new_unchecked(views, buffers, None) };
    let parser = nested.converter.parser();
    let row = |i: usize| match nulls {
        Some(nulls) if nulls.is_null(i) => parser.parse(&nested.null_row),
        _ => parser.parse(encoded.value(i)),
    };
    let mut columns = nested.converter.convert_rows((0..encoded.len()).map(row))?;
    columns.pop().ok_or_else(|| Error::internal("a nested column that decodes to nothing"))
}
