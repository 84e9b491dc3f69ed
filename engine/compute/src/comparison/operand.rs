//! One side of a comparison: an array, or one value for all rows that is not expanded.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Datum};
use weft_core::{Result, Series};

/// An array, or a single value.
pub(super) struct Operand {
    array: ArrayRef,
    scalar: bool,
}

impl Operand {
    pub(super) fn new(series: &Series) -> Result<Self> {
        Ok(match series.as_constant() {
            Some(value) => Operand { array: Arc::clone(value), scalar: true },
            None => Operand { array: series.to_flat()?, scalar: false },
        })
    }

    /// The same operand over another array of as many values.
    pub(super) fn with_array(&self, array: ArrayRef) -> Self {
        Operand { array, scalar: self.scalar }
    }

    pub(super) fn array(&self) -> &ArrayRef {
        &self.array
    }

    pub(super) fn is_scalar(&self) -> bool {
        self.scalar
    }
}

impl Datum for Operand {
    fn get(&self) -> (&dyn Array, bool) {
        (&self.array, self.scalar)
    }
}
