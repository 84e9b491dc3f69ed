//! `--results FOLDER`: the result of each cell in a file of its own.

use std::fs::File;
use std::path::Path;

use super::Ended;
use crate::interpreter::{Run, Shown};
use crate::output::{Format, OutputError};

/// Makes the folder.
///
/// # Errors
/// If that cannot be done.
pub(super) fn prepare(folder: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
}

/// Writes a result to `FOLDER/N.EXT`. A result that cannot be computed or written leaves no file.
pub(super) fn write(run: &Run<'_>, shown: &Shown, format: Format, folder: &Path, number: usize) -> Result<(), Ended> {
    let path = folder.join(format!("{number}.{}", extension(format)));
    let named = |error: &dyn std::fmt::Display| Ended::NoFile(format!("{}: {error}", path.display()));
    let file = File::create(&path).map_err(|error| named(&error))?;
    let rows = super::compute(run, shown).map_err(Ended::from);
    let written = rows.and_then(|rows| super::write(shown, rows, format, file)).map_err(|ended| match ended {
        Ended::Unwritten(OutputError::Io(error)) => named(&error),
        other => other,
    });
    if written.is_err() {
        // What keeps it from going is what kept it from being written.
        let _ = std::fs::remove_file(&path);
    }
    written
}

fn extension(format: Format) -> &'static str {
    match format {
        Format::Text => "txt",
        Format::Csv => "csv",
        Format::Ndjson => "ndjson",
        Format::Arrow => "arrow",
    }
}
