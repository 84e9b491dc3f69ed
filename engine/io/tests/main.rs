//! Sources driven through the core's contracts, on files that the tests write.

mod corpora;
mod functions;
mod memory;
mod parquet;
mod range;
mod support;
