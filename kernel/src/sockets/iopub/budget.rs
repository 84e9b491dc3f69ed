//! Bounds the output that is on its way from cells to the publishing task.

use parking_lot::{Condvar, Mutex};
use std::time::Duration;
use weft_core::CancelToken;

/// How soon a waiting cell notices that it was interrupted.
const POLL: Duration = Duration::from_millis(20);

/// Bytes in flight. What exceeds the limit alone is let through when nothing else is in flight.
#[derive(Debug)]
pub(super) struct Budget {
    limit: usize,
    used: Mutex<usize>,
    freed: Condvar,
}

impl Budget {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, used: Mutex::new(0), freed: Condvar::new() }
    }

    /// Waits until there is room, then takes `bytes`. An interrupted cell does not wait: it is
    /// about to end, and what it still writes is little.
    pub(super) fn acquire(&self, bytes: usize, cancel: &CancelToken) {
        let mut used = self.used.lock();
        while *used > 0 && *used + bytes > self.limit && !cancel.is_cancelled() {
            self.freed.wait_for(&mut used, POLL);
        }
        *used += bytes;
    }

    /// Gives `bytes` back.
    pub(super) fn release(&self, bytes: usize) {
        let mut used = self.used.lock();
        *used = used.saturating_sub(bytes);
        self.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::time::Duration;

    #[test]
    fn a_full_budget_waits_for_a_release() {
        let budget = Arc::new(Budget::new(10));
        budget.acquire(8, &CancelToken::new());
        let other = Arc::clone(&budget);
        let waiting = std::thread::spawn(move || other.acquire(5, &CancelToken::new()));
        std::thread::sleep(Duration::from_millis(20));
        assert!(!waiting.is_finished());
        budget.release(8);
        waiting.join().unwrap();
    }

    #[test]
    fn one_large_output_passes_alone() {
        Budget::new(10).acquire(1000, &CancelToken::new());
    }

    #[test]
    fn an_interrupted_cell_does_not_wait() {
        let budget = Budget::new(10);
        let cancel = CancelToken::new();
        budget.acquire(8, &cancel);
        cancel.cancel();
        budget.acquire(8, &cancel);
    }
}
