//! Integration tests of the kernels.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod casts;
mod comparison;
mod evaluator;
mod rowstore;
mod support;
