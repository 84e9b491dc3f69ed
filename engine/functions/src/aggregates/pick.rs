//! One value of a group: the first or the last that is not null. Only picked values are copied.

use arrow::array::{Array, ArrayRef, UInt32Array};
use arrow::compute::take;
use bytemuck::{Pod, Zeroable};
use weft_core::function::{ArgType, Function, Signature};
use weft_core::states::{HeapRef, StateHeap, States};
use weft_core::{Aggregator, Result, Type};

use super::codec::Codec;
use super::natives;
use crate::kernel::args;
use crate::kernel::columns::each_valid;

/// Where the value stands, whether there is one, and which row of the batch at hand it is to come from.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Picked {
    place: HeapRef,
    seen: u64,
    /// The row in the batch plus one; 0 between batches.
    pending: u64,
}

/// The aggregator.
pub(super) struct Pick {
    last: bool,
    codec: Codec,
}

/// Any type, to the same.
pub(super) fn resolve(info: &Function, args: &[ArgType<'_>]) -> Result<Signature> {
    let ty = args::arg(info, args, 0)?.ty.clone();
    Codec::new(&ty)?;
    Ok(Signature { args: vec![ty.clone()], output: ty })
}

impl Pick {
    /// The last or the first value of type `ty`.
    pub(super) fn bind(ty: &Type, last: bool) -> Result<Box<dyn Aggregator>> {
        Ok(Box::new(Pick { last, codec: Codec::new(ty)? }))
    }

    /// Copies `rows[k]` of `array` into the state that `state(k)` names.
    fn store(
        &self,
        array: &ArrayRef,
        rows: &[usize],
        heap: &mut dyn StateHeap,
        mut set: impl FnMut(usize, HeapRef),
    ) -> Result<()> {
        let indices = UInt32Array::from_iter_values(rows.iter().map(|&row| row as u32));
        let values = take(array, &indices, None)?;
        let encoded = self.codec.encode(&values)?;
        for (k, &row) in rows.iter().enumerate() {
            set(row, heap.put(encoded.get(k))?);
        }
        Ok(())
    }
}

impl Aggregator for Pick {
    fn state_bytes(&self) -> usize {
        size_of::<Picked>()
    }

    fn update(&self, states: &mut States<'_>, args: &[ArrayRef], heap: &mut dyn StateHeap) -> Result<()> {
        let array = natives::first(args)?;
        let nulls = array.logical_nulls();
        let mut touched = Vec::new();
        each_valid(nulls.as_ref(), array.len(), |i| {
            let state = states.get::<Picked>(i);
            if self.last || state.seen == 0 {
                (state.seen, state.pending) = (1, i as u64 + 1);
                touched.push(i);
            }
        });
        touched.retain(|&i| states.get::<Picked>(i).pending == i as u64 + 1);
        self.store(array, &touched, heap, |row, place| {
            let state = states.get::<Picked>(row);
            (state.place, state.pending) = (place, 0);
        })
    }

    fn update_one(&self, states: &mut States<'_>, args: &[ArrayRef], _: usize, heap: &mut dyn StateHeap) -> Result<()> {
        let array = natives::first(args)?;
        let nulls = array.logical_nulls();
        let state = states.get::<Picked>(0);
        if state.seen != 0 && !self.last {
            return Ok(());
        }
        let valid = |i: &usize| nulls.as_ref().is_none_or(|n| n.is_valid(*i));
        let row = if self.last { (0..array.len()).rfind(valid) } else { (0..array.len()).find(valid) };
        let Some(row) = row else { return Ok(()) };
        self.store(array, &[row], heap, |_, place| *state = Picked { place, seen: 1, pending: 0 })
    }

    fn merge(
        &self,
        into: &mut States<'_>,
        heap: &mut dyn StateHeap,
        from: &mut States<'_>,
        from_heap: &dyn StateHeap,
    ) -> Result<()> {
        for i in 0..into.len() {
            let other = *from.get::<Picked>(i);
            let state = into.get::<Picked>(i);
            if other.seen != 0 && (self.last || state.seen == 0) {
                *state = Picked { place: heap.put(from_heap.get(other.place))?, seen: 1, pending: 0 };
            }
        }
        Ok(())
    }

    fn finish(&self, states: &mut States<'_>, heap: &dyn StateHeap) -> Result<ArrayRef> {
        let all: Vec<Picked> = (0..states.len()).map(|i| *states.get(i)).collect();
        self.codec.decode(all.iter().map(|s| (s.seen != 0).then(|| heap.get(s.place))))
    }
}
