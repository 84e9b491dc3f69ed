//! A set of values for each group: open addressing in the heap, doubled when half full.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Float16Type, Float32Type, Float64Type};
use bytemuck::{Pod, Zeroable};
use std::hash::BuildHasher;
use weft_core::states::{HeapRef, StateHeap};
use weft_core::{Error, Result, Type};

use super::codec::{Codec, Encoded};
use super::natives;

/// The set of one group.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Set {
    table: HeapRef,
    used: u64,
}

/// One slot: the hash (0 when free), then the value itself where it is at most 16 bytes, else its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Slot {
    hash: u64,
    words: [u64; 2],
}

const SLOT: usize = size_of::<Slot>();

impl Slot {
    fn place(&self) -> HeapRef {
        HeapRef { offset: self.words[0], len: self.words[1] }
    }
}

/// How the values of one type are kept in slots.
pub(super) enum Keys {
    /// In the slot.
    Inline,
    /// In the heap.
    Heap(Codec),
}

/// The values of a batch, ready for sets.
pub(super) enum Values<'a> {
    Inline(Vec<[u64; 2]>),
    Heap(Encoded<'a>),
}

impl Keys {
    /// How values of `ty` are kept.
    pub(super) fn new(ty: &Type) -> Result<Keys> {
        Ok(match ty.to_arrow() {
            DataType::Boolean => Keys::Inline,
            storage if storage.primitive_width().is_some() => Keys::Inline,
            _ => Keys::Heap(Codec::new(ty)?),
        })
    }

    /// The values of a batch.
    pub(super) fn values<'a>(&self, array: &'a ArrayRef) -> Result<Values<'a>> {
        Ok(match self {
            Keys::Inline => Values::Inline(words(array)?),
            Keys::Heap(codec) => Values::Heap(codec.encode(array)?),
        })
    }
}

/// Values of up to 16 bytes as words; equal floats have equal words.
fn words(array: &ArrayRef) -> Result<Vec<[u64; 2]>> {
    let float = |x: f64| [if x.is_nan() { f64::NAN.to_bits() } else { (x + 0.0).to_bits() }, 0];
    if let Some(booleans) = array.as_boolean_opt() {
        return Ok(booleans.values().iter().map(|b| [b.into(), 0]).collect());
    }
    if let Some(floats) = array.as_primitive_opt::<Float64Type>() {
        return Ok(floats.values().iter().map(|&x| float(x)).collect());
    }
    if let Some(floats) = array.as_primitive_opt::<Float32Type>() {
        return Ok(floats.values().iter().map(|&x| float(x.into())).collect());
    }
    if let Some(floats) = array.as_primitive_opt::<Float16Type>() {
        return Ok(floats.values().iter().map(|&x| float(x.to_f64())).collect());
    }
    Ok(match array.data_type().primitive_width() {
        Some(1) => natives::of::<u8>(array)?.0.iter().map(|&x| [x.into(), 0]).collect(),
        Some(2) => natives::of::<u16>(array)?.0.iter().map(|&x| [x.into(), 0]).collect(),
        Some(4) => natives::of::<u32>(array)?.0.iter().map(|&x| [x.into(), 0]).collect(),
        Some(8) => natives::of::<u64>(array)?.0.iter().map(|&x| [x, 0]).collect(),
        Some(16) => natives::of::<i128>(array)?.0.iter().map(|&x| [x as u64, (x >> 64) as u64]).collect(),
        _ => return Err(Error::internal(format!("a set of {}", array.data_type()))),
    })
}

/// The same hash in all batches and threads of a process; never 0.
fn hash(bytes: &[u8]) -> u64 {
    foldhash::fast::FixedState::default().hash_one(bytes) | 1
}

impl Set {
    /// Values in the set.
    pub(super) fn len(&self) -> u64 {
        self.used
    }

    fn slots(&self) -> usize {
        self.table.len as usize / SLOT
    }

    fn slot(&self, i: usize, heap: &dyn StateHeap) -> Slot {
        bytemuck::pod_read_unaligned(&heap.get(self.table)[i * SLOT..][..SLOT])
    }

    /// Adds row `i` of `values`.
    pub(super) fn insert(&mut self, values: &Values<'_>, i: usize, heap: &mut dyn StateHeap) -> Result<()> {
        match values {
            Values::Inline(words) => {
                let words = words[i];
                self.add(Slot { hash: hash(bytemuck::bytes_of(&words)), words }, None, heap)
            }
            Values::Heap(encoded) => {
                let bytes = encoded.get(i);
                self.add(Slot { hash: hash(bytes), words: [0; 2] }, Some(bytes), heap)
            }
        }
    }

    /// Adds all of `other`.
    pub(super) fn insert_all(
        &mut self,
        other: &Set,
        keys: &Keys,
        other_heap: &dyn StateHeap,
        heap: &mut dyn StateHeap,
    ) -> Result<()> {
        for slot in (0..other.slots()).map(|i| other.slot(i, other_heap)).filter(|s| s.hash != 0) {
            let bytes = matches!(keys, Keys::Heap(_)).then(|| other_heap.get(slot.place()));
            self.add(slot, bytes, heap)?;
        }
        Ok(())
    }

    fn add(&mut self, mut new: Slot, bytes: Option<&[u8]>, heap: &mut dyn StateHeap) -> Result<()> {
        if (self.used as usize + 1) * 2 > self.slots() {
            self.grow(heap)?;
        }
        let mask = self.slots() - 1;
        let mut at = (new.hash >> 1) as usize & mask;
        loop {
            let slot = self.slot(at, heap);
            if slot.hash == 0 {
                break;
            }
            let same = slot.hash == new.hash && bytes.map_or(slot.words == new.words, |b| heap.get(slot.place()) == b);
            if same {
                return Ok(());
            }
            at = (at + 1) & mask;
        }
        if let Some(bytes) = bytes {
            let place = heap.put(bytes)?;
            new.words = [place.offset, place.len];
        }
        heap.get_mut(self.table)[at * SLOT..][..SLOT].copy_from_slice(bytemuck::bytes_of(&new));
        self.used += 1;
        Ok(())
    }

    /// Doubles the table; slots move as they are.
    fn grow(&mut self, heap: &mut dyn StateHeap) -> Result<()> {
        let slots = (self.slots() * 2).max(4);
        let mut table = vec![Slot::zeroed(); slots];
        for slot in (0..self.slots()).map(|i| self.slot(i, heap)).filter(|s| s.hash != 0) {
            let mut at = (slot.hash >> 1) as usize & (slots - 1);
            while table[at].hash != 0 {
                at = (at + 1) & (slots - 1);
            }
            table[at] = slot;
        }
        self.table = heap.put(bytemuck::cast_slice(&table))?;
        Ok(())
    }
}
