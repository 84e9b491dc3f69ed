//! The engine through its facade: what is read, what is refused, what is interrupted, and that nothing changes the answer.

#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod corrupt;
mod guards;
mod interrupt;
mod invariance;
mod memory;
mod metrics;
mod serialize;
mod sharing;
mod spill;
mod spill_join;
mod spill_window;
mod support;
