//! The five sockets of a kernel, over a small ZMTP 3.0 of our own.
//!
//! Why not a library: output must be lossless, must not stall on a client that stopped reading,
//! and must be written out before the process ends. The `zeromq` crate (0.7) drops silently above
//! 100,000 queued messages (PUB), or waits for every subscriber in turn (XPUB), and has neither a
//! flush nor a linger; its ROUTER shares the last two. What a kernel needs of ZMTP is a greeting,
//! one command and a frame header, so it is written here with queues that are counted in bytes,
//! evict, and drain. The tests talk to it through the `zeromq` crate.
//!
//! All sockets but the heartbeat live in one thread; the heartbeat has its own.

pub mod heartbeat;
pub mod iopub;
pub mod listen;
pub mod outbox;
pub mod router;
pub mod zmtp;
