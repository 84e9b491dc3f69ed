//! Files of this machine: paths, globs, identities, positional reads.

mod file;
mod glob;
mod nearest;
mod path;

pub(crate) use file::{FileId, LocalFile};
pub(crate) use glob::{Found, Walk, find};
pub(crate) use nearest::missing;
pub(crate) use path::{resolve, show};
