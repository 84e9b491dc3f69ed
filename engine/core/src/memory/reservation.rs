//! What operators hold of the pool.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::{MemoryPool, human_bytes};
use crate::error::{Error, ErrorKind, Result};

/// One thing that is kept, in however many parts.
#[derive(Debug)]
struct State {
    pool: Arc<MemoryPool>,
    name: Arc<str>,
    spillable: AtomicBool,
    bytes: AtomicUsize,
}

/// Bytes that a state holds of the pool. Dropping it gives them back.
#[derive(Debug)]
pub struct Reservation {
    state: Arc<State>,
    bytes: usize,
}

impl Reservation {
    pub(super) fn new(pool: &Arc<MemoryPool>, name: Arc<str>, spillable: bool) -> Self {
        let spillable = AtomicBool::new(spillable);
        let state = State { pool: Arc::clone(pool), name, spillable, bytes: AtomicUsize::new(0) };
        Reservation { state: Arc::new(state), bytes: 0 }
    }

    /// Takes `bytes` more, or says which operator was refused how much. A state that can spill does so then and tries again.
    ///
    /// # Errors
    /// [`ErrorKind::Memory`]; nothing has changed then.
    pub fn try_grow(&mut self, bytes: usize) -> Result<()> {
        self.grow_to(bytes, self.ceiling(bytes))
    }

    /// Takes `bytes` more for work that cannot be left half done to spill: up to the limit, whatever the state's share.
    ///
    /// # Errors
    /// As [`try_grow`](Self::try_grow).
    pub fn grow_in_flight(&mut self, bytes: usize) -> Result<()> {
        self.grow_to(bytes, self.state.pool.limit())
    }

    fn grow_to(&mut self, bytes: usize, ceiling: usize) -> Result<()> {
        let pool = &self.state.pool;
        if pool.try_take(bytes, ceiling) {
            self.bytes += bytes;
            self.state.add(bytes);
            return Ok(());
        }
        let message = format!(
            "{} needs {} more than the memory limit of {} allows ({} in use)",
            self.state.name,
            human_bytes(bytes),
            human_bytes(pool.limit()),
            human_bytes(pool.used()),
        );
        Err(Error::new(ErrorKind::Memory, message)
            .with_help("raise it with `set memory_limit = \"8GB\"`, or reduce the rows or columns that reach this step"))
    }

    /// How full the pool may be for this state to grow by `bytes`.
    fn ceiling(&self, bytes: usize) -> usize {
        let pool = &self.state.pool;
        let over_share = self.state.spillable() && self.state.bytes().saturating_add(bytes) > pool.fair_share();
        if over_share { pool.refuse_from() } else { pool.limit() }
    }

    /// Whether the state should write itself out now: memory is short, and this state holds more than its share.
    /// Costs a few loads; to be asked once a chunk. Never for a state that cannot spill.
    pub fn should_spill(&self) -> bool {
        self.should_spill_again(0)
    }

    /// The same for what was written `times` times already, in smaller and smaller parts: `spill = "always"` writes it twice.
    pub fn should_spill_again(&self, times: usize) -> bool {
        let (pool, bytes) = (&self.state.pool, self.state.bytes());
        if !self.state.spillable() || bytes == 0 {
            return false;
        }
        let always = times < 2 && pool.always_spill.load(Ordering::Relaxed);
        always || bytes > pool.fair_share() && pool.is_under_pressure()
    }

    /// The state can no longer be written to disk: it has become something that others refer to. To be called while
    /// nobody else grows or shrinks it.
    pub fn pin(&self) {
        self.state.pin();
    }

    /// Gives `bytes` back, at most all.
    pub fn shrink(&mut self, bytes: usize) {
        let bytes = bytes.min(self.bytes);
        self.bytes -= bytes;
        self.state.remove(bytes);
        self.state.pool.give_back(bytes);
    }

    /// Gives all back.
    pub fn free(&mut self) {
        self.shrink(self.bytes);
    }

    /// Grows or shrinks to exactly `bytes`.
    ///
    /// # Errors
    /// As [`try_grow`](Self::try_grow).
    pub fn try_resize(&mut self, bytes: usize) -> Result<()> {
        if bytes > self.bytes {
            self.try_grow(bytes - self.bytes)
        } else {
            self.shrink(self.bytes - bytes);
            Ok(())
        }
    }

    /// Bytes of this part.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Bytes of the whole state, siblings included.
    pub fn state_bytes(&self) -> usize {
        self.state.bytes()
    }

    /// The operator's name.
    pub fn name(&self) -> &Arc<str> {
        &self.state.name
    }

    /// An empty part of the same state: it spills, or does not, together with this one.
    pub fn sibling(&self) -> Self {
        Reservation { state: Arc::clone(&self.state), bytes: 0 }
    }

    /// Hands `bytes` of this part to a part of their own, where it has as many.
    pub fn split(&mut self, bytes: usize) -> Option<Self> {
        self.bytes = self.bytes.checked_sub(bytes)?;
        Some(Reservation { state: Arc::clone(&self.state), bytes })
    }

    /// An empty state of the same operator, for what another worker keeps.
    pub fn another(&self) -> Self {
        Self::new(&self.state.pool, Arc::clone(&self.state.name), self.state.spillable())
    }

    /// Takes over all that `other`, a reservation of the same pool, holds.
    pub fn absorb(&mut self, mut other: Reservation) {
        let bytes = std::mem::take(&mut other.bytes);
        other.state.remove(bytes);
        self.bytes += bytes;
        self.state.add(bytes);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.free();
    }
}

impl State {
    fn spillable(&self) -> bool {
        self.spillable.load(Ordering::Relaxed)
    }

    fn pin(&self) {
        let bytes = self.bytes();
        if self.spillable.swap(false, Ordering::AcqRel) && bytes > 0 {
            self.pool.spillable.fetch_sub(1, Ordering::Relaxed);
            self.pool.fixed.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    fn add(&self, bytes: usize) {
        let before = self.bytes.fetch_add(bytes, Ordering::AcqRel);
        if !self.spillable() {
            self.pool.fixed.fetch_add(bytes, Ordering::Relaxed);
        } else if before == 0 && bytes > 0 {
            self.pool.spillable.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn remove(&self, bytes: usize) {
        let before = self.bytes.fetch_sub(bytes, Ordering::AcqRel);
        if !self.spillable() {
            self.pool.fixed.fetch_sub(bytes, Ordering::Relaxed);
        } else if before == bytes && bytes > 0 {
            self.pool.spillable.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
