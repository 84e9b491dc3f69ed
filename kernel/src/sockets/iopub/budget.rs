//! Bounds the output that is on its way from cells to the publishing task.

use parking_lot::{Condvar, Mutex};

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

    /// Waits until there is room, then takes `bytes`.
    pub(super) fn acquire(&self, bytes: usize) {
        let mut used = self.used.lock();
        while *used > 0 && *used + bytes > self.limit {
            self.freed.wait(&mut used);
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
        budget.acquire(8);
        let other = Arc::clone(&budget);
        let waiting = std::thread::spawn(move || other.acquire(5));
        std::thread::sleep(Duration::from_millis(20));
        assert!(!waiting.is_finished());
        budget.release(8);
        waiting.join().unwrap();
    }

    #[test]
    fn one_large_output_passes_alone() {
        Budget::new(10).acquire(1000);
    }
}
