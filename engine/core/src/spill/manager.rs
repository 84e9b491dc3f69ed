//! The folder of spilled data and how much may lie there.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use parking_lot::Mutex;

use super::disk;
use super::file::SpillWriter;
use crate::error::{Error, ErrorKind, Result};
use crate::memory::human_bytes;
use crate::metrics::OperatorMetrics;

/// What an error says to do about the folder.
pub(super) const FOLDER_HELP: &str = "memory ran short, and what does not fit goes there: make room or mend it, choose \
                                      another folder with `set spill_dir = \"…\"`, or raise `memory_limit`";

/// Where operators write what does not fit into memory. Shared by all queries of a session.
#[derive(Debug)]
pub struct SpillManager {
    place: Mutex<Place>,
    used: AtomicU64,
    files: AtomicUsize,
}

#[derive(Debug)]
struct Place {
    folder: PathBuf,
    /// The setting; 0 leaves it to the disk.
    limit: u64,
    /// What the disk allowed when spilling began; forgotten when all files are gone.
    found: Option<u64>,
    /// Whether what crashed processes left has been removed.
    swept: bool,
}

impl SpillManager {
    /// Spills into `folder`, at most `limit` bytes at a time; 0 stands for nine tenths of what the disk has free when
    /// spilling begins. Nothing is touched before the first file.
    pub fn new(folder: impl Into<PathBuf>, limit: u64) -> Arc<Self> {
        let place = Place { folder: folder.into(), limit, found: None, swept: false };
        Arc::new(SpillManager { place: Mutex::new(place), used: AtomicU64::new(0), files: AtomicUsize::new(0) })
    }

    /// Another folder and limit for the files that are made from now on.
    pub fn configure(&self, folder: impl Into<PathBuf>, limit: u64) {
        let (mut place, folder) = (self.place.lock(), folder.into());
        if place.folder != folder {
            (place.swept, place.found) = (false, None);
        }
        (place.folder, place.limit) = (folder, limit);
    }

    /// Whether `folder` is one that files can be made in.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when it is missing, no folder, or cannot be written.
    pub fn check(folder: &Path) -> Result<()> {
        disk::create(folder).map(drop).map_err(|e| Error::io(&folder.display().to_string(), &e))
    }

    /// A new file for what `operator` cannot keep. Its bytes are counted in `metrics`.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when the folder is missing or cannot be written.
    pub fn create(self: &Arc<Self>, operator: &str, metrics: &Arc<OperatorMetrics>) -> Result<SpillWriter> {
        let mut place = self.place.lock();
        if !place.swept {
            disk::sweep(&place.folder);
            place.swept = true;
        }
        if self.files() == 0 {
            place.found = None;
        }
        let file = disk::create(&place.folder).map_err(|e| {
            let what = match e.kind() {
                std::io::ErrorKind::NotFound => "there is no such folder".to_string(),
                _ => e.to_string(),
            };
            let message = format!("{operator} cannot spill to `{}`: {what}", place.folder.display());
            Error::new(ErrorKind::Io, message).with_help(FOLDER_HELP)
        })?;
        self.files.fetch_add(1, Ordering::Relaxed);
        metrics.spill_files.add(1);
        Ok(SpillWriter::new(file, place.folder.clone(), operator, Arc::clone(self), Arc::clone(metrics)))
    }

    /// Bytes on disk now.
    pub fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// Files open now.
    pub fn files(&self) -> usize {
        self.files.load(Ordering::Relaxed)
    }

    /// The most bytes that may lie on disk.
    fn limit(&self) -> u64 {
        let mut place = self.place.lock();
        if place.limit > 0 {
            return place.limit;
        }
        let used = self.used();
        match place.found {
            Some(found) => found,
            None => {
                // Where the disk does not tell, it will say so itself when it is full.
                let found = disk::free_bytes(&place.folder).map_or(u64::MAX, |free| (free / 10 * 9).saturating_add(used));
                *place.found.insert(found)
            }
        }
    }

    /// Counts `bytes` more, before they are written.
    pub(super) fn take(&self, bytes: u64, operator: &str) -> Result<()> {
        let limit = self.limit();
        let fits = |used: u64| used.checked_add(bytes).filter(|&total| total <= limit);
        let Err(used) = self.used.fetch_update(Ordering::AcqRel, Ordering::Relaxed, fits) else { return Ok(()) };
        let human = |n: u64| human_bytes(usize::try_from(n).unwrap_or(usize::MAX));
        let own = self.place.lock().limit > 0;
        let whose = if own { "the spill limit of" } else { "nine tenths of the free disk space," };
        let message = format!(
            "{operator} would spill {} more than {whose} {} allows ({} on disk)",
            human(bytes),
            human(limit),
            human(used)
        );
        Err(Error::new(ErrorKind::Io, message).with_help(
            "raise it with `set spill_limit = \"100GB\"`, choose a folder on a larger disk with `set spill_dir`, or raise `memory_limit`",
        ))
    }

    pub(super) fn give_back(&self, bytes: u64) {
        self.used.fetch_sub(bytes, Ordering::AcqRel);
    }

    pub(super) fn close(&self, bytes: u64) {
        self.give_back(bytes);
        self.files.fetch_sub(1, Ordering::AcqRel);
    }
}
