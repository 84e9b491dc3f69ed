//! Sources driven through the core's contracts, on files that the tests write.

mod corpora;
mod csv;
mod download;
mod functions;
mod listing;
mod memory;
mod parquet;
mod range;
mod support;
mod tpch;
