//! The rows of a join's build side as a set that expressions look into.

use std::fmt;

use arrow::buffer::BooleanBuffer;
use weft_core::Series;
use weft_core::error::{Error, Result};
use weft_core::subquery::Membership;

use super::build::SharedTable;

/// A set that is there once the build side is.
pub(crate) struct BuiltSet(SharedTable);

impl BuiltSet {
    pub(crate) fn new(table: SharedTable) -> Self {
        BuiltSet(table)
    }
}

impl fmt::Debug for BuiltSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a set of {} rows", self.0.get().map_or(0, |t| t.rows()))
    }
}

impl Membership for BuiltSet {
    fn contains(&self, values: &Series) -> Result<BooleanBuffer> {
        let table = self.0.get().ok_or_else(|| Error::internal("a set that was not built"))?;
        let mut probe = table.probe();
        probe.begin(std::slice::from_ref(values), values.len())?;
        Ok(probe.matched())
    }
}
