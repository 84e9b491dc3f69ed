//! Sums and means of floats.

use arrow::array::ArrayRef;
use arrow::buffer::NullBuffer;
use arrow::datatypes::DataType;
use bytemuck::{Pod, Zeroable};
use weft_core::Result;

use super::fold::Fold;
use super::natives;

/// The sum (or product) so far and how many values are in it.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct FloatState {
    pub(super) value: f64,
    pub(super) count: u64,
}

/// Sum or mean.
pub(super) struct FloatSum {
    /// Whether the sum is divided by the count.
    pub(super) mean: bool,
}

/// Eight running sums, so that the loop runs in vector registers.
fn sum(values: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    let blocks = values.chunks_exact(8);
    let rest: f64 = blocks.remainder().iter().sum();
    for block in blocks {
        for (lane, x) in lanes.iter_mut().zip(block) {
            *lane += x;
        }
    }
    lanes.iter().sum::<f64>() + rest
}

impl Fold for FloatSum {
    type Native = f64;
    type State = FloatState;

    #[inline]
    fn add(&self, state: &mut FloatState, value: f64) -> Result<()> {
        state.value += value;
        state.count += 1;
        Ok(())
    }

    fn add_all(&self, state: &mut FloatState, values: &[f64], nulls: Option<&NullBuffer>) -> Result<()> {
        match nulls {
            None => {
                state.value += sum(values);
                state.count += values.len() as u64;
            }
            Some(nulls) => nulls.valid_slices().try_for_each(|(start, end)| self.add_all(state, &values[start..end], None))?,
        }
        Ok(())
    }

    fn merge(&self, into: &mut FloatState, from: &FloatState) -> Result<()> {
        into.value += from.value;
        into.count += from.count;
        Ok(())
    }

    fn finish(&self, states: &[FloatState]) -> Result<ArrayRef> {
        let result = |s: &FloatState| (s.count > 0).then(|| if self.mean { s.value / s.count as f64 } else { s.value });
        natives::array(DataType::Float64, states.iter().map(result).collect())
    }
}
