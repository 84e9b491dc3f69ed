//! Files of cells on the command line.

use std::io::{IsTerminal, Read};
use std::path::Path;

use weft_lang::diagnostics::{Diagnostic, render_ansi, render_plain};

/// Whether `-` was given: standard input.
pub(super) fn is_standard_input(file: &Path) -> bool {
    file == Path::new("-")
}

/// What a file is called in messages.
pub(super) fn name(file: &Path) -> String {
    if is_standard_input(file) { "standard input".to_owned() } else { file.display().to_string() }
}

/// The text of a file, or of standard input for `-`.
///
/// # Errors
/// If it cannot be read, or is not UTF-8.
pub(super) fn read(file: &Path) -> Result<String, String> {
    let bytes = if is_standard_input(file) {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(file)
    };
    let bytes = bytes.map_err(|error| format!("{}: {error}", name(file)))?;
    let not_text =
        |error: std::string::FromUtf8Error| format!("{}: byte {} is not UTF-8", name(file), error.utf8_error().valid_up_to());
    String::from_utf8(bytes).map_err(not_text)
}

/// What is wrong with `text`, for standard error: with colours on a terminal.
pub(super) fn rendered(text: &str, found: &[Diagnostic]) -> String {
    if std::io::stderr().is_terminal() { render_ansi(text, found) } else { render_plain(text, found) }
}
