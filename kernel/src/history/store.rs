//! The file behind the history: one JSON object a line, shared by all kernels of a user.
//!
//! Each kernel takes the next session number under a lock on the file, so that kernels started
//! together do not share one. A line that cannot be read (a torn write) is passed over. Trouble
//! with the disk never disturbs a cell: history then lives in memory.

use super::Entry;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Bytes that the file is cut down to when it is opened too large.
const MAX_BYTES: usize = 8 << 20;
/// Inputs longer than this stay in memory only (bytes).
const MAX_INPUT: usize = 256 << 10;

#[derive(Serialize, Deserialize)]
struct Line {
    session: i64,
    /// 0 marks the start of a session.
    line: i64,
    #[serde(default)]
    input: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    output: Option<String>,
}

/// Entries in memory, and the file if there is one.
pub(super) struct Store {
    pub(super) entries: VecDeque<Entry>,
    pub(super) session: i64,
    limit: usize,
    file: Option<File>,
}

impl Store {
    /// Opens the history in `data_dir` and begins a session.
    pub(super) fn open(data_dir: Option<&Path>, limit: usize) -> Self {
        let mut store = Self { entries: VecDeque::new(), session: 1, limit, file: None };
        // Without a usable disk, history lives in memory.
        if let Some(dir) = data_dir {
            let _ = store.attach(dir);
        }
        store
    }

    fn attach(&mut self, dir: &Path) -> io::Result<()> {
        std::fs::create_dir_all(dir)?;
        let mut options = OpenOptions::new();
        // Inputs can hold secrets.
        let options = options.read(true).append(true).create(true).mode(0o600);
        let mut file = options.open(dir.join("history.jsonl"))?;
        file.lock()?;
        let begun = self.begin(&mut file);
        file.unlock()?;
        begun?;
        self.file = Some(file);
        Ok(())
    }

    fn begin(&mut self, file: &mut File) -> io::Result<()> {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0))?;
        file.read_to_end(&mut bytes)?;
        let lines = bytes.split(|&byte| byte == b'\n');
        for line in lines.filter_map(|line| serde_json::from_slice::<Line>(line).ok()) {
            self.session = self.session.max(line.session.saturating_add(1));
            if line.line > 0 {
                let Line { session, line, input, output } = line;
                self.entries.push_back(Entry { session, line, input, output });
            }
        }
        let too_many = self.entries.len() > self.limit + self.limit / 2;
        self.trim();
        if too_many || bytes.len() > MAX_BYTES * 3 / 2 {
            self.rewrite(file)?;
        } else if bytes.last().is_some_and(|&byte| byte != b'\n') {
            // A torn line must not swallow the next.
            file.write_all(b"\n")?;
        }
        let start = Line { session: self.session, line: 0, input: String::new(), output: None };
        write_line(file, &start)
    }

    /// Writes the newest entries over the file, in place: other kernels have it open.
    fn rewrite(&mut self, file: &mut File) -> io::Result<()> {
        let size = |entry: &Entry| entry.input.len() + entry.output.as_ref().map_or(0, String::len);
        let mut bytes: usize = self.entries.iter().map(size).sum();
        while bytes > MAX_BYTES {
            match self.entries.pop_front() {
                Some(entry) => bytes -= size(&entry),
                None => break,
            }
        }
        file.set_len(0)?;
        self.entries.iter().try_for_each(|entry| write_line(file, &line(entry)))
    }

    /// Adds an entry, in memory and on disk.
    pub(super) fn append(&mut self, entry: Entry) {
        if let Some(file) = self.file.as_mut().filter(|_| entry.input.len() <= MAX_INPUT) {
            let written = file.lock().and_then(|()| {
                let written = write_line(file, &line(&entry));
                file.unlock()?;
                written
            });
            if written.is_err() {
                self.file = None;
            }
        }
        self.entries.push_back(entry);
        self.trim();
    }

    fn trim(&mut self) {
        while self.entries.len() > self.limit {
            self.entries.pop_front();
        }
    }
}

fn line(entry: &Entry) -> Line {
    let Entry { session, line, input, output } = entry.clone();
    Line { session, line, input, output }
}

fn write_line(file: &mut File, line: &Line) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    file.write_all(&text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::History;

    fn scratch(name: &str) -> std::path::PathBuf {
        let name = format!("weft-history-{name}-{}", std::process::id());
        let dir = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&dir);
        dir
    }

    #[test]
    fn sessions_follow_each_other_over_restarts() {
        let dir = scratch("restart");
        for text in ["first", "second"] {
            let history = History::new(Some(dir.clone()), 100);
            history.append(1, text, None);
        }
        let third = History::new(Some(dir.clone()), 100);
        let sessions: Vec<i64> = third.tail(9).iter().map(|entry| entry.session).collect();
        assert_eq!(sessions, [1, 2]);
        assert_eq!(third.range(-1, 0, None)[0].input, "second");
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn kernels_running_together_have_their_own_sessions() {
        let dir = scratch("together");
        let [one, two] = [(); 2].map(|()| History::new(Some(dir.clone()), 100));
        one.append(1, "one", None);
        two.append(1, "two", None);
        one.append(2, "one again", None);
        let later = History::new(Some(dir.clone()), 100);
        let rows: Vec<(i64, i64)> = later.tail(9).iter().map(|entry| (entry.session, entry.line)).collect();
        assert_eq!(rows, [(1, 1), (2, 1), (1, 2)]);
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn the_file_is_bounded_private_and_survives_garbage() {
        use std::os::unix::fs::PermissionsExt;
        let dir = scratch("bound");
        let history = History::new(Some(dir.clone()), 10);
        (1..=40).for_each(|line| history.append(line, &format!("cell {line}"), None));
        let path = dir.join("history.jsonl");
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"\xff\xfe{\"session\": ").unwrap();
        let again = History::new(Some(dir.clone()), 10);
        again.append(1, "after", None);
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 12, "{text}");
        assert_eq!(again.tail(2)[0].input, "cell 40");
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn an_unusable_directory_means_memory() {
        let history = History::new(Some("/proc/nothing/here".into()), 10);
        history.append(1, "kept", None);
        assert_eq!(history.tail(1)[0].input, "kept");
    }
}
