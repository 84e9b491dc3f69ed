//! Patterns over file names: `* ? [] {} **`. Folders are listed as they are reached, each in the order of names.

use std::path::{Path, PathBuf};
use std::vec::IntoIter;

use globset::{GlobBuilder, GlobMatcher};
use weft_core::{CancelToken, Error, Result};

use super::file::FileId;
use super::nearest::missing;
use super::path::{resolve, show};

/// A file that a listing came upon.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) id: FileId,
}

/// All files that `text` names: one file, the matches of a pattern, or the files below a folder whose names end in one
/// of `extensions`. At least one, or an error that says what is there instead.
pub(crate) fn find(text: &str, working_dir: &str, extensions: &[&str], cancel: &CancelToken) -> Result<Vec<Found>> {
    let path = resolve(text, working_dir)?;
    if let Ok(metadata) = std::fs::metadata(&path) {
        if !metadata.is_dir() {
            return Ok(vec![Found { id: FileId::of(&metadata), path }]);
        }
        let below = path.join("**");
        let wanted = |f: &Found| extensions.iter().any(|e| show(&f.path).to_ascii_lowercase().ends_with(e));
        let walk = Walk::new(&below, cancel)?.filter(|f| f.as_ref().map_or(true, wanted));
        let files = walk.collect::<Result<Vec<_>>>()?;
        return match files.is_empty() {
            true => Err(missing(&path.join(format!("**/*{}", extensions.first().unwrap_or(&""))), true)),
            false => Ok(files),
        };
    }
    if !has_wildcards(&show(&path)) {
        return Err(missing(&path, false));
    }
    let files = Walk::new(&path, cancel)?.collect::<Result<Vec<_>>>()?;
    if files.is_empty() { Err(missing(&path, true)) } else { Ok(files) }
}

fn has_wildcards(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

/// The files that match an absolute pattern, found as they are asked for.
#[derive(Debug)]
pub(crate) struct Walk {
    /// Matches whole paths.
    whole: GlobMatcher,
    /// Match the names of folders, level by level below the base, as far as levels are fixed.
    levels: Vec<GlobMatcher>,
    /// Levels below the base, where none is `**`.
    depth: Option<usize>,
    hidden: bool,
    stack: Vec<IntoIter<PathBuf>>,
    cancel: CancelToken,
}

impl Walk {
    /// The matches of a pattern, or the one file of that very name.
    pub(crate) fn of(pattern: &Path, cancel: &CancelToken) -> Result<Self> {
        let literal = pattern.is_file().then(|| globset::escape(&show(pattern)));
        Walk::new(literal.as_deref().map_or(pattern, Path::new), cancel)
    }

    fn new(pattern: &Path, cancel: &CancelToken) -> Result<Self> {
        let text = show(pattern);
        let parts = split(&text);
        let plain = parts.iter().take_while(|p| !has_wildcards(p)).count().min(parts.len().saturating_sub(1));
        let base = PathBuf::from(format!("/{}", parts[..plain].join("/")));
        let rest = &parts[plain..];
        let open = |p: &&str| p.contains("**") || p.contains('/');
        let fixed = rest.iter().position(open).unwrap_or(rest.len());
        let mut walk = Walk {
            whole: matcher(&text)?,
            levels: rest[..fixed].iter().map(|p| matcher(p)).collect::<Result<_>>()?,
            depth: (fixed == rest.len()).then_some(fixed),
            hidden: rest.iter().any(|p| p.starts_with('.') || p.contains("/.")),
            stack: Vec::new(),
            cancel: cancel.clone(),
        };
        walk.enter(&base)?;
        Ok(walk)
    }

    /// Lists one folder; one that cannot be listed (gone, no permission) holds nothing.
    fn enter(&mut self, folder: &Path) -> Result<()> {
        self.cancel.check()?;
        let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
        let hidden = self.hidden;
        let names = entries.flatten().filter(|e| hidden || !e.file_name().as_encoded_bytes().starts_with(b"."));
        let mut paths: Vec<PathBuf> = names.map(|e| e.path()).collect();
        paths.sort();
        self.stack.push(paths.into_iter());
        Ok(())
    }

    /// Whether the folder `path`, found at `level` below the base (from 0), can hold matches.
    fn descends(&self, path: &Path, level: usize) -> bool {
        if self.depth.is_some_and(|depth| level + 1 >= depth) {
            return false;
        }
        match self.levels.get(level) {
            Some(matcher) => path.file_name().is_some_and(|name| matcher.is_match(name)),
            // Below `**` links are not followed: they may lead back up.
            None => !path.is_symlink(),
        }
    }
}

impl Iterator for Walk {
    type Item = Result<Found>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(entries) = self.stack.last_mut() {
            let Some(path) = entries.next() else {
                self.stack.pop();
                continue;
            };
            let level = self.stack.len() - 1;
            let Ok(metadata) = std::fs::metadata(&path) else { continue };
            if metadata.is_dir() {
                if self.descends(&path, level)
                    && let Err(error) = self.enter(&path)
                {
                    self.stack.clear();
                    return Some(Err(error));
                }
            } else if metadata.is_file() && self.whole.is_match(&path) {
                return Some(Ok(Found { id: FileId::of(&metadata), path }));
            }
        }
        None
    }
}

/// The parts of a pattern between slashes that stand outside braces.
fn split(pattern: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0usize);
    for (i, c) in pattern.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '/' if depth == 0 => {
                parts.push(&pattern[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    parts.push(&pattern[start..]);
    parts.retain(|p| !p.is_empty());
    parts
}

fn matcher(pattern: &str) -> Result<GlobMatcher> {
    let glob = GlobBuilder::new(pattern).literal_separator(true).backslash_escape(true).build();
    glob.map(|g| g.compile_matcher()).map_err(|e| Error::argument(format!("the pattern `{pattern}` is wrong: {}", e.kind())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(root: &Path, pattern: &str) -> Vec<String> {
        let found = find(pattern, &show(root), &[".csv"], &CancelToken::new()).unwrap();
        found.iter().map(|f| show(f.path.strip_prefix(root).unwrap())).collect()
    }

    fn tree() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for file in ["b.csv", "a.csv", "x[1].csv", "d/e/f.csv", "d/g.csv", "d/.hidden.csv", "d2/e/f.csv", "d/e/n.txt"] {
            let path = root.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "1").unwrap();
        }
        root
    }

    #[test]
    fn patterns_find_files_in_order() {
        let root = tree();
        let at = |p| names(root.path(), p);
        assert_eq!(at("*.csv"), ["a.csv", "b.csv", "x[1].csv"]);
        assert_eq!(at("[ab].csv"), ["a.csv", "b.csv"]);
        assert_eq!(at("{a,d/g}.csv"), ["a.csv", "d/g.csv"]);
        assert_eq!(at("**/*.csv"), ["a.csv", "b.csv", "d/e/f.csv", "d/g.csv", "d2/e/f.csv", "x[1].csv"]);
        assert_eq!(at("d*/?/f.csv"), ["d/e/f.csv", "d2/e/f.csv"]);
        assert_eq!(at("d/**/f.csv"), ["d/e/f.csv"]);
        assert_eq!(at("d"), ["d/e/f.csv", "d/g.csv"]);
        assert_eq!(at("x[1].csv"), ["x[1].csv"]);
        assert_eq!(at("d/.h*"), ["d/.hidden.csv"]);
    }

    #[test]
    fn what_is_missing_is_told_with_what_is_there() {
        let root = tree();
        let fail = |p: &str| find(p, &show(root.path()), &[".csv"], &CancelToken::new()).unwrap_err();
        let error = fail("d/gg.csv");
        assert!(error.message().starts_with("no file or folder `"), "{error}");
        assert!(error.help().unwrap().contains("nearest in it: `g.csv`"), "{:?}", error.help());
        assert!(fail("d/*.parquet").message().starts_with("no file matches `"));
        assert!(fail("e/x/y.csv").help().unwrap().contains("the folder `"));
        assert!(fail("[a").message().contains("the pattern"));
    }
}
