//! The protocol layer against an echo backend, and cells of the language, over real sockets.
//!
//! The front end ([`front::Front`]) is in process and strict: what it receives and no test
//! asserts makes the test fail. Its sockets are those of the `zeromq` crate, an implementation
//! that shares nothing with the kernel's own.

// Helpers of tests may fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cells;
mod display;
mod echo;
mod examples;
mod execute;
mod flood;
mod front;
mod hostile;
mod interrupt;
mod process;
mod queries;
mod shutdown;
mod status;
mod stdin;
