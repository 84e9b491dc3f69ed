//! What does not fit into memory, on disk for as long as a query runs.
//!
//! A [`SpillManager`] knows the folder and how much may lie there. [`SpillManager::create`] makes a file that has no name
//! (so a crash leaves nothing behind) and that goes when its last holder drops it. A [`SpillWriter`] appends blocks,
//! each compressed with LZ4 by itself; its [`SpillFile`] reads them from any thread, also while more are written.
//! A [`SpillBlock`] says where a block lies and stays in memory. Blocks of 256 KiB to 1 MiB are read and written well.
//! [`ChunkSpill`] writes chunks of columns that way.
//!
//! An error here says which operator was writing or reading, where, and what to do; it ends that query alone.

mod chunks;
mod columns;
mod disk;
mod file;
mod manager;
#[cfg(test)]
mod tests;

pub use chunks::{ChunkSpill, SpilledChunk, SpilledChunks};
pub use file::{SpillBlock, SpillFile, SpillWriter};
pub use manager::SpillManager;
