//! `weft run`: the cells of a file; the last result to standard output, or each result into a file.

mod results;
mod signal;
mod timings;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use weft_core::CancelToken;
use weft_session::QueryResult;

use crate::backend::CellIo;
use crate::cli::cells::{self, Cell};
use crate::cli::file;
use crate::cli::parameter::Parameter;
use crate::cli::terminal::Terminal;
use crate::interpreter::{Failure, Interpreter, Run, Shown, ShownKind};
use crate::output::{self, Format, Output, OutputError};
use timings::Timings;

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
    /// How results are written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Writes the result of each cell to FOLDER/N.FORMAT, N being the cell's number, instead of the last one to
    /// standard output
    #[arg(long, value_name = "FOLDER")]
    results: Option<PathBuf>,
    /// Goes on after a cell that fails; the exit code is 1 all the same
    #[arg(long)]
    keep_going: bool,
    /// Runs the cells N times; only the last time's result is written
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    repeat: u32,
    /// Writes a line of JSON to FILE for each time the cells ran: from their text to all rows of the last result in
    /// memory, in seconds
    #[arg(long, value_name = "FILE", conflicts_with = "results")]
    timings: Option<PathBuf>,
}

/// Runs the cells. Errors go to standard error.
pub(super) fn run(options: &Options) -> ExitCode {
    let started = Interpreter::open().and_then(|interpreter| {
        options.results.as_deref().map_or(Ok(()), results::prepare)?;
        Ok((interpreter, file::read(&options.file)?, Timings::create(options.timings.as_deref())?))
    });
    let (interpreter, text, mut timings) = match started {
        Ok(started) => started,
        Err(error) => return complain(&format!("weft: {error}\n")),
    };
    for parameter in &options.parameters {
        parameter.bind(&interpreter);
    }
    let cancel = CancelToken::new();
    signal::on_interrupt(&cancel);
    let io: Arc<dyn CellIo> = Arc::new(Terminal::new(options.format, options.file == Path::new("-")));
    let program = Program { interpreter: &interpreter, cells: &cells::split(&text), io: &io, cancel: &cancel, options };
    let mut code = ExitCode::SUCCESS;
    for turn in 1..=options.repeat {
        match program.turn(turn, &mut timings, &mut code) {
            Ok(()) | Err((_, Ended::Unwritten(OutputError::Closed))) => {}
            Err((cell, ended)) => return ended.told(options, cell),
        }
    }
    match timings.write() {
        Ok(()) => code,
        Err(error) => complain(&format!("weft: {error}\n")),
    }
}

/// The cells and what they run with.
struct Program<'a> {
    interpreter: &'a Interpreter,
    cells: &'a [Cell],
    io: &'a Arc<dyn CellIo>,
    cancel: &'a CancelToken,
    options: &'a Options,
}

/// What is left to compute when all cells ran.
type Last<'a> = Option<(Run<'a>, Shown, &'a Cell)>;

impl<'a> Program<'a> {
    /// Runs the cells for the `turn`th time, and writes the last result if no other time follows.
    fn turn(&self, turn: u32, timings: &mut Timings, code: &mut ExitCode) -> Result<(), (&'a Cell, Ended)> {
        let started = Instant::now();
        let last = self.run(code)?;
        let computed = last.map(|(run, shown, cell)| (compute(&run, &shown), shown, cell));
        timings.note(turn, started.elapsed());
        let Some((rows, shown, cell)) = computed else { return Ok(()) };
        let rows = rows.map_err(|failure| (cell, failure.into()))?;
        if turn < self.options.repeat {
            return Ok(());
        }
        write(&shown, rows, self.options.format, std::io::stdout().lock()).map_err(|ended| (cell, ended))
    }

    /// Runs the cells in order, and says of each that fails what is wrong with it. The first failure ends it, unless
    /// the options ask to go on.
    fn run(&self, code: &mut ExitCode) -> Result<Last<'a>, (&'a Cell, Ended)> {
        let mut last: Last<'a> = None;
        for cell in self.cells {
            let run = self.interpreter.cell(&cell.text, cell.number, self.io, self.cancel);
            match self.step(run, cell, &mut last) {
                Err((cell, ended)) if self.options.keep_going && !self.cancel.is_cancelled() => {
                    *code = ended.told(self.options, cell);
                }
                ended => ended?,
            }
        }
        Ok(last)
    }

    /// Runs a cell. Its result becomes the last one, or goes into its file.
    fn step(&self, run: Run<'a>, cell: &'a Cell, last: &mut Last<'a>) -> Result<(), (&'a Cell, Ended)> {
        let Some(shown) = run.run().map_err(|failure| (cell, failure.into()))? else { return Ok(()) };
        if let Some(folder) = &self.options.results {
            return results::write(&run, &shown, self.options.format, folder, cell.number).map_err(|ended| (cell, ended));
        }
        // A result that a later one replaces is looked at as a notebook would, for its errors.
        let Some((run, shown, cell)) = last.replace((run, shown, cell)) else { return Ok(()) };
        run.preview(&shown).map(drop).map_err(|failure| (cell, failure.into()))
    }
}

/// Why a result is not there.
enum Ended {
    Failed(Failure),
    Unwritten(OutputError),
    /// The file that it was for.
    NoFile(String),
}

impl Ended {
    /// Says why on standard error.
    fn told(&self, options: &Options, cell: &Cell) -> ExitCode {
        match self {
            Self::Failed(failure) => fail(options, cell, failure),
            Self::Unwritten(error) => complain(&format!("weft: {error}\n")),
            Self::NoFile(error) => complain(&format!("weft: {error}\n")),
        }
    }
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

/// All rows of a table; nothing of what is there already.
fn compute(run: &Run<'_>, shown: &Shown) -> Result<Option<QueryResult>, Failure> {
    match &shown.kind {
        ShownKind::Table(plan) => run.whole(plan, shown.span).map(Some),
        ShownKind::Value(..) | ShownKind::Page(_) => Ok(None),
    }
}

/// Writes a result, for a table the rows that [`compute`] gave.
fn write(shown: &Shown, rows: Option<QueryResult>, format: Format, mut out: impl Write) -> Result<(), Ended> {
    match &shown.kind {
        ShownKind::Table(plan) => {
            let mut output = Output::new(format, plan.schema(), out)?;
            for chunk in rows.iter().flat_map(|rows| rows.partition.chunks().unwrap_or_default()) {
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
