//! One open file: its identity, and reads at positions that leave no cursor behind.

use std::fmt;
use std::fs::{File, Metadata};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use weft_core::{Error, ErrorKind, Result};

use super::path::show;

/// What tells one state of a file from any other: device, inode, size, modification and change time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct FileId {
    device: u64,
    inode: u64,
    pub(crate) size: u64,
    /// Nanoseconds since 1970.
    pub(crate) modified: i128,
    changed: i128,
}

impl FileId {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        let nanos = |seconds: i64, nanos: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
        FileId {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: nanos(metadata.mtime(), metadata.mtime_nsec()),
            changed: nanos(metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}:{:x}:{}:{}:{}", self.device, self.inode, self.size, self.modified, self.changed)
    }
}

/// An open regular file. Clones share the descriptor.
#[derive(Debug, Clone)]
pub(crate) struct LocalFile {
    file: Arc<File>,
    /// Absolute, for messages.
    pub(crate) path: Arc<str>,
    pub(crate) id: FileId,
}

impl LocalFile {
    /// Opens a regular file. Anything else (a pipe would block, a folder has no bytes) is an error.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let text = show(path);
        let failed = |e: std::io::Error| match e.kind() {
            std::io::ErrorKind::NotFound => super::nearest::missing(path, false),
            _ => Error::io(&text, &e),
        };
        let kind = std::fs::metadata(path).map_err(failed)?.file_type();
        if kind.is_dir() {
            let help = format!("to read the files in it, write a pattern such as `{text}/*`");
            return Err(Error::new(ErrorKind::Io, format!("`{text}` is a folder")).with_help(help));
        }
        if !kind.is_file() {
            return Err(Error::new(ErrorKind::Io, format!("`{text}` is no regular file")));
        }
        let file = File::open(path).map_err(failed)?;
        let id = FileId::of(&file.metadata().map_err(failed)?);
        Ok(LocalFile { file: Arc::new(file), path: text.into(), id })
    }

    /// Fills all of `buffer` from `offset`.
    pub(crate) fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> Result<()> {
        self.file.read_exact_at(buffer, offset).map_err(|e| match e.kind() {
            std::io::ErrorKind::UnexpectedEof => {
                Error::format(format!("`{}` ends before byte {}", self.path, offset.saturating_add(buffer.len() as u64)))
            }
            _ => Error::io(&self.path, &e),
        })
    }

    /// `length` bytes from `offset`; refused before anything is allocated when the file is shorter.
    pub(crate) fn bytes(&self, offset: u64, length: u64) -> Result<Bytes> {
        let end = offset.checked_add(length).filter(|&end| end <= self.id.size);
        if end.is_none() {
            let message = format!("`{}` ends at byte {}, before byte {}", self.path, self.id.size, offset.saturating_add(length));
            return Err(Error::format(message));
        }
        let mut buffer = vec![0; length as usize];
        self.read_exact_at(&mut buffer, offset)?;
        Ok(buffer.into())
    }

    /// As many bytes as there are, at most `buffer.len()`, from `offset`; 0 at the end.
    pub(crate) fn read_at(&self, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
        self.file.read_at(buffer, offset)
    }
}
