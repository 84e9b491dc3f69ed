//! Tests of pictures through the public functions, on pictures made here.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod columns;
mod files;
mod sample;
