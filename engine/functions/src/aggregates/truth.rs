//! Whether all or any of the truth values are true; also their least and greatest.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray};
use bytemuck::{Pod, Zeroable};
use weft_core::states::{StateHeap, States};
use weft_core::{Aggregator, Error, Result};

use super::natives;
use crate::kernel::columns::each_valid;

/// Whether a true and whether a false value was seen.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Seen {
    yes: u32,
    no: u32,
}

/// The aggregator.
pub(super) struct Truth {
    /// Whether one true value is enough.
    pub(super) any: bool,
}

fn booleans(args: &[ArrayRef]) -> Result<&BooleanArray> {
    natives::first(args)?.as_boolean_opt().ok_or_else(|| Error::internal("an aggregate of truth values met others"))
}

impl Aggregator for Truth {
    fn state_bytes(&self) -> usize {
        size_of::<Seen>()
    }

    fn update(&self, states: &mut States<'_>, args: &[ArrayRef], _: &mut dyn StateHeap) -> Result<()> {
        let values = booleans(args)?;
        each_valid(values.nulls(), values.len(), |i| {
            let (seen, value) = (states.get::<Seen>(i), u32::from(values.value(i)));
            seen.yes |= value;
            seen.no |= 1 - value;
        });
        Ok(())
    }

    fn update_one(&self, states: &mut States<'_>, args: &[ArrayRef], _: usize, _: &mut dyn StateHeap) -> Result<()> {
        let values = booleans(args)?;
        let seen = states.get::<Seen>(0);
        seen.yes |= u32::from(values.true_count() > 0);
        seen.no |= u32::from(values.false_count() > 0);
        Ok(())
    }

    fn merge(&self, into: &mut States<'_>, _: &mut dyn StateHeap, from: &mut States<'_>, _: &dyn StateHeap) -> Result<()> {
        for i in 0..into.len() {
            let other = *from.get::<Seen>(i);
            let seen = into.get::<Seen>(i);
            seen.yes |= other.yes;
            seen.no |= other.no;
        }
        Ok(())
    }

    fn finish(&self, states: &mut States<'_>, _: &dyn StateHeap) -> Result<ArrayRef> {
        let result = |s: Seen| (s.yes | s.no != 0).then_some(if self.any { s.yes == 1 } else { s.no == 0 });
        Ok(Arc::new((0..states.len()).map(|i| result(*states.get(i))).collect::<BooleanArray>()))
    }
}
