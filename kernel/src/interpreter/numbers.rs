//! Numbers of cells: by them the engine's errors find the text that they belong to.

use std::sync::atomic::{AtomicU32, Ordering};

/// From here on, cells that a front end does not count.
const UNCOUNTED: u32 = 1 << 31;

/// Gives every cell a number of its own: the one that the user sees, wherever it is new.
pub(super) struct Numbers {
    counted: AtomicU32,
    uncounted: AtomicU32,
}

impl Default for Numbers {
    fn default() -> Self {
        Numbers { counted: AtomicU32::new(0), uncounted: AtomicU32::new(UNCOUNTED) }
    }
}

impl Numbers {
    /// The number of a cell that starts now and is shown as `wanted`.
    pub(super) fn claim(&self, wanted: usize) -> u32 {
        let wanted = u32::try_from(wanted).unwrap_or(UNCOUNTED);
        let is_new = wanted < UNCOUNTED && self.counted.fetch_max(wanted, Ordering::Relaxed) < wanted;
        if is_new { wanted } else { self.uncounted.fetch_add(1, Ordering::Relaxed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_cells_share_a_number() {
        let numbers = Numbers::default();
        assert_eq!([1, 2, 2, 3].map(|n| numbers.claim(n)), [1, 2, UNCOUNTED, 3]);
        assert_eq!(numbers.claim(0), UNCOUNTED + 1);
    }
}
