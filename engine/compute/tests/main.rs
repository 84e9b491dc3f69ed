//! Integration tests of the kernels.
#![allow(missing_docs)]

mod evaluator;
mod rowstore;
mod support;
