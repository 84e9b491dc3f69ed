//! `--timings FILE`: how long the cells took, each time.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The times, for a file that was asked for.
pub(super) struct Timings {
    file: Option<(PathBuf, File)>,
    lines: String,
}

impl Timings {
    /// Makes the file, so that it is known before the work whether that can be done.
    ///
    /// # Errors
    /// If it cannot.
    pub(super) fn create(path: Option<&Path>) -> Result<Self, String> {
        let create = |path: &Path| match File::create(path) {
            Ok(file) => Ok((path.to_owned(), file)),
            Err(error) => Err(format!("{}: {error}", path.display())),
        };
        Ok(Self { file: path.map(create).transpose()?, lines: String::new() })
    }

    /// Notes how long the `turn`th time took.
    pub(super) fn note(&mut self, turn: u32, took: Duration) {
        let _ = writeln!(self.lines, r#"{{"run":{turn},"seconds":{:.6}}}"#, took.as_secs_f64());
    }

    /// Writes what was noted.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub(super) fn write(self) -> Result<(), String> {
        let Some((path, mut file)) = self.file else { return Ok(()) };
        file.write_all(self.lines.as_bytes()).map_err(|error| format!("{}: {error}", path.display()))
    }
}
