//! The command line: `weft kernel`, `run`, `check`, `fmt`, `explain`, `install`, `doctor`, `version`.

mod cells;
mod check;
mod doctor;
mod explain;
mod file;
mod fmt;
mod install;
mod kernel;
mod large_files;
mod parameter;
mod run;
mod terminal;

use crate::backend::Backend;
use clap::{Parser, Subcommand};
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

/// Weft: a dataframe language in notebooks.
#[derive(Debug, Parser)]
#[command(name = "weft", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve a notebook (started by Jupyter, not by hand)
    Kernel(kernel::Options),
    /// Run a file of cells and print the last result
    Run(run::Options),
    /// Say what is wrong with files of cells, without running them
    Check(check::Options),
    /// Lay files of cells out
    Fmt(fmt::Options),
    /// Explain an error code, a verb, a function or a setting
    Explain(explain::Options),
    /// Tell Jupyter where this kernel is
    Install(install::Options),
    /// Say what is wrong with the installation
    Doctor,
    /// Print the version
    Version,
}

/// Runs the command line of this process. `backend` is made only if a kernel is started.
pub fn main(backend: impl FnOnce() -> Result<Arc<dyn Backend>, String>) -> ExitCode {
    large_files::fail_softly();
    let outcome = match Arguments::parse().command {
        Command::Kernel(options) => backend().and_then(|backend| kernel::run(&options, backend)),
        Command::Run(options) => return run::run(&options),
        Command::Check(options) => return check::run(&options),
        Command::Fmt(options) => return fmt::run(&options),
        Command::Explain(options) => explain::run(&options).map(|text| say(text.trim_end())),
        Command::Install(options) => install::run(&options).map(|text| say(&text)),
        Command::Doctor => {
            let report = doctor::examine();
            say(&report.text);
            if !report.healthy {
                return ExitCode::FAILURE;
            }
            Ok(())
        }
        Command::Version => {
            say(&format!("weft {}", env!("CARGO_PKG_VERSION")));
            Ok(())
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "weft: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A closed standard output is no reason to fail.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
