//! Hash joins: build rows of all threads in one table, linked where keys repeat, probed a vector at a time.
//!
//! ```text
//! JoinBuilder::push (one per thread) → JoinBuild::new → build(partition) on any thread → finish → JoinTable
//! JoinProbe::begin(keys) → next(max) → (probe rows, build rows) → JoinTable::payload
//! ```
//!
//! Builders that are short of memory write their rows to disk, separated by digits of the hashes of their keys
//! ([`SpilledBuild`]); the caller separates probe rows the same way ([`JoinSpec::digits`]) and joins part by part.

mod build;
mod probe;
mod spilled;
mod table;

use std::sync::Arc;

use weft_core::{Error, Reservation, Result, Series, Type};

pub use build::{JoinBuild, JoinBuilder};
pub use probe::{JoinMatches, JoinProbe};
pub use spilled::{BuildPart, Loaded, SpilledBuild};
pub use table::{BuildRow, JoinScan, JoinTable};

use crate::hash::prepare;
use crate::rows::{Extras, Layout, Numbers, digit, digits};

/// What a join is built of: shared by the builders of all threads.
#[derive(Debug)]
pub struct JoinSpec {
    pub(crate) layout: Arc<Layout>,
    pub(crate) numbers: Numbers,
    /// Whether nulls match each other, for each key.
    pub(crate) null_safe: Vec<bool>,
}

/// What a join table keeps besides keys and payload.
#[derive(Debug, Clone, Copy, Default)]
pub struct JoinOptions {
    /// Matches of one probe row come in the order of the build rows' positions, whatever the number of threads.
    pub ordered: bool,
    /// Each build row has a mark for being matched (right and full joins).
    pub marks: bool,
}

impl JoinSpec {
    /// A join on `keys`; nulls match nulls only where `null_safe` says so. `payload` are the build columns that come out.
    pub fn new(keys: &[Type], null_safe: &[bool], payload: &[Type], options: JoinOptions) -> Result<Arc<Self>> {
        if keys.is_empty() || keys.len() != null_safe.len() {
            return Err(Error::internal("a hash join needs keys, and for each whether its nulls match"));
        }
        let extras = Extras { next: true, position: options.ordered, mark: options.marks };
        let layout = Arc::new(Layout::new(keys, payload, &[], extras)?);
        Ok(Arc::new(JoinSpec { layout, numbers: Numbers::default(), null_safe: null_safe.to_vec() }))
    }

    /// For each of `rows` rows with these keys the digit of its hash at a level, from 0 on.
    pub fn digits(&self, keys: &[Series], rows: usize, level: usize) -> Result<Vec<u16>> {
        let mut hashes = Vec::new();
        prepare(&self.layout, keys, rows, &mut hashes)?;
        Ok(hashes.into_iter().map(|hash| digit(hash, level) as u16).collect())
    }

    /// How many digits there are at a level.
    pub fn digit_count(level: usize) -> usize {
        digits(level)
    }

    /// An empty builder for one thread, for the operator that `reservation` belongs to.
    pub fn builder(self: &Arc<Self>, reservation: &Reservation) -> Result<JoinBuilder> {
        JoinBuilder::new(Arc::clone(self), reservation)
    }
}
