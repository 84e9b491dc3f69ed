//! What each operator did: rows, bytes, time. Always on, one add per chunk.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counters of one operator of one running query, shared by its threads.
#[derive(Debug, Default)]
pub struct OperatorMetrics {
    /// The operator's name as `explain` shows it.
    pub name: String,
    /// Rows that came in.
    pub rows_in: Counter,
    /// Rows that went out.
    pub rows_out: Counter,
    /// Nanoseconds spent inside the operator, summed over threads.
    pub nanos: Counter,
    /// Bytes read from files.
    pub bytes_read: Counter,
    /// Files opened for their data (footers alone do not count).
    pub files: Counter,
    /// Row groups, or the format's like, that were read.
    pub row_groups_read: Counter,
    /// Row groups that statistics ruled out.
    pub row_groups_pruned: Counter,
    /// Data pages that were decoded.
    pub pages_read: Counter,
    /// Data pages that the page index ruled out.
    pub pages_pruned: Counter,
    /// Most bytes the operator held of the memory pool.
    pub peak_memory: Counter,
    /// Bytes written to spill files, as they lie on disk.
    pub spilled: Counter,
    /// Bytes read back from spill files.
    pub spill_read: Counter,
    /// Spill files that were made.
    pub spill_files: Counter,
}

impl OperatorMetrics {
    /// Counters at zero.
    pub fn new(name: impl Into<String>) -> Arc<Self> {
        Arc::new(OperatorMetrics { name: name.into(), ..Default::default() })
    }
}

/// A counter that threads add to without waiting for each other.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds `n`.
    pub fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    /// Keeps the greater of what stands and `n`.
    pub fn raise(&self, n: u64) {
        self.0.fetch_max(n, Ordering::Relaxed);
    }

    /// The count so far.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
