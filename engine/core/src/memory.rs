//! The memory budget: one pool, reservations that give back what they hold.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::{Error, ErrorKind, Result};

/// The unit in which operators reserve memory for what they keep: one page of the row store.
pub const PAGE_BYTES: usize = 256 * 1024;

/// A budget in bytes shared by everything that a session keeps.
///
/// `try_reserve` comes before the allocation. The pool does not spill by itself: an operator that is refused
/// spills or fails with an error that names it.
#[derive(Debug)]
pub struct MemoryPool {
    limit: AtomicUsize,
    used: AtomicUsize,
    peak: AtomicUsize,
}

impl MemoryPool {
    /// A pool of `limit` bytes.
    pub fn new(limit: usize) -> Arc<Self> {
        Arc::new(MemoryPool { limit: AtomicUsize::new(limit), used: AtomicUsize::new(0), peak: AtomicUsize::new(0) })
    }

    /// The budget in bytes.
    pub fn limit(&self) -> usize {
        self.limit.load(Ordering::Relaxed)
    }

    /// Changes the budget; what is reserved already stays.
    pub fn set_limit(&self, bytes: usize) {
        self.limit.store(bytes, Ordering::Relaxed);
    }

    /// Bytes reserved now.
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// The most bytes that were ever reserved at once.
    pub fn peak(&self) -> usize {
        self.peak.load(Ordering::Relaxed)
    }

    /// An empty reservation for the operator called `name`.
    pub fn reservation(self: &Arc<Self>, name: impl Into<Arc<str>>) -> Reservation {
        Reservation { pool: Arc::clone(self), name: name.into(), bytes: 0 }
    }

    fn try_take(&self, bytes: usize) -> bool {
        let limit = self.limit();
        let taken = self
            .used
            .fetch_update(Ordering::AcqRel, Ordering::Relaxed, |used| used.checked_add(bytes).filter(|&total| total <= limit));
        match taken {
            Ok(before) => {
                self.peak.fetch_max(before + bytes, Ordering::Relaxed);
                true
            }
            Err(_) => false,
        }
    }

    fn give_back(&self, bytes: usize) {
        self.used.fetch_sub(bytes, Ordering::AcqRel);
    }
}

/// Bytes that one operator holds of the pool. Dropping it gives them back.
#[derive(Debug)]
pub struct Reservation {
    pool: Arc<MemoryPool>,
    name: Arc<str>,
    bytes: usize,
}

impl Reservation {
    /// Takes `bytes` more, or says which operator was refused how much.
    pub fn try_grow(&mut self, bytes: usize) -> Result<()> {
        if self.pool.try_take(bytes) {
            self.bytes += bytes;
            return Ok(());
        }
        let message = format!(
            "{} needs {} more than the memory limit of {} allows ({} in use)",
            self.name,
            human_bytes(bytes),
            human_bytes(self.pool.limit()),
            human_bytes(self.pool.used()),
        );
        Err(Error::new(ErrorKind::Memory, message)
            .with_help("raise it with `set memory_limit = \"8GB\"`, or reduce the rows or columns that reach this step"))
    }

    /// Gives `bytes` back, at most all.
    pub fn shrink(&mut self, bytes: usize) {
        let bytes = bytes.min(self.bytes);
        self.bytes -= bytes;
        self.pool.give_back(bytes);
    }

    /// Grows or shrinks to exactly `bytes`.
    pub fn try_resize(&mut self, bytes: usize) -> Result<()> {
        if bytes > self.bytes {
            self.try_grow(bytes - self.bytes)
        } else {
            self.shrink(self.bytes - bytes);
            Ok(())
        }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// An empty reservation of the same operator, for another thread.
    pub fn sibling(&self) -> Self {
        Reservation { pool: Arc::clone(&self.pool), name: Arc::clone(&self.name), bytes: 0 }
    }

    /// Takes over all that `other` holds.
    pub fn absorb(&mut self, mut other: Reservation) {
        self.bytes += std::mem::take(&mut other.bytes);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.pool.give_back(self.bytes);
    }
}

/// `1536` as `1.5 KiB`: binary units, one digit after the point above bytes.
pub fn human_bytes(bytes: usize) -> String {
    const UNITS: [&str; 5] = ["bytes", "KiB", "MiB", "GiB", "TiB"];
    let mut size = bytes as f64;
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} bytes") } else { format!("{size:.1} {}", UNITS[unit]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reservation_gives_back_what_it_took_and_refuses_past_the_limit() {
        let pool = MemoryPool::new(1000);
        let mut sort = pool.reservation("sort");
        sort.try_grow(600).unwrap();
        let mut join = pool.reservation("join");
        let refused = join.try_grow(500).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Memory);
        assert!(refused.message().starts_with("join needs 500 bytes"), "{refused}");
        drop(sort);
        join.try_grow(500).unwrap();
        join.try_resize(200).unwrap();
        assert_eq!((pool.used(), pool.peak()), (200, 600));
    }

    #[test]
    fn sizes_read_well() {
        assert_eq!(human_bytes(12), "12 bytes");
        assert_eq!(human_bytes(1536), "1.5 KiB");
    }
}
