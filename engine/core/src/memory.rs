//! The memory budget: one pool, states that hold some of it, and who gives way when it runs short.
//!
//! What an operator keeps is a *state*, made by [`MemoryPool::reservation`] (it cannot be written to disk) or
//! [`MemoryPool::spillable`] (it can). Each worker's sink state is a state of its own. A [`Reservation`] is a part of a
//! state's bytes; its [`sibling`](Reservation::sibling)s are other parts of the same state (its pages, its slots).
//! Reserving comes before allocating.
//!
//! Three rules share the budget:
//!
//! 1. **Operators are told to spill before they are refused.** Above three quarters of the limit
//!    ([`Reservation::should_spill`], to be asked once a chunk) states that hold more than their fair share write
//!    themselves out: three quarters, less what cannot spill, by the number of spillable states that hold anything.
//!    A large state so gives way to those that need little, and those never hear of it.
//! 2. **The last eighth is an allowance** for what cannot spill and for states below their share: a spillable state above
//!    its share is refused ([`Reservation::try_grow`]) at seven eighths of the limit.
//! 3. **Refused for good** is only who asks for more than the whole limit leaves: an error that names the operator.
//!
//! So an operator that can spill does this, and nothing else:
//!
//! ```text
//! once a chunk, before it takes the chunk:  if reservation.should_spill() { write out, shrink }
//! when try_grow refuses:                    write out what there is, shrink, try again; then pass the error on
//! ```
//!
//! DuckDB divides memory among operators by a cost model, DataFusion's fair pool gives each spillable consumer a fixed
//! share even where nobody else wants the rest. Here shares count only under pressure, so that a lone sort has it all.

mod reservation;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

pub use reservation::Reservation;

/// The unit in which operators reserve memory for what they keep: one page of the row store.
pub const PAGE_BYTES: usize = 256 * 1024;

/// A budget in bytes shared by everything that a session keeps. See the [module](self) for how it is shared.
pub struct MemoryPool {
    limit: AtomicUsize,
    used: AtomicUsize,
    peak: AtomicUsize,
    /// Of `used`, what cannot spill.
    fixed: AtomicUsize,
    /// Spillable states that hold something.
    spillable: AtomicUsize,
    always_spill: AtomicBool,
}

impl MemoryPool {
    /// A pool of `limit` bytes.
    pub fn new(limit: usize) -> Arc<Self> {
        Arc::new(MemoryPool {
            limit: AtomicUsize::new(limit),
            used: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            fixed: AtomicUsize::new(0),
            spillable: AtomicUsize::new(0),
            always_spill: AtomicBool::new(false),
        })
    }

    /// The budget in bytes.
    pub fn limit(&self) -> usize {
        self.limit.load(Ordering::Relaxed)
    }

    /// Changes the budget; what is reserved already stays.
    pub fn set_limit(&self, bytes: usize) {
        self.limit.store(bytes, Ordering::Relaxed);
    }

    /// Lets every state that can spill do so whenever it is asked and holds anything: the setting `spill = "always"`, by
    /// which tests see that spilling changes no answer.
    pub fn set_always_spill(&self, always: bool) {
        self.always_spill.store(always, Ordering::Relaxed);
    }

    /// Bytes reserved now.
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// The most bytes that were ever reserved at once.
    pub fn peak(&self) -> usize {
        self.peak.load(Ordering::Relaxed)
    }

    /// A new state of the operator called `name` that cannot be written to disk; empty.
    pub fn reservation(self: &Arc<Self>, name: impl Into<Arc<str>>) -> Reservation {
        Reservation::new(self, name.into(), false)
    }

    /// A new state of the operator called `name` that can be written to disk; empty.
    pub fn spillable(self: &Arc<Self>, name: impl Into<Arc<str>>) -> Reservation {
        Reservation::new(self, name.into(), true)
    }

    /// Above this, states over their share spill.
    fn spill_from(&self) -> usize {
        self.limit() / 4 * 3
    }

    /// A spillable state over its share may not grow past this.
    fn refuse_from(&self) -> usize {
        self.limit() / 8 * 7
    }

    /// What a spillable state may hold under pressure: never so little that spilling it is not worth a write.
    pub fn fair_share(&self) -> usize {
        let states = self.spillable.load(Ordering::Relaxed).max(1);
        let shared = self.spill_from().saturating_sub(self.fixed.load(Ordering::Relaxed));
        (shared / states).max(self.limit() / 32)
    }

    /// Whether little is left.
    fn is_under_pressure(&self) -> bool {
        self.used() > self.spill_from()
    }

    /// Takes bytes as long as no more than `ceiling` are in use then.
    fn try_take(&self, bytes: usize, ceiling: usize) -> bool {
        let fits = |used: usize| used.checked_add(bytes).filter(|&total| total <= ceiling);
        match self.used.fetch_update(Ordering::AcqRel, Ordering::Relaxed, fits) {
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

impl std::fmt::Debug for MemoryPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (limit, used, peak) = (self.limit(), self.used(), self.peak());
        f.debug_struct("MemoryPool").field("limit", &limit).field("used", &used).field("peak", &peak).finish_non_exhaustive()
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
