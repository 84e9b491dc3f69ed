//! Execution from the outside: plans in, rows out, under several configurations.

#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cases;
mod support;
