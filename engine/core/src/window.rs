//! What a window function is: a function of a row's partition, which keeps every row.
//!
//! Partitions stand one after the other, each in its order, so that a function is a loop over vectors of row numbers.

mod call;
mod frame;

use std::ops::Range;

use arrow::array::ArrayRef;

pub use call::{WindowCall, WindowKind};
pub use frame::{RangeBound, WindowFrame};

use crate::error::Result;
use crate::function::{ArgType, Function, Signature};
use crate::types::Type;
use crate::value::Value;

/// A function over the rows of a partition that yields a value for each row.
pub trait WindowFunction: Send + Sync {
    /// Name, parameters, docs.
    fn info(&self) -> &'static Function;

    /// The types for these arguments, or why they do not fit.
    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature>;

    /// The function for concrete argument types; `constants` holds the value of each argument that is a literal.
    fn bind(&self, args: &[Type], constants: &[Option<Value>], output: &Type) -> Result<Box<dyn WindowKernel>>;

    /// Whether no row's result is null.
    fn never_null(&self) -> bool {
        false
    }

    /// Whether it compares rows by their sort keys, so that without any it would say nothing.
    fn needs_order(&self) -> bool {
        false
    }

    /// Whether rows with equal sort keys get the same result however they stand to each other.
    fn ignores_ties(&self) -> bool {
        false
    }

    /// Whether the result depends on the frame.
    fn reads_frame(&self) -> bool {
        false
    }

    /// Whether it asks where in the input partitions appear.
    fn reads_appearance(&self) -> bool {
        false
    }
}

/// A window function bound to types.
pub trait WindowKernel: Send + Sync {
    /// The results for the rows of `rows.block`, in that order, as a flat array of the output type.
    ///
    /// `args` hold all rows of all partitions at hand, in the resolved storage types.
    fn evaluate(&self, args: &[ArrayRef], rows: &WindowRows<'_>) -> Result<ArrayRef>;
}

/// Rows of whole partitions, one partition after the other. All numbers count from the first row of the first partition.
#[derive(Debug, Clone)]
pub struct WindowRows<'a> {
    /// The rows that results are wanted for; at least one.
    pub block: Range<u32>,
    /// Where each partition begins, and the end of the last one.
    pub partitions: &'a [u32],
    /// Where each run of equal sort keys begins, and the end of the last one. No run spans two partitions.
    ///
    /// Empty unless the function [needs the order](WindowFunction::needs_order).
    pub peers: &'a [u32],
    /// First row of each row's frame, and the row behind its last one. Empty unless the function
    /// [reads the frame](WindowFunction::reads_frame).
    pub frames: (&'a [u32], &'a [u32]),
    /// The place in the input at which each partition first appears. Empty unless the function
    /// [asks for it](WindowFunction::reads_appearance).
    pub appearance: &'a [u64],
}

impl WindowRows<'_> {
    /// Rows of the block.
    pub fn len(&self) -> usize {
        self.block.len()
    }

    /// Whether the block has no rows.
    pub fn is_empty(&self) -> bool {
        self.block.is_empty()
    }

    /// Calls `each` with every partition that the block meets and the rows of the block in it.
    pub fn each_partition(&self, mut each: impl FnMut(Range<u32>, Range<u32>)) {
        self.each_run(self.partitions, |_, run, rows| each(run, rows));
    }

    /// Calls `each` with the number of every run of equal sort keys that the block meets, the run, and the rows of the
    /// block in it.
    pub fn each_peers(&self, each: impl FnMut(usize, Range<u32>, Range<u32>)) {
        self.each_run(self.peers, each);
    }

    /// The partition that holds row `row`.
    pub fn partition_of(&self, row: u32) -> Range<u32> {
        let at = run_of(self.partitions, row);
        self.partitions[at]..self.partitions[at + 1]
    }

    fn each_run(&self, starts: &[u32], mut each: impl FnMut(usize, Range<u32>, Range<u32>)) {
        let mut at = run_of(starts, self.block.start);
        while at + 1 < starts.len() && starts[at] < self.block.end {
            let run = starts[at]..starts[at + 1];
            let rows = run.start.max(self.block.start)..run.end.min(self.block.end);
            each(at, run, rows);
            at += 1;
        }
    }
}

/// The number of the run that holds `row`, given where runs begin.
pub fn run_of(starts: &[u32], row: u32) -> usize {
    starts.partition_point(|&start| start <= row).saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_meets_parts_of_partitions() {
        let rows = WindowRows { block: 2..7, partitions: &[0, 3, 6, 9], peers: &[], frames: (&[], &[]), appearance: &[] };
        let mut met = Vec::new();
        rows.each_partition(|partition, part| met.push((partition, part)));
        assert_eq!(met, [(0..3, 2..3), (3..6, 3..6), (6..9, 6..7)]);
        assert_eq!(rows.partition_of(5), 3..6);
    }
}
