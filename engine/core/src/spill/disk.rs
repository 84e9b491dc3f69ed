//! Files without names, and reading and writing them at an offset.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// Begins the names that files bear between their making and the removal of the name.
const PREFIX: &str = "weft-spill-";

/// A new file in `folder` whose name is removed at once: it goes when it is closed, however the process ends.
pub(super) fn create(folder: &Path) -> io::Result<File> {
    let name = format!("{PREFIX}{}-", std::process::id());
    let (file, path) = tempfile::Builder::new().prefix(&name).tempfile_in(folder).map_err(plain)?.into_parts();
    path.close().map_err(plain)?;
    Ok(file)
}

/// The error without the path that `tempfile` puts before it: whoever shows it names the folder.
fn plain(error: io::Error) -> io::Error {
    match error.raw_os_error().or_else(|| inner_code(&error)) {
        Some(code) => io::Error::from_raw_os_error(code),
        None => error,
    }
}

fn inner_code(error: &io::Error) -> Option<i32> {
    let mut source = std::error::Error::source(error.get_ref()?);
    while let Some(inner) = source {
        if let Some(code) = inner.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error) {
            return Some(code);
        }
        source = inner.source();
    }
    None
}

/// Removes what processes that are gone left in `folder`. What cannot be removed stays: it is not in the way.
pub(super) fn sweep(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|n| n.strip_prefix(PREFIX)?.split_once('-')?.0.parse::<u32>().ok());
        if process.is_some_and(|id| id != std::process::id() && !is_alive(id)) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Whether a process runs; where that cannot be told, it is taken to.
fn is_alive(id: u32) -> bool {
    !Path::new("/proc/self").exists() || Path::new(&format!("/proc/{id}")).exists()
}

/// Bytes that the disk of `folder` has free for this user.
pub(super) fn free_bytes(folder: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(folder).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// Writes all of `bytes` at `offset`.
pub(super) fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    FileExt::write_all_at(file, bytes, offset)
}

/// Fills `bytes` from `offset` on.
pub(super) fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    FileExt::read_exact_at(file, bytes, offset)
}
