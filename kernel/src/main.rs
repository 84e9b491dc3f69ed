//! The `weft` binary.

use std::process::ExitCode;
use std::sync::Arc;

use weft::interpreter::WeftBackend;

/// The Parquet scan is more than twice as fast as with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    weft::cli::main(|| Ok(Arc::new(WeftBackend::open()?)))
}
