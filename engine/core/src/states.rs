//! Aggregate states inside rows of the row store, reached by typed, bounds-proved access.

#![allow(unsafe_code)]

use bytemuck::Pod;

use crate::error::Result;

/// Bytes of one aggregate's state in a row; aligned to 8.
pub const STATE_ALIGN: usize = 8;

/// The states of one aggregate in the rows that a batch of input falls into: entry `i` is the state for input row `i`.
///
/// Several entries may be the same state (rows of one group).
pub struct States<'a> {
    rows: &'a [*mut u8],
    offset: usize,
    bytes: usize,
}

impl<'a> States<'a> {
    /// States at `offset` of each row, `bytes` long.
    ///
    /// # Safety
    /// Every pointer must be valid for reads and writes of `offset + bytes` bytes for `'a`, aligned to
    /// [`STATE_ALIGN`] at `offset`, initialised, and nothing else may access those bytes during `'a`.
    pub unsafe fn new(rows: &'a [*mut u8], offset: usize, bytes: usize) -> Self {
        States { rows, offset, bytes }
    }

    /// How many entries.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The state of entry `i`. An all-zero state is the empty one.
    #[inline]
    pub fn get<T: Pod>(&mut self, i: usize) -> &mut T {
        const { assert!(align_of::<T>() <= STATE_ALIGN) };
        assert!(size_of::<T>() <= self.bytes);
        let row = self.rows[i];
        // SAFETY: `new` promises that `offset + bytes` bytes are valid, aligned and ours alone; `T` is no larger than
        // `bytes`, needs no more than 8-byte alignment, and any bytes are a valid `T` (Pod). The `&mut self` borrow
        // keeps two overlapping states from being held at once.
        unsafe { &mut *row.add(self.offset).cast::<T>() }
    }
}

/// A 128-bit integer that is aligned like the rest of a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, bytemuck::Zeroable, bytemuck::Pod)]
#[repr(C)]
pub struct Wide {
    low: u64,
    high: i64,
}

impl Wide {
    /// The value.
    #[inline]
    pub fn get(self) -> i128 {
        i128::from(self.high) << 64 | i128::from(self.low)
    }

    /// Adds a 64-bit value. Never overflows before 2⁶³ additions.
    #[inline]
    pub fn add(&mut self, n: i64) {
        let (low, carry) = self.low.overflowing_add(n as u64);
        self.low = low;
        self.high = self.high.wrapping_add((n >> 63).wrapping_add(i64::from(carry)));
    }

    /// Adds a 128-bit value; false when it overflows.
    #[inline]
    #[must_use]
    pub fn add_wide(&mut self, n: i128) -> bool {
        let (sum, overflow) = self.get().overflowing_add(n);
        *self = Wide::from(sum);
        !overflow
    }
}

impl From<i128> for Wide {
    fn from(n: i128) -> Self {
        Wide { low: n as u64, high: (n >> 64) as i64 }
    }
}

/// Where bytes of varying length stand in the heap of a row store's partition: offsets, never pointers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, bytemuck::Zeroable, bytemuck::Pod)]
#[repr(C)]
pub struct HeapRef {
    /// Offset in the heap.
    pub offset: u64,
    /// Bytes.
    pub len: u64,
}

/// The heap of a row store's partition, as aggregates with states of varying length use it.
pub trait StateHeap {
    /// Copies `bytes` in. An error when the memory limit refuses.
    fn put(&mut self, bytes: &[u8]) -> Result<HeapRef>;

    /// The bytes at `place`.
    fn get(&self, place: HeapRef) -> &[u8];

    /// The bytes at `place`, to be changed.
    fn get_mut(&mut self, place: HeapRef) -> &mut [u8];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_adds_with_carry_in_both_directions() {
        let mut sum = Wide::default();
        for n in [i64::MAX, i64::MAX, i64::MAX, -5, i64::MIN] {
            sum.add(n);
        }
        assert_eq!(sum.get(), 3 * i128::from(i64::MAX) - 5 + i128::from(i64::MIN));
        assert!(!Wide::from(i128::MAX).add_wide(1));
    }

    #[test]
    fn states_of_one_row_are_the_same_state() {
        let mut row = [0u64; 4];
        let pointer = row.as_mut_ptr().cast::<u8>();
        let rows = [pointer, pointer];
        // SAFETY: both pointers are the one row of 32 bytes, aligned to 8, used through `states` alone.
        let mut states = unsafe { States::new(&rows, 8, 16) };
        *states.get::<u64>(0) += 1;
        *states.get::<u64>(1) += 2;
        assert_eq!(*states.get::<u64>(0), 3);
    }
}
