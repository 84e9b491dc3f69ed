//! What a user wrote as a place, as an absolute path.

use std::path::{Path, PathBuf};

use weft_core::{Error, Result};

/// The path that `text` means: relative to `working_dir`, below home after `~`, or a `file://` URL.
///
/// # Errors
/// For the schemes of places that are not on this machine.
pub(crate) fn resolve(text: &str, working_dir: &str) -> Result<PathBuf> {
    if text.is_empty() {
        return Err(Error::argument("the path is empty"));
    }
    if text.contains('\0') {
        return Err(Error::argument(format!("the path {text:?} holds a zero byte")));
    }
    let path = match scheme(text) {
        None => expand_home(text),
        Some("file") => from_file_url(text)?,
        Some(other) => {
            let message = format!("`{other}://` places cannot be read yet: only local paths and `file://` URLs");
            return Err(Error::unsupported(message).with_help(format!("copy `{text}` to a local folder first")));
        }
    };
    Ok(if path.is_absolute() { path } else { Path::new(working_dir).join(path) })
}

/// `s3` of `s3://bucket/key`.
fn scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once("://")?;
    let mut chars = scheme.chars();
    let valid = chars.next()?.is_ascii_alphabetic() && chars.all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    valid.then_some(scheme)
}

fn expand_home(text: &str) -> PathBuf {
    let rest = match text.strip_prefix('~') {
        Some("") => Some(""),
        Some(rest) => rest.strip_prefix('/'),
        None => None,
    };
    match (rest, std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(text),
    }
}

fn from_file_url(text: &str) -> Result<PathBuf> {
    let rest = text.strip_prefix("file://").unwrap_or(text);
    let path = match rest.find('/') {
        Some(0) => rest,
        Some(slash) if &rest[..slash] == "localhost" => &rest[slash..],
        _ => return Err(Error::argument(format!("`{text}` names no absolute path: write `file:///folder/file`"))),
    };
    let decoded = String::from_utf8(percent_decode(path.as_bytes()));
    decoded.map(PathBuf::from).map_err(|_| Error::argument(format!("`{text}` is not UTF-8 after `%` decoding")))
}

fn percent_decode(bytes: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&first, tail)) = rest.split_first() {
        let hex = |b: u8| (b as char).to_digit(16);
        match (first, tail) {
            (b'%', [a, b, after @ ..]) if hex(*a).is_some() && hex(*b).is_some() => {
                decoded.push((hex(*a).unwrap_or(0) * 16 + hex(*b).unwrap_or(0)) as u8);
                rest = after;
            }
            _ => {
                decoded.push(first);
                rest = tail;
            }
        }
    }
    decoded
}

/// A path for messages and `path` columns.
pub(crate) fn show(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_become_absolute_paths() {
        let path = |text| show(&resolve(text, "/here").unwrap());
        assert_eq!(path("a/b.csv"), "/here/a/b.csv");
        assert_eq!(path("/x/b.csv"), "/x/b.csv");
        assert_eq!(path("file:///x/a%20b.csv"), "/x/a b.csv");
        assert_eq!(path("file://localhost/x"), "/x");
        assert_eq!(path("~x/b"), "/here/~x/b");
        assert!(!path("~/b").contains('~'));
        assert_eq!(path("a:b//c"), "/here/a:b//c");
    }

    #[test]
    fn other_places_are_refused_by_name() {
        let error = resolve("s3://bucket/key", "/").unwrap_err();
        assert_eq!(error.kind(), weft_core::ErrorKind::Unsupported);
        assert!(error.message().contains("`s3://`"), "{error}");
        assert!(resolve("file://host/x", "/").is_err());
        assert!(resolve("", "/").is_err());
        assert!(resolve("a\0b", "/").is_err());
    }
}
