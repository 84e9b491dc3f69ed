//! Variance by running mean and squared distances (Welford; merged as Chan does), stable where squares cancel.

use arrow::array::ArrayRef;
use arrow::buffer::NullBuffer;
use arrow::datatypes::DataType;
use bytemuck::{Pod, Zeroable};
use weft_core::Result;

use super::fold::Fold;
use super::natives;

/// Count, mean and summed squared distances from it.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Moments {
    count: u64,
    mean: f64,
    squares: f64,
}

/// Sample variance, or its root.
pub(super) struct Variance {
    /// Whether the result is the standard deviation.
    pub(super) root: bool,
}

impl Fold for Variance {
    type Native = f64;
    type State = Moments;

    #[inline]
    fn add(&self, state: &mut Moments, value: f64) -> Result<()> {
        state.count += 1;
        let distance = value - state.mean;
        state.mean += distance / state.count as f64;
        state.squares += distance * (value - state.mean);
        Ok(())
    }

    /// Two passes over a block are faster than a division a value, and as stable.
    fn add_all(&self, state: &mut Moments, values: &[f64], nulls: Option<&NullBuffer>) -> Result<()> {
        let valid = |i: &usize| nulls.is_none_or(|n| n.is_valid(*i));
        let rows = || (0..values.len()).filter(valid);
        let count = rows().count();
        if count == 0 {
            return Ok(());
        }
        let mean = rows().map(|i| values[i]).sum::<f64>() / count as f64;
        let squares = rows().map(|i| (values[i] - mean).powi(2)).sum();
        self.merge(state, &Moments { count: count as u64, mean, squares })
    }

    fn merge(&self, into: &mut Moments, from: &Moments) -> Result<()> {
        if from.count == 0 {
            return Ok(());
        }
        let (n, m) = (into.count as f64, from.count as f64);
        let distance = from.mean - into.mean;
        into.count += from.count;
        into.mean += distance * m / (n + m);
        into.squares += from.squares + distance * distance * n * m / (n + m);
        Ok(())
    }

    fn finish(&self, states: &[Moments]) -> Result<ArrayRef> {
        let result = |s: &Moments| {
            let variance = (s.count > 1).then(|| s.squares / (s.count - 1) as f64)?;
            Some(if self.root { variance.sqrt() } else { variance })
        };
        natives::array(DataType::Float64, states.iter().map(result).collect())
    }
}
