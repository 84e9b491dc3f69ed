//! Integration tests of the kernels.
#![allow(missing_docs)]

mod casts;
mod evaluator;
mod rowstore;
mod support;
