//! `weft fmt`: files of cells in one layout.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use weft_lang::format::format;

use super::{cells, file};

/// Options of `weft fmt`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Files of cells, rewritten in place; `-` reads standard input and writes standard output
    #[arg(value_name = "FILE", default_value = "-")]
    files: Vec<PathBuf>,
    /// Write nothing: name the files that would change, and fail if there are any
    #[arg(long)]
    check: bool,
}

/// Formats the files. One that cannot be read or does not parse is left as it is, and told about on standard error.
pub(super) fn run(options: &Options) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for path in &options.files {
        match one(path, options.check) {
            Ok(true) => {}
            Ok(false) => code = ExitCode::FAILURE,
            Err(error) => {
                let _ = writeln!(std::io::stderr(), "{}", error.trim_end());
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}

/// Whether a file is as it should be.
fn one(path: &Path, check: bool) -> Result<bool, String> {
    if path.extension().is_some_and(|extension| extension == "ipynb") {
        return Err(format!(
            "weft: {}: notebooks are formatted cell by cell, with `%%fmt` on a cell's first line",
            path.display()
        ));
    }
    let text = file::read(path).map_err(|error| format!("weft: {error}"))?;
    let formatted = formatted(&text).map_err(|errors| format!("{}:\n{errors}", file::name(path)))?;
    if check {
        if formatted != text {
            super::say(&file::name(path));
        }
        return Ok(formatted == text);
    }
    if file::is_standard_input(path) {
        let _ = std::io::stdout().write_all(formatted.as_bytes());
    } else if formatted != text {
        replace(path, &formatted).map_err(|error| format!("weft: {}: {error}", path.display()))?;
    }
    Ok(true)
}

/// All cells formatted, one empty line between them; or what is wrong with each that does not parse.
fn formatted(text: &str) -> Result<String, String> {
    let (mut done, mut errors, mut line) = (String::new(), String::new(), 0);
    for (mark, cell) in cells::marked(text) {
        if !done.is_empty() {
            done.push('\n');
        }
        if !mark.is_empty() {
            done.push_str(mark);
            done.push('\n');
            line += 1;
        }
        match format(cell) {
            Ok(formatted) if formatted.is_empty() => {}
            Ok(formatted) => {
                done.push_str(&formatted);
                done.push('\n');
            }
            // The places are those of the file.
            Err(_) => {
                let cell = "\n".repeat(line) + cell;
                let (_, found) = weft_lang::syntax::parse(&cell);
                errors.push_str(&file::rendered(&cell, &found));
            }
        }
        line += cell.matches('\n').count();
    }
    if errors.is_empty() { Ok(done) } else { Err(errors) }
}

/// Puts a new file in the place of another, whole or not at all.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let path = std::fs::canonicalize(path)?;
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(std::fs::metadata(&path)?.permissions())?;
    file.persist(&path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stay_apart() {
        let text = "# %% first\nlet t=range(3)\n\n\n# %%\n\n# %% last\nt|take 1";
        let expected = "# %% first\nlet t = range(3)\n\n# %%\n\n# %% last\nt | take 1\n";
        assert_eq!(formatted(text).unwrap(), expected);
        assert_eq!(formatted(expected).unwrap(), expected);
    }

    #[test]
    fn errors_have_the_lines_of_the_file() {
        let errors = formatted("# %%\n1\n# %%\nt | where (\n").unwrap_err();
        assert!(errors.contains("4 |"), "{errors}");
    }
}
