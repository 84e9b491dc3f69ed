//! Merging a task and handing out its groups.

use std::sync::Arc;

use weft_core::{Chunk, Result};

use super::GroupMerge;
use super::bundle::{Bundle, Outcome};
use super::output::MergedGroups;

/// The groups of one merge task, in no order. Made by [`GroupMerge::reader`].
#[derive(Debug)]
pub struct GroupReader {
    merge: Arc<GroupMerge>,
    /// What is still to be merged, the next last.
    bundles: Vec<Bundle>,
    groups: Option<MergedGroups>,
}

impl GroupReader {
    pub(super) fn new(merge: Arc<GroupMerge>, bundle: Bundle) -> Self {
        GroupReader { merge, bundles: vec![bundle], groups: None }
    }

    /// The next groups, at most `max_rows` of them: the columns of [`GroupSpec::output_types`]. Memory is given back as
    /// it goes.
    ///
    /// [`GroupSpec::output_types`]: super::GroupSpec::output_types
    ///
    /// # Errors
    /// When the memory limit refuses, the query was cancelled, or an aggregate fails.
    pub fn next_chunk(&mut self, max_rows: usize) -> Result<Option<Chunk>> {
        loop {
            self.merge.work.cancel.check()?;
            if let Some(groups) = &mut self.groups
                && let Some(chunk) = groups.next_chunk(max_rows)?
            {
                return Ok(Some(chunk));
            }
            self.groups = self.next_groups()?;
            if self.groups.is_none() {
                return Ok(None);
            }
        }
    }

    /// The next groups that were merged together.
    pub(super) fn next_groups(&mut self) -> Result<Option<MergedGroups>> {
        // What was handed out before makes room for what comes.
        self.groups = None;
        while let Some(bundle) = self.bundles.pop() {
            let merge = &self.merge;
            if merge.spec.keys.is_empty() {
                return merge.merge_single(bundle).map(Some);
            }
            match bundle.merge(&merge.spec, &merge.reservation, &merge.work)? {
                Outcome::Groups(groups) => return Ok(Some(groups)),
                Outcome::Apart(bundles) => self.bundles.extend(bundles.into_iter().rev()),
            }
        }
        Ok(None)
    }
}
