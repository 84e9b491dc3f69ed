//! A file's bytes as text comes out of them: as they are, or unpacked from gzip or zstd.

use std::io::{self, Read};
use std::sync::Arc;

use weft_core::{Error, OperatorMetrics, Result};

use crate::local::LocalFile;

/// Reads a file from its beginning and counts what comes from disk.
struct Counted {
    file: LocalFile,
    offset: u64,
    metrics: Option<Arc<OperatorMetrics>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.offset)?;
        self.offset += read as u64;
        if let Some(metrics) = &self.metrics {
            metrics.bytes_read.add(read as u64);
        }
        Ok(read)
    }
}

/// The text of `file`. What it is packed with is told by its first bytes.
pub(super) fn open(file: &LocalFile, metrics: Option<Arc<OperatorMetrics>>) -> Result<Box<dyn Read + Send>> {
    let mut magic = [0; 6];
    let length = file.read_at(&mut magic, 0).map_err(|e| Error::io(&file.path, &e))?;
    let raw = Counted { file: file.clone(), offset: 0, metrics };
    let refuse = |what: &str| {
        Err(Error::unsupported(format!("`{}` is packed with {what}, which cannot be read yet", file.path))
            .with_help("unpack it first; gzip and zstd are read as they are"))
    };
    match &magic[..length] {
        [0x1f, 0x8b, ..] => Ok(Box::new(flate2::read::MultiGzDecoder::new(raw))),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => match zstd::stream::read::Decoder::new(raw) {
            Ok(unpacked) => Ok(Box::new(unpacked)),
            Err(error) => Err(Error::io(&file.path, &error)),
        },
        [b'B', b'Z', b'h', ..] => refuse("bzip2"),
        [0xfd, b'7', b'z', b'X', b'Z', 0] => refuse("xz"),
        [b'P', b'K', 3, 4, ..] => refuse("zip"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err(Error::format(format!("`{}` is UTF-16 text; only UTF-8 is read", file.path))
            .with_help("convert it first, for example with `iconv -f utf-16 -t utf-8`")),
        _ => Ok(Box::new(raw)),
    }
}
