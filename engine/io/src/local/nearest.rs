//! What to say when a path names nothing: which folder exists, and what it holds that looks alike.

use std::path::Path;

use weft_core::{Error, ErrorKind};

use super::path::show;

/// Names shown at most.
const SHOWN: usize = 3;
/// Entries of a folder that are compared at most.
const COMPARED: usize = 10_000;

/// The error for a path or pattern without any file.
pub(crate) fn missing(path: &Path, pattern: bool) -> Error {
    let text = show(path);
    let message = if pattern { format!("no file matches `{text}`") } else { format!("no file or folder `{text}`") };
    let error = Error::new(ErrorKind::Io, message);
    match path.ancestors().skip(1).find(|folder| folder.is_dir()) {
        Some(folder) => error.with_help(describe(folder, path)),
        None => error,
    }
}

fn describe(folder: &Path, path: &Path) -> String {
    let missed = path.strip_prefix(folder).ok().and_then(|rest| rest.iter().next());
    let missed = missed.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().take(COMPARED);
    let mut names: Vec<String> = entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    if names.is_empty() {
        return format!("the folder `{}` exists and is empty", show(folder));
    }
    let closeness = |name: &str| strsim::jaro_winkler(&missed.to_lowercase(), &name.to_lowercase());
    names.sort_by(|a, b| closeness(b).total_cmp(&closeness(a)).then_with(|| a.cmp(b)));
    names.truncate(SHOWN);
    let listed: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    format!("the folder `{}` exists; nearest in it: {}", show(folder), listed.join(", "))
}
