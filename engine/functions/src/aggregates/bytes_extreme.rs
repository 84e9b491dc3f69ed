//! Least and greatest of texts and bytes: the best so far stands in the heap.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BinaryViewArray, FixedSizeBinaryArray, StringViewArray};
use arrow::datatypes::DataType;
use bytemuck::{Pod, Zeroable};
use weft_core::states::{HeapRef, StateHeap, States};
use weft_core::{Aggregator, Error, Result};

use super::natives;
use crate::kernel::columns::{each_valid, try_each_valid};

/// Where the best value stands, how long it is there, and whether there is one.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Best {
    place: HeapRef,
    len: u64,
    seen: u64,
}

impl Best {
    fn bytes<'a>(&self, heap: &'a dyn StateHeap) -> &'a [u8] {
        if self.place.len == 0 { &[] } else { &heap.get(self.place)[..self.len as usize] }
    }

    /// Puts `bytes` in place of the old ones where they fit, else into new room of a power of two.
    fn set(&mut self, bytes: &[u8], heap: &mut dyn StateHeap) -> Result<()> {
        if bytes.len() as u64 > self.place.len {
            let mut room = bytes.to_vec();
            room.resize(bytes.len().next_power_of_two().max(16), 0);
            self.place = heap.put(&room)?;
        } else if self.place.len > 0 {
            heap.get_mut(self.place)[..bytes.len()].copy_from_slice(bytes);
        }
        (self.len, self.seen) = (bytes.len() as u64, 1);
        Ok(())
    }
}

/// The aggregator; UTF-8 orders by its bytes.
pub(super) struct BytesExtreme {
    /// `Utf8View`, `BinaryView` or `FixedSizeBinary`.
    pub(super) storage: DataType,
    /// Whether the greatest is wanted.
    pub(super) greatest: bool,
}

/// The bytes in each row of a text or binary array.
fn bytes_of<'a>(array: &'a dyn Array) -> Result<Box<dyn Fn(usize) -> &'a [u8] + 'a>> {
    if let Some(texts) = array.as_string_view_opt() {
        return Ok(Box::new(|i| texts.value(i).as_bytes()));
    }
    if let Some(binary) = array.as_binary_view_opt() {
        return Ok(Box::new(|i| binary.value(i)));
    }
    let fixed = array.as_fixed_size_binary_opt();
    let fixed = fixed.ok_or_else(|| Error::internal(format!("an extreme of the bytes of {}", array.data_type())))?;
    Ok(Box::new(|i| fixed.value(i)))
}

impl BytesExtreme {
    fn better(&self, new: &[u8], old: &[u8]) -> bool {
        if self.greatest { new > old } else { new < old }
    }

    fn offer(&self, state: &mut Best, bytes: &[u8], heap: &mut dyn StateHeap) -> Result<()> {
        if state.seen == 0 || self.better(bytes, state.bytes(heap)) { state.set(bytes, heap) } else { Ok(()) }
    }
}

impl Aggregator for BytesExtreme {
    fn state_bytes(&self) -> usize {
        size_of::<Best>()
    }

    fn update(&self, states: &mut States<'_>, args: &[ArrayRef], heap: &mut dyn StateHeap) -> Result<()> {
        let array = natives::first(args)?;
        let bytes = bytes_of(array)?;
        try_each_valid(array.nulls(), array.len(), |i| self.offer(states.get(i), bytes(i), heap))
    }

    fn update_one(&self, states: &mut States<'_>, args: &[ArrayRef], _: usize, heap: &mut dyn StateHeap) -> Result<()> {
        let array = natives::first(args)?;
        let bytes = bytes_of(array)?;
        let mut best: Option<&[u8]> = None;
        each_valid(array.nulls(), array.len(), |i| {
            let new = bytes(i);
            if best.is_none_or(|old| self.better(new, old)) {
                best = Some(new);
            }
        });
        best.map_or(Ok(()), |best| self.offer(states.get(0), best, heap))
    }

    fn merge(
        &self,
        into: &mut States<'_>,
        heap: &mut dyn StateHeap,
        from: &mut States<'_>,
        from_heap: &dyn StateHeap,
    ) -> Result<()> {
        (0..into.len()).try_for_each(|i| {
            let other = *from.get::<Best>(i);
            if other.seen == 0 { Ok(()) } else { self.offer(into.get(i), other.bytes(from_heap), heap) }
        })
    }

    fn finish(&self, states: &mut States<'_>, heap: &dyn StateHeap) -> Result<ArrayRef> {
        let all: Vec<Best> = (0..states.len()).map(|i| *states.get(i)).collect();
        let results = all.iter().map(|s| (s.seen != 0).then(|| s.bytes(heap)));
        Ok(match self.storage {
            DataType::Utf8View => Arc::new(text_array(results)?),
            DataType::BinaryView => Arc::new(results.collect::<BinaryViewArray>()),
            DataType::FixedSizeBinary(n) => Arc::new(FixedSizeBinaryArray::try_from_sparse_iter_with_size(results, n)?),
            ref other => return Err(Error::internal(format!("an extreme of {other}"))),
        })
    }
}

/// Bytes that were put into the heap as text.
pub(super) fn text_array<'a>(values: impl Iterator<Item = Option<&'a [u8]>>) -> Result<StringViewArray> {
    let text = |bytes: &'a [u8]| std::str::from_utf8(bytes).map_err(|_| Error::internal("a text in the heap was damaged"));
    values.map(|v| v.map(text).transpose()).collect()
}
