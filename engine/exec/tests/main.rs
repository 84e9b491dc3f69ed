//! Execution from the outside: plans in, rows out, under several configurations.

#![allow(missing_docs, unreachable_pub)]

mod cases;
mod support;
