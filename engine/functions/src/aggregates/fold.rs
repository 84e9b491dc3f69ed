//! The frame of aggregates over numbers whose state is a few bytes: one value in, one state changed.

use arrow::array::ArrayRef;
use arrow::buffer::NullBuffer;
use arrow::datatypes::ArrowNativeType;
use bytemuck::Pod;
use weft_core::states::{StateHeap, States};
use weft_core::{Aggregator, Result};

use super::natives;
use crate::kernel::columns::try_each_valid;

/// What is done with each value. The all-zero state is the empty one.
pub(super) trait Fold: Send + Sync {
    /// A value as Arrow stores it.
    type Native: ArrowNativeType;
    /// What is kept of a group.
    type State: Pod;

    /// Folds in one value.
    fn add(&self, state: &mut Self::State, value: Self::Native) -> Result<()>;

    /// Folds in all values that are not null: the path without group keys.
    fn add_all(&self, state: &mut Self::State, values: &[Self::Native], nulls: Option<&NullBuffer>) -> Result<()> {
        try_each_valid(nulls, values.len(), |i| self.add(state, values[i]))
    }

    /// Folds in another state.
    fn merge(&self, into: &mut Self::State, from: &Self::State) -> Result<()>;

    /// The results.
    fn finish(&self, states: &[Self::State]) -> Result<ArrayRef>;
}

/// A fold as an aggregator.
pub(super) struct Folded<F>(pub(super) F);

impl<F: Fold> Aggregator for Folded<F> {
    fn state_bytes(&self) -> usize {
        size_of::<F::State>()
    }

    fn update(&self, states: &mut States<'_>, args: &[ArrayRef], _: &mut dyn StateHeap) -> Result<()> {
        let (values, nulls) = natives::of::<F::Native>(natives::first(args)?)?;
        let values: &[F::Native] = &values;
        try_each_valid(nulls.as_ref(), values.len(), |i| self.0.add(states.get(i), values[i]))
    }

    fn update_one(&self, states: &mut States<'_>, args: &[ArrayRef], _: usize, _: &mut dyn StateHeap) -> Result<()> {
        let (values, nulls) = natives::of::<F::Native>(natives::first(args)?)?;
        self.0.add_all(states.get(0), &values, nulls.as_ref().filter(|n| n.null_count() > 0))
    }

    fn merge(&self, into: &mut States<'_>, _: &mut dyn StateHeap, from: &mut States<'_>, _: &dyn StateHeap) -> Result<()> {
        (0..into.len()).try_for_each(|i| {
            let other = *from.get::<F::State>(i);
            self.0.merge(into.get(i), &other)
        })
    }

    fn finish(&self, states: &mut States<'_>, _: &dyn StateHeap) -> Result<ArrayRef> {
        let all: Vec<F::State> = (0..states.len()).map(|i| *states.get(i)).collect();
        self.0.finish(&all)
    }
}
