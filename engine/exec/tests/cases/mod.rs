//! Queries on the engine's own threads.

mod group;
mod order;
mod runtime;
