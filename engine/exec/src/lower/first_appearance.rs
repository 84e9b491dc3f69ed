//! Groups and distinct rows by first appearance, where that is observed.

use std::sync::Arc;

use weft_compute::group::POSITION_TYPES;
use weft_compute::sort::KeyOrder;
use weft_core::error::Result;

use super::{Fragment, Lowering};
use crate::sinks::sort::SortSink;

impl Lowering<'_> {
    /// Sorts by the position that stands behind the first `width` columns, and drops it.
    pub(super) fn by_first_appearance(&mut self, input: Fragment, width: usize) -> Result<Fragment> {
        let order = |ty| KeyOrder { ty, descending: false, nulls_first: false };
        let sink = Arc::new(SortSink::new(self.shared, POSITION_TYPES.map(order).to_vec(), width)?);
        let output = sink.output();
        let done = self.end(input, sink);
        Ok(Fragment::new(output, vec![done]))
    }
}
