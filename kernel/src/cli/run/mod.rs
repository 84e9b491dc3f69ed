//! `weft run`: the cells of a file, the last result to standard output.

mod signal;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use weft_core::CancelToken;

use crate::backend::CellIo;
use crate::cli::cells::{self, Cell};
use crate::cli::file;
use crate::cli::parameter::Parameter;
use crate::cli::terminal::Terminal;
use crate::interpreter::{Failure, Interpreter, Run, Shown, ShownKind};
use crate::output::{self, Format, Output, OutputError};

/// What a shell shows for a program that SIGINT ended.
const INTERRUPTED: u8 = 130;

/// Options of `weft run`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// File of cells, with lines that start with `# %%` between them; `-` reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Binds $NAME before the first cell: numbers, true and false, else text (so is 007)
    #[arg(short, long = "parameter", value_name = "NAME=VALUE")]
    parameters: Vec<Parameter>,
    /// How the last result is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the cells. Errors go to standard error.
pub(super) fn run(options: &Options) -> ExitCode {
    let started = Interpreter::open().and_then(|interpreter| Ok((interpreter, file::read(&options.file)?)));
    let (interpreter, text) = match started {
        Ok(started) => started,
        Err(error) => return complain(&format!("weft: {error}\n")),
    };
    for parameter in &options.parameters {
        parameter.bind(&interpreter);
    }
    let cancel = CancelToken::new();
    signal::on_interrupt(&cancel);
    let io: Arc<dyn CellIo> = Arc::new(Terminal::new(options.format, options.file == Path::new("-")));
    let cells = cells::split(&text);
    match run_cells(&interpreter, &cells, &io, &cancel, options.format) {
        Ok(()) | Err((_, Ended::Unwritten(OutputError::Closed))) => ExitCode::SUCCESS,
        Err((cell, Ended::Failed(failure))) => fail(options, cell, &failure),
        Err((_, Ended::Unwritten(error))) => complain(&format!("weft: {error}\n")),
    }
}

/// Runs the cells in order and writes the last result; on failure tells in which cell.
fn run_cells<'a>(
    interpreter: &Interpreter,
    cells: &'a [Cell],
    io: &Arc<dyn CellIo>,
    cancel: &CancelToken,
    format: Format,
) -> Result<(), (&'a Cell, Ended)> {
    let mut last: Option<(Run<'_>, Shown, &Cell)> = None;
    for cell in cells {
        let run = interpreter.cell(&cell.text, cell.number, io, cancel);
        let Some(shown) = run.run().map_err(|failure| (cell, failure.into()))? else { continue };
        // A result that a later one replaces is looked at as a notebook would, for its errors.
        if let Some((run, shown, cell)) = last.replace((run, shown, cell)) {
            run.preview(&shown).map_err(|failure| (cell, failure.into()))?;
        }
    }
    let Some((run, shown, cell)) = last else { return Ok(()) };
    write(&run, &shown, format).map_err(|ended| (cell, ended))
}

/// Why the last result is not there.
enum Ended {
    Failed(Failure),
    Unwritten(OutputError),
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<OutputError> for Ended {
    fn from(error: OutputError) -> Self {
        Self::Unwritten(error)
    }
}

/// Computes the last result whole and writes it.
fn write(run: &Run<'_>, shown: &Shown, format: Format) -> Result<(), Ended> {
    let mut out = std::io::stdout().lock();
    match &shown.kind {
        ShownKind::Table(plan) => {
            let result = run.whole(plan, shown.span)?;
            let mut output = Output::new(format, plan.schema(), out)?;
            for chunk in result.partition.chunks().unwrap_or_default() {
                output.write(chunk)?;
            }
            output.finish()?;
        }
        ShownKind::Value(ty, value) => output::scalar(format, ty, value, out)?,
        ShownKind::Page(bundle) => {
            writeln!(out, "{}", bundle.text().unwrap_or_default()).map_err(OutputError::from)?;
        }
    }
    Ok(())
}

/// Says what is wrong with a cell and where.
fn fail(options: &Options, cell: &Cell, failure: &Failure) -> ExitCode {
    let found = match failure {
        Failure::Interrupted => {
            complain("weft: interrupted\n");
            return ExitCode::from(INTERRUPTED);
        }
        Failure::Diagnostics(found) => found,
    };
    let text = file::rendered(&cell.text, found);
    complain(&format!("{}, cell {}:\n{text}", file::name(&options.file), cell.number))
}

fn complain(text: &str) -> ExitCode {
    let _ = std::io::stderr().write_all(text.as_bytes());
    ExitCode::FAILURE
}
