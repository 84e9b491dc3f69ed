//! One token per query that every loop asks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::error::{Error, Result};

/// Shared by all threads of a query. Checked at least once per chunk, heavy row or MiB of input.
#[derive(Debug, Clone, Default)]
pub struct CancelToken(Arc<State>);

#[derive(Debug, Default)]
struct State {
    cancelled: AtomicBool,
    checks: AtomicU64,
}

impl CancelToken {
    /// A token that nobody has cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the query to stop. May be called from any thread, any number of times.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Release);
    }

    /// Whether the query was asked to stop, without counting as a check.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Acquire)
    }

    /// An error once the query was asked to stop.
    pub fn check(&self) -> Result<()> {
        self.0.checks.fetch_add(1, Ordering::Relaxed);
        if self.is_cancelled() { Err(Error::cancelled()) } else { Ok(()) }
    }

    /// How often [`check`](Self::check) was asked: tests bound the work between two checks with it.
    pub fn checks(&self) -> u64 {
        self.0.checks.load(Ordering::Relaxed)
    }
}
