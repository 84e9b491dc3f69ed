//! Tests of the functions through their contracts.

mod aggregates;
mod conformance;
mod harness;
mod values;
