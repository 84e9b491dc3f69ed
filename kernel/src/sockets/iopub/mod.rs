//! IOPub: one task that publishes, in order, without losing and without stalling for ever.
//!
//! Cells push from their threads into a queue bounded in bytes; the task coalesces streams,
//! paces what would make a notebook server cut the output off, and hands each subscriber its own
//! outbox. A subscriber that is slow slows the cell down once its outbox is full; one that does
//! not read at all is evicted after two seconds.

mod budget;
mod coalesce;
mod pace;
pub mod publisher;
mod subscribers;
mod task;

pub use publisher::{IoPub, Output};
