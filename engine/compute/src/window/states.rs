//! States of one aggregate, many beside each other.

#![allow(unsafe_code)]

use arrow::array::ArrayRef;
use weft_core::states::{HeapRef, StateHeap, States};
use weft_core::{Aggregator, Error, Reservation, Result};

use crate::rows::Heap;

/// A row of states, all empty at first.
pub(super) struct StateRow<'a> {
    aggregator: &'a dyn Aggregator,
    memory: Vec<u64>,
    /// Words of one state.
    words: usize,
    heap: Heap,
    into: Vec<*mut u8>,
    from: Vec<*mut u8>,
    _held: Reservation,
}

impl<'a> StateRow<'a> {
    /// `count` states, for the operator that `reservation` belongs to.
    pub(super) fn new(aggregator: &'a dyn Aggregator, count: usize, reservation: &Reservation) -> Result<Self> {
        let words = aggregator.state_bytes().div_ceil(8).max(1);
        let mut held = reservation.sibling();
        held.try_grow(count * words * 8)?;
        let heap = Heap::new(reservation, Default::default());
        Ok(StateRow { aggregator, memory: vec![0; count * words], words, heap, into: Vec::new(), from: Vec::new(), _held: held })
    }

    /// Empties the states in `range`.
    pub(super) fn clear(&mut self, range: std::ops::Range<usize>) {
        self.memory[range.start * self.words..range.end * self.words].fill(0);
    }

    /// Makes state `to` a copy of state `from`.
    pub(super) fn copy(&mut self, from: usize, to: usize) {
        self.memory.copy_within(from * self.words..(from + 1) * self.words, to * self.words);
    }

    /// Folds input row `i` into the `i`-th of the states `places`.
    pub(super) fn update(&mut self, places: impl Iterator<Item = usize>, args: &[ArrayRef]) -> Result<()> {
        let mut into = std::mem::take(&mut self.into);
        self.point(places, &mut into);
        // SAFETY: `point` made pointers to states of our own, of `words` words each, initialised, aligned to 8 and
        // reached by nobody else while we are borrowed.
        let mut states = unsafe { States::new(&into, 0, self.words * 8) };
        let result = self.aggregator.update(&mut states, args, &mut self.heap);
        self.into = into;
        result
    }

    /// Folds all `rows` input rows into state `place`.
    pub(super) fn update_one(&mut self, place: usize, args: &[ArrayRef], rows: usize) -> Result<()> {
        let mut one = Vec::with_capacity(1);
        self.point(std::iter::once(place), &mut one);
        // SAFETY: as in `update`.
        let mut states = unsafe { States::new(&one, 0, self.words * 8) };
        self.aggregator.update_one(&mut states, args, rows, &mut self.heap)
    }

    /// Folds the second state of each pair into the first. No state may stand on both sides. For aggregates whose states
    /// hold nothing in the heap.
    pub(super) fn merge(&mut self, pairs: impl Iterator<Item = (usize, usize)>) -> Result<()> {
        let (mut into, mut from) = (std::mem::take(&mut self.into), std::mem::take(&mut self.from));
        into.clear();
        from.clear();
        let (base, words, count) = (self.memory.as_mut_ptr(), self.words, self.memory.len() / self.words);
        for (to, of) in pairs {
            assert!(to < count && of < count);
            // SAFETY: both lie inside the memory, as was just asserted.
            unsafe {
                into.push(base.add(to * words).cast());
                from.push(base.add(of * words).cast());
            }
        }
        if !into.is_empty() {
            // SAFETY: as in `update`; the two sides have no state in common, which the callers hold.
            let (mut to, mut of) = unsafe { (States::new(&into, 0, words * 8), States::new(&from, 0, words * 8)) };
            self.aggregator.merge(&mut to, &mut NoHeap, &mut of, &NoHeap)?;
        }
        (self.into, self.from) = (into, from);
        Ok(())
    }

    /// The results of the states `places`.
    pub(super) fn finish(&mut self, places: impl Iterator<Item = usize>) -> Result<ArrayRef> {
        let mut into = std::mem::take(&mut self.into);
        self.point(places, &mut into);
        // SAFETY: as in `update`.
        let mut states = unsafe { States::new(&into, 0, self.words * 8) };
        let result = self.aggregator.finish(&mut states, &self.heap);
        self.into = into;
        result
    }

    fn point(&mut self, places: impl Iterator<Item = usize>, pointers: &mut Vec<*mut u8>) {
        let (base, words, count) = (self.memory.as_mut_ptr(), self.words, self.memory.len() / self.words);
        pointers.clear();
        pointers.extend(places.map(|place| {
            assert!(place < count);
            // SAFETY: inside the memory, as was just asserted.
            unsafe { base.add(place * words).cast::<u8>() }
        }));
    }
}

/// The heap of states that hold nothing in one.
struct NoHeap;

impl StateHeap for NoHeap {
    fn put(&mut self, _: &[u8]) -> Result<HeapRef> {
        Err(Error::internal("an aggregate whose states merge keeps something in the heap"))
    }

    fn get(&self, _: HeapRef) -> &[u8] {
        &[]
    }

    fn get_mut(&mut self, _: HeapRef) -> &mut [u8] {
        &mut []
    }
}
