//! `weft kernel`: serves one connection file.

use crate::backend::Backend;
use crate::config::KernelConfig;
use crate::kernel::Kernel;
use crate::wire::Connection;
use clap::Args;
use std::path::PathBuf;
use std::sync::Arc;

/// Options of `weft kernel`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// File that says where to listen and with which key
    #[arg(short = 'f', long, value_name = "FILE")]
    connection_file: PathBuf,
}

/// Serves until a client or the end of the parent process ends it.
pub(super) fn run(options: &Options, backend: Arc<dyn Backend>) -> Result<(), String> {
    let connection = Connection::read(&options.connection_file)?;
    if connection.is_portless() {
        let file = options.connection_file.display();
        return Err(format!("connection file {file} names no ports, so no client would find the kernel"));
    }
    let kernel = Kernel::start(connection, backend, KernelConfig::from_env()).map_err(|error| error.to_string())?;
    kernel.run();
    Ok(())
}
