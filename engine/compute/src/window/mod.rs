//! Window functions and aggregates over frames, for rows of whole partitions.
//!
//! ```text
//! keys → numbers of partitions ─┬→ aggregates of whole partitions: folded, no order needed
//!                               └→ Arrangement (partition by partition, each in order) → frames → results → input order
//! ```
//!
//! An aggregate over sliding frames is never folded anew for each row where its states can be merged or its result is a
//! value of the frame: prefixes and trees of states ([`prefix`], [`tree`]), or a queue of candidates ([`pick`]).

mod arrange;
mod distinct;
mod evaluate;
mod fold;
mod frames;
mod pick;
mod prefix;
mod refold;
mod sorted;
mod spec;
mod states;
mod tree;

pub use evaluate::{CallInput, WindowInput};
pub use spec::WindowSpec;

/// Rows between two looks at the token.
const BLOCK_ROWS: usize = 16_384;
