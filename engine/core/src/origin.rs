//! Where in a cell something was written, carried opaquely through plans and execution.

use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

/// A place in the source text. The engine carries it and never looks inside; the language makes it and reads it back.
///
/// All origins compare equal, so that plans which differ only in where they were written are the same plan:
/// common-subplan search, fingerprints and the result cache rely on it. Use [`Origin::place`] to tell two apart.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Origin {
    cell: u32,
    start: u32,
    end: u32,
}

impl Origin {
    /// The origin of what no cell wrote.
    pub const NONE: Origin = Origin { cell: 0, start: 0, end: 0 };

    /// An origin in cell number `cell` (from 1), bytes `start..end` of its text.
    pub fn new(cell: u32, start: usize, end: usize) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Origin { cell, start: clamp(start), end: clamp(end) }
    }

    /// `(cell, start, end)`, or nothing for [`Origin::NONE`].
    pub fn place(self) -> Option<(u32, usize, usize)> {
        (self.cell != 0).then_some((self.cell, self.start as usize, self.end as usize))
    }
}

impl PartialEq for Origin {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Origin {}

impl Hash for Origin {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}
