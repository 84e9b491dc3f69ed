//! Tests of the functions through their contracts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod aggregates;
mod conformance;
mod harness;
mod values;
