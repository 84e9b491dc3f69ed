//! What long work of an operator may use besides memory: its token, and the place to spill to.

use std::sync::Arc;

use weft_core::spill::{SpillManager, SpillWriter};
use weft_core::{CancelToken, Error, OperatorMetrics, Result};

/// Handed to tables that can grow past the memory that there is.
#[derive(Debug, Clone, Default)]
pub struct Work {
    /// Asked at least once for each chunk's worth of work.
    pub cancel: CancelToken,
    spill: Option<(Arc<SpillManager>, Arc<OperatorMetrics>)>,
}

impl Work {
    /// Work that cannot spill: it is refused when memory runs short.
    pub fn new(cancel: &CancelToken) -> Self {
        Work { cancel: cancel.clone(), spill: None }
    }

    /// Lets it spill; the bytes are counted in `metrics`.
    pub fn spilling(mut self, manager: &Arc<SpillManager>, metrics: &Arc<OperatorMetrics>) -> Self {
        self.spill = Some((Arc::clone(manager), Arc::clone(metrics)));
        self
    }

    /// Whether it can spill.
    pub fn can_spill(&self) -> bool {
        self.spill.is_some()
    }

    /// Notes what is held before it is written out.
    pub(crate) fn note_peak(&self, bytes: usize) {
        if let Some((_, metrics)) = &self.spill {
            metrics.peak_memory.raise(bytes as u64);
        }
    }

    /// A new file.
    pub(crate) fn spill_file(&self, operator: &str) -> Result<SpillWriter> {
        let (manager, metrics) =
            self.spill.as_ref().ok_or_else(|| Error::internal(format!("{operator} has nowhere to spill to")))?;
        manager.create(operator, metrics)
    }
}
