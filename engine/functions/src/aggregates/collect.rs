//! The frame of aggregates that keep all values of a group: entries in a log.

use arrow::array::{Array, ArrayRef};
use weft_core::states::{StateHeap, States};
use weft_core::{Aggregator, Result};

use super::codec::Codec;
use super::log::{Log, entries};
use super::natives;
use crate::kernel::columns::try_each_valid;

/// What is made of the logs at the end.
pub(super) trait Collected: Send + Sync {
    /// The results; each item is one group's bytes, to be read with [`entries`]. A group without values is empty.
    fn finish(&self, codec: &Codec, groups: &[Vec<u8>]) -> Result<ArrayRef>;
}

/// The aggregator.
pub(super) struct Collect<C> {
    /// How values become entries.
    pub(super) codec: Codec,
    /// Whether nulls are kept.
    pub(super) keep_nulls: bool,
    /// The end.
    pub(super) result: C,
}

impl<C: Collected> Collect<C> {
    /// Appends every row to the log that `append` reaches.
    fn each(
        &self,
        args: &[ArrayRef],
        heap: &mut dyn StateHeap,
        mut append: impl FnMut(usize, Option<&[u8]>, &mut dyn StateHeap) -> Result<()>,
    ) -> Result<()> {
        let array = natives::first(args)?;
        let encoded = self.codec.encode(array)?;
        let nulls = array.logical_nulls();
        if !self.keep_nulls {
            return try_each_valid(nulls.as_ref(), array.len(), |i| append(i, Some(encoded.get(i)), heap));
        }
        (0..array.len()).try_for_each(|i| {
            let valid = nulls.as_ref().is_none_or(|n| n.is_valid(i));
            append(i, valid.then(|| encoded.get(i)), heap)
        })
    }
}

impl<C: Collected> Aggregator for Collect<C> {
    fn state_bytes(&self) -> usize {
        size_of::<Log>()
    }

    fn update(&self, states: &mut States<'_>, args: &[ArrayRef], heap: &mut dyn StateHeap) -> Result<()> {
        self.each(args, heap, |i, entry, heap| states.get::<Log>(i).append_entry(entry, heap))
    }

    fn update_one(&self, states: &mut States<'_>, args: &[ArrayRef], _: usize, heap: &mut dyn StateHeap) -> Result<()> {
        let log = states.get::<Log>(0);
        self.each(args, heap, |_, entry, heap| log.append_entry(entry, heap))
    }

    fn merge(
        &self,
        into: &mut States<'_>,
        heap: &mut dyn StateHeap,
        from: &mut States<'_>,
        from_heap: &dyn StateHeap,
    ) -> Result<()> {
        (0..into.len()).try_for_each(|i| {
            let other = *from.get::<Log>(i);
            into.get::<Log>(i).append_all(&other, from_heap, heap)
        })
    }

    fn finish(&self, states: &mut States<'_>, heap: &dyn StateHeap) -> Result<ArrayRef> {
        let groups = (0..states.len()).map(|i| states.get::<Log>(i).read(heap)).collect::<Result<Vec<_>>>()?;
        self.result.finish(&self.codec, &groups)
    }
}

/// All entries of all groups.
pub(super) fn all_entries(groups: &[Vec<u8>]) -> impl Iterator<Item = Option<&[u8]>> {
    groups.iter().flat_map(|group| entries(group))
}
