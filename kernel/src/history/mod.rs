//! Inputs of this and earlier sessions, kept on disk and bounded.

mod pattern;
mod store;

use parking_lot::Mutex;
use std::collections::HashSet;
use std::path::PathBuf;
use store::Store;

/// Characters of an output that are remembered.
const MAX_OUTPUT: usize = 2_000;

/// One remembered cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Number of the session, counted over restarts.
    pub session: i64,
    /// Number of the cell within its session.
    pub line: i64,
    /// Source text.
    pub input: String,
    /// Plain text of the result, shortened.
    pub output: Option<String>,
}

/// The history of a kernel. Opened when first used, so that start-up does not wait for a disk.
pub struct History {
    data_dir: Option<PathBuf>,
    limit: usize,
    store: Mutex<Option<Store>>,
}

impl History {
    /// A history of at most `limit` entries in `data_dir`, or in memory without one.
    pub fn new(data_dir: Option<PathBuf>, limit: usize) -> Self {
        Self { data_dir, limit, store: Mutex::new(None) }
    }

    fn with<T>(&self, work: impl FnOnce(&mut Store) -> T) -> T {
        let mut store = self.store.lock();
        let store = store.get_or_insert_with(|| Store::open(self.data_dir.as_deref(), self.limit));
        work(store)
    }

    /// Opens the store now, if it is not open yet.
    pub fn warm(&self) {
        self.with(|_| ());
    }

    /// Remembers a cell of this session.
    pub fn append(&self, line: usize, input: &str, output: Option<&str>) {
        self.with(|store| {
            let entry = Entry {
                session: store.session,
                line: i64::try_from(line).unwrap_or(i64::MAX),
                input: input.to_owned(),
                output: output.map(shorten),
            };
            store.append(entry);
        });
    }

    /// The last `n` entries, oldest first.
    pub fn tail(&self, n: usize) -> Vec<Entry> {
        self.with(|store| {
            let skip = store.entries.len().saturating_sub(n);
            store.entries.iter().skip(skip).cloned().collect()
        })
    }

    /// Entries of a session from line `start` to before `stop` (to the end without one). Sessions
    /// that are not positive count back from this one.
    pub fn range(&self, session: i64, start: i64, stop: Option<i64>) -> Vec<Entry> {
        self.with(|store| {
            let session = if session > 0 { session } else { store.session + session };
            let wanted =
                |entry: &&Entry| entry.session == session && entry.line >= start && stop.is_none_or(|stop| entry.line < stop);
            store.entries.iter().filter(wanted).cloned().collect()
        })
    }

    /// The last `n` entries whose whole input matches `pattern` (`*` any text, `?` one character),
    /// oldest first. `unique` keeps only the newest of equal inputs.
    pub fn search(&self, pattern: &str, n: usize, unique: bool) -> Vec<Entry> {
        self.with(|store| {
            let mut seen = HashSet::new();
            let newest = store.entries.iter().rev();
            let mut found: Vec<Entry> = newest
                .filter(|entry| pattern::matches(pattern, &entry.input))
                .filter(|entry| !unique || seen.insert(entry.input.as_str()))
                .take(n)
                .cloned()
                .collect();
            found.reverse();
            found
        })
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(MAX_OUTPUT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(entries: &[Entry]) -> Vec<&str> {
        entries.iter().map(|entry| entry.input.as_str()).collect()
    }

    fn sample() -> History {
        let history = History::new(None, 100);
        for (line, input) in ["let a = 1", "a", "let b = 2", "a"].into_iter().enumerate() {
            history.append(line + 1, input, (input == "a").then_some("1"));
        }
        history
    }

    #[test]
    fn tail_is_oldest_first() {
        assert_eq!(inputs(&sample().tail(2)), ["let b = 2", "a"]);
        assert_eq!(sample().tail(99).len(), 4);
        assert_eq!(sample().tail(1)[0].output.as_deref(), Some("1"));
    }

    #[test]
    fn range_leaves_the_stop_out() {
        assert_eq!(inputs(&sample().range(0, 2, Some(4))), ["a", "let b = 2"]);
        assert_eq!(sample().range(0, 0, None).len(), 4);
        assert!(sample().range(-1, 0, None).is_empty());
    }

    #[test]
    fn search_knows_globs_and_repetition() {
        assert_eq!(inputs(&sample().search("let ?*", 9, false)), ["let a = 1", "let b = 2"]);
        assert_eq!(inputs(&sample().search("*", 9, true)), ["let a = 1", "let b = 2", "a"]);
        assert_eq!(inputs(&sample().search("a", 1, false)), ["a"]);
    }
}
