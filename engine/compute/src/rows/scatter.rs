//! Payload columns into rows.

#![allow(unsafe_code)]

use weft_core::Result;

use super::column::{Column, Data, Kind, long_bytes};
use super::heap::Heap;
use super::keys::INLINE_BYTES;
use super::layout::{Layout, Place};

/// Writes row `i` of `column` into `pointers[i]`.
///
/// # Safety
/// Each pointer is a row of the layout that `place` belongs to, all zero at `place`, and ours alone.
pub(crate) unsafe fn scatter(place: Place, column: &Column, pointers: &[*mut u8], heap: &mut Heap) -> Result<()> {
    // SAFETY (all arms): a column's place lies inside the row, aligned to its width or 8.
    unsafe {
        match &column.data {
            Data::Null => {}
            Data::Fixed(_, 1) => write::<u8>(place.at, column.words(), pointers),
            Data::Fixed(_, 2) => write::<u16>(place.at, column.words(), pointers),
            Data::Fixed(_, 4) => write::<u32>(place.at, column.words(), pointers),
            Data::Fixed(_, 8) => write::<u64>(place.at, column.words(), pointers),
            Data::Fixed(..) => write::<i128>(place.at, column.words(), pointers),
            Data::Bytes(views, buffers) => {
                for (i, (view, &row)) in views.iter().zip(pointers).enumerate() {
                    if column.nulls.as_ref().is_some_and(|n| n.is_null(i)) {
                        continue;
                    }
                    let long = *view as u32 as usize > INLINE_BYTES;
                    let rest = if long { heap.put_bytes(long_bytes(*view, buffers))? } else { (*view >> 64) as u64 };
                    row.add(place.at).cast::<u64>().write(*view as u64);
                    row.add(place.rest).cast::<u64>().write(rest);
                }
            }
        }
        let (byte, bit) = place.valid;
        match &column.nulls {
            _ if matches!(column.data, Data::Null) => {}
            None => pointers.iter().for_each(|row| *row.add(byte) |= bit),
            Some(nulls) => nulls.iter().zip(pointers).for_each(|(valid, row)| *row.add(byte) |= if valid { bit } else { 0 }),
        }
    }
    Ok(())
}

/// # Safety
/// As [`scatter`]. 16-byte values need no more than 8-byte alignment in the row.
unsafe fn write<T: Copy>(at: usize, values: &[T], pointers: &[*mut u8]) {
    for (value, row) in values.iter().zip(pointers) {
        // SAFETY: see above.
        unsafe { row.add(at).cast::<T>().write_unaligned(*value) };
    }
}

/// Makes the payload of row `into` that of row `from`, of another store.
///
/// # Safety
/// Both are rows of the layout; `into` is ours alone, and the long bytes of `from` are in `from_heap`.
pub(crate) unsafe fn copy_payload(
    layout: &Layout,
    into: *mut u8,
    from: *const u8,
    heap: &mut Heap,
    from_heap: &Heap,
) -> Result<()> {
    let (start, end) = layout.payload_span;
    // SAFETY: the span lies inside both rows, which are in different stores; halves are aligned to 8.
    unsafe {
        std::ptr::copy_nonoverlapping(from.add(start), into.add(start), end - start);
        for (_, place) in layout.payload.iter().filter(|(codec, _)| codec.kind == Kind::Bytes) {
            let len = *into.add(place.at).cast::<u64>() as u32 as usize;
            let rest = into.add(place.rest).cast::<u64>();
            if len > INLINE_BYTES {
                *rest = heap.put_bytes(from_heap.bytes(*rest, len))?;
            }
        }
    }
    Ok(())
}
