//! Sources driven through the core's contracts, on files that the tests write.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod corpora;
mod csv;
mod download;
mod flat;
mod functions;
mod listing;
mod memory;
mod parquet;
mod range;
mod support;
mod tpch;
