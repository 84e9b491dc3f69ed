//! `weft check`: what is wrong with a file of cells, before anything runs.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use weft_core::CancelToken;
use weft_lang::diagnostics::{Code, Diagnostic};

use super::parameter::Parameter;
use super::terminal::Terminal;
use super::{cells, file};
use crate::backend::CellIo;
use crate::interpreter::Interpreter;
use crate::output::Format;

/// Options of `weft check`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Files of cells; `-` reads standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Binds $NAME before the first cell, as `weft run` does
    #[arg(short, long = "parameter", value_name = "NAME=VALUE")]
    parameters: Vec<Parameter>,
}

/// Checks the files: names, types and options, against the schemas of the files that they read. Runs no query.
pub(super) fn run(options: &Options) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for path in &options.files {
        let mut err = std::io::stderr();
        match file::read(path).and_then(|text| Ok((problems(&text, options)?, text))) {
            Ok((found, _)) if found.is_empty() => {}
            Ok((found, text)) => {
                let _ = write!(err, "{}:\n{}", file::name(path), file::rendered(&text, &found));
                if found.iter().any(Diagnostic::is_error) {
                    code = ExitCode::FAILURE;
                }
            }
            Err(error) => {
                let _ = writeln!(err, "weft: {error}");
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}

/// What is wrong. The cells are checked as one, so that each sees the names that those before it bind.
fn problems(text: &str, options: &Options) -> Result<Vec<Diagnostic>, String> {
    let interpreter = Interpreter::open()?;
    for parameter in &options.parameters {
        parameter.bind(&interpreter);
    }
    let io: Arc<dyn CellIo> = Arc::new(Terminal::new(Format::default(), true));
    let cancel = CancelToken::new();
    let mut found = interpreter.cell(text, 1, &io, &cancel).check();
    found.retain(|diagnostic| diagnostic.code != Code::NOT_SHOWN.id || !ends_cell(text, diagnostic.span().end));
    Ok(found)
}

/// Whether nothing but blanks and comments stands between a place and the next cell.
fn ends_cell(text: &str, place: usize) -> bool {
    let rest = text.get(place..).unwrap_or_default();
    let lines = cells::marked(rest).first().map_or("", |(_, cell)| *cell).lines().skip(1);
    lines.map(str::trim).all(|line| line.is_empty() || line.starts_with('#'))
}
