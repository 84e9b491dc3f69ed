//! What the ranking functions share: numbers counted from the partition's first row.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array};
use weft_core::function::Signature;
use weft_core::{Result, Type, WindowKernel, WindowRows};

/// No arguments, and an `int`.
pub(super) fn whole() -> Signature {
    Signature { args: Vec::new(), output: Type::Int64 }
}

/// No arguments, and a `float`.
pub(super) fn share() -> Signature {
    Signature { args: Vec::new(), output: Type::Float64 }
}

/// A run of rows with equal keys, as ranks see it.
pub(super) struct Peers {
    /// Rows of the partition before it.
    pub(super) before: u32,
    /// Runs of the partition before it.
    pub(super) runs_before: u32,
    /// Rows of the partition up to its end.
    pub(super) through: u32,
    /// Rows of the partition.
    pub(super) rows: u32,
}

/// A rank that is the same for all peers.
pub(super) struct Rank<T>(pub(super) fn(&Peers) -> T);

impl<T: Copy> Rank<T> {
    fn values(&self, rows: &WindowRows<'_>) -> Vec<T> {
        let mut values = Vec::with_capacity(rows.len());
        let mut partition = 0..0;
        let mut first_run = 0;
        rows.each_peers(|number, run, part| {
            if run.start >= partition.end {
                partition = rows.partition_of(run.start);
                first_run = weft_core::window::run_of(rows.peers, partition.start);
            }
            let peers = Peers {
                before: run.start - partition.start,
                runs_before: (number - first_run) as u32,
                through: run.end - partition.start,
                rows: partition.len() as u32,
            };
            values.resize(values.len() + part.len(), (self.0)(&peers));
        });
        values
    }
}

impl WindowKernel for Rank<i64> {
    fn evaluate(&self, _: &[ArrayRef], rows: &WindowRows<'_>) -> Result<ArrayRef> {
        Ok(Arc::new(Int64Array::from(self.values(rows))))
    }
}

impl WindowKernel for Rank<f64> {
    fn evaluate(&self, _: &[ArrayRef], rows: &WindowRows<'_>) -> Result<ArrayRef> {
        Ok(Arc::new(Float64Array::from(self.values(rows))))
    }
}
