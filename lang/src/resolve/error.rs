//! The engine's errors as diagnostics.

use weft_core::{Error, ErrorKind};

use crate::Span;
use crate::diagnostics::{Code, Diagnostic};

/// An error of the engine, pointing at its place in cell number `cell`, or at `fallback` where the engine knows none.
///
/// A place in another cell (a table bound there failed only now) is named in words, because its text is not at hand.
#[must_use]
pub fn diagnostic_of(error: &Error, cell: u32, fallback: Span) -> Diagnostic {
    let place = error.origin().place();
    let span = match place {
        Some((number, start, end)) if number == cell => Span::new(start, end),
        _ => fallback,
    };
    let mut diagnostic = Diagnostic::error(code_of(error.kind()), error.to_string(), span);
    if let Some((number, ..)) = place
        && number != cell
    {
        diagnostic = diagnostic.label(format!("in what cell {number} wrote"));
    }
    match error.help() {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

const fn code_of(kind: ErrorKind) -> Code {
    match kind {
        ErrorKind::NotFound => Code::NOT_FOUND,
        ErrorKind::Type => Code::WRONG_TYPE,
        ErrorKind::Value => Code::VALUE,
        ErrorKind::Argument => Code::WRONG_ARGUMENT,
        ErrorKind::Io => Code::IO,
        ErrorKind::Format => Code::FORMAT,
        ErrorKind::Memory => Code::MEMORY,
        ErrorKind::Cancelled => Code::INTERRUPTED,
        ErrorKind::Unsupported => Code::NOT_YET,
        ErrorKind::Internal => Code::INTERNAL,
    }
}
