//! What cells say on the way, on a terminal or into files.

use std::io::{BufRead, IsTerminal, Write};

use crate::backend::{CellIo, InputError, Stdio};
use crate::mime::MimeBundle;
use crate::output::Format;

/// Standard output and standard error.
pub(super) struct Terminal {
    /// Whether what is shown on the way may stand before the result.
    mixes: bool,
    /// Whether standard input holds the cells.
    reads_cells: bool,
}

impl Terminal {
    /// For a result in `format`; `reads_cells` says that standard input holds the cells.
    pub(super) fn new(format: Format, reads_cells: bool) -> Self {
        Terminal { mixes: format == Format::Text, reads_cells }
    }

    fn say(&self, bundle: &MimeBundle) {
        let name = if self.mixes { Stdio::Stdout } else { Stdio::Stderr };
        self.stream(name, &format!("{}\n", bundle.text().unwrap_or_default().trim_end()));
    }
}

impl CellIo for Terminal {
    fn stream(&self, name: Stdio, text: &str) {
        // Whoever reads it may have left: the cells go on.
        let _ = match name {
            Stdio::Stdout => std::io::stdout().write_all(text.as_bytes()),
            Stdio::Stderr => std::io::stderr().write_all(text.as_bytes()),
        };
    }

    fn display(&self, bundle: &MimeBundle, _: Option<&str>) {
        self.say(bundle);
    }

    fn update_display(&self, _: &MimeBundle, _: &str) {}

    fn clear_output(&self, _: bool) {}

    /// A line of standard input. A secret would be seen on a terminal, so it is read from a pipe only.
    fn input(&self, prompt: &str, secret: bool) -> Result<String, InputError> {
        let stdin = std::io::stdin();
        if self.reads_cells || (secret && stdin.is_terminal()) {
            return Err(InputError::NotAllowed);
        }
        self.stream(Stdio::Stderr, prompt);
        let mut line = String::new();
        match stdin.lock().read_line(&mut line) {
            Ok(1..) => Ok(line.trim_end_matches(['\n', '\r']).to_owned()),
            _ => Err(InputError::NoClient),
        }
    }

    fn page(&self, bundle: &MimeBundle) {
        self.say(bundle);
    }

    fn replace_cell(&self, text: &str) {
        self.stream(Stdio::Stdout, &format!("{text}\n"));
    }

    fn shows_colours(&self) -> bool {
        std::io::stderr().is_terminal()
    }

    fn shows_progress(&self) -> bool {
        false
    }
}
