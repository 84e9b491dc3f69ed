//! Sources driven through the core's contracts, on files that the tests write.

mod memory;
mod range;
mod support;
