//! What is wrong with a cell, as the protocol carries errors.

use weft_core::{Error, ErrorKind};
use weft_lang::diagnostics::{Diagnostic, render_ansi};

use super::visible::plain;
use crate::backend::ErrorReport;

/// The report of a cell that has errors; `text` is the cell. The first error gives name and message,
/// the traceback shows all diagnostics, with the places underlined.
pub fn diagnostics(text: &str, found: &[Diagnostic]) -> ErrorReport {
    let first = found.iter().find(|d| d.is_error()).or_else(|| found.first());
    let Some(first) = first else { return ErrorReport::new("Error", "the cell failed") };
    let traceback = render_ansi(text, found).lines().map(str::to_owned).collect();
    ErrorReport { ename: first.code.to_owned(), evalue: message(&first.message, first.help.as_deref()), traceback }
}

/// The report of an error of the engine that belongs to no place in the cell.
pub fn engine_error(error: &Error) -> ErrorReport {
    if error.kind() == ErrorKind::Cancelled {
        return ErrorReport::interrupted();
    }
    let name = kind_name(error.kind());
    let mut traceback = vec![format!("\x1b[31m{name}\x1b[0m: {}", plain(error.message()))];
    traceback.extend(error.context().iter().map(|context| format!("  at {}", plain(context))));
    traceback.extend(error.help().map(|help| format!("\x1b[36mhelp\x1b[0m: {}", plain(help))));
    ErrorReport { ename: name.to_owned(), evalue: message(&error.to_string(), error.help()), traceback }
}

/// One line of plain text; the help in brackets, since some front ends show nothing else.
fn message(message: &str, help: Option<&str>) -> String {
    match help {
        Some(help) => format!("{} ({})", plain(message), plain(help)),
        None => plain(message),
    }
}

fn kind_name(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NotFound => "NotFound",
        ErrorKind::Type => "TypeError",
        ErrorKind::Value => "ValueError",
        ErrorKind::Argument => "ArgumentError",
        ErrorKind::Io => "IoError",
        ErrorKind::Format => "FormatError",
        ErrorKind::Memory => "MemoryError",
        ErrorKind::Cancelled => "Interrupted",
        ErrorKind::Unsupported => "Unsupported",
        ErrorKind::Internal => "InternalError",
    }
}

#[cfg(test)]
mod tests {
    use weft_lang::Span;
    use weft_lang::diagnostics::Code;

    use super::*;

    #[test]
    fn a_diagnostic_shows_its_place_in_colour_and_its_message_without() {
        let found = [Diagnostic::error(Code::BAD_NUMBER, "`1x` is no \x1bnumber", Span::new(4, 6)).help("write 1")];
        let report = diagnostics("x = 1x", &found);
        assert_eq!(report.ename, "E0004");
        assert_eq!(report.evalue, "`1x` is no ␛number (write 1)");
        let all = report.traceback.join("\n");
        assert!(all.starts_with("\x1b[31m[E0004] error:"), "{all}");
        assert!(!all.contains("\x1bnumber") && all.contains("write 1"), "{all}");
    }

    #[test]
    fn an_engine_error_shows_context_and_help() {
        let error = Error::value("bad \x1b[2J date").with_context("t.csv, row 3").with_help("use try_cast");
        let report = engine_error(&error);
        assert_eq!(report.evalue, "bad ␛[2J date (t.csv, row 3) (use try_cast)");
        let lines = ["\x1b[31mValueError\x1b[0m: bad ␛[2J date", "  at t.csv, row 3", "\x1b[36mhelp\x1b[0m: use try_cast"];
        assert_eq!(report.traceback, lines);
        assert_eq!(engine_error(&Error::cancelled()), ErrorReport::interrupted());
    }
}
