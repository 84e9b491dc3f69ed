//! The bytes of the pages that a task needs, read from the file in few and bounded pieces.

use std::ops::Range;
use std::sync::Arc;

use bytes::{Buf, Bytes, buf::Reader};
use parquet::errors::ParquetError;
use parquet::file::page_index::offset_index::PageLocation;
use parquet::file::reader::{ChunkReader, Length};
use weft_core::{CancelToken, Error, Result};

use super::Leaf;
use crate::local::LocalFile;
use crate::parquet::bounds::rows_of;
use crate::parquet::tasks::OpenFile;

/// Ranges that touch are read at once up to this many bytes.
const AT_ONCE: u64 = 8 << 20;
/// Bytes read between two looks at the token.
const STEP: usize = 1 << 20;

/// Parts of a file, in memory.
#[derive(Debug)]
pub(super) struct Fetched {
    /// First byte and bytes, ascending.
    parts: Vec<(u64, Bytes)>,
    /// Of the file.
    size: u64,
}

impl Fetched {
    /// Reads `ranges`, ascending and apart from each other.
    pub(super) fn read(file: &LocalFile, ranges: &[Range<u64>], cancel: &CancelToken) -> Result<Arc<Fetched>> {
        let mut wholes: Vec<Range<u64>> = Vec::with_capacity(ranges.len());
        for range in ranges {
            match wholes.last_mut() {
                Some(last) if last.end == range.start && range.end - last.start <= AT_ONCE => last.end = range.end,
                _ => wholes.push(range.clone()),
            }
        }
        let read = |range: Range<u64>| Ok((range.start, bytes(file, range, cancel)?));
        Ok(Arc::new(Fetched { parts: wholes.into_iter().map(read).collect::<Result<_>>()?, size: file.id.size }))
    }
}

fn bytes(file: &LocalFile, range: Range<u64>, cancel: &CancelToken) -> Result<Bytes> {
    if range.end > file.id.size {
        let message = format!("`{}` ends at byte {}, before byte {}", file.path, file.id.size, range.end);
        return Err(Error::format(message));
    }
    let mut buffer = vec![0; (range.end - range.start) as usize];
    let mut offset = range.start;
    for step in buffer.chunks_mut(STEP) {
        cancel.check()?;
        file.read_exact_at(step, offset)?;
        offset += step.len() as u64;
    }
    Ok(buffer.into())
}

impl Length for Fetched {
    fn len(&self) -> u64 {
        self.size
    }
}

impl ChunkReader for Fetched {
    type T = Reader<Bytes>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        let (first, bytes) = self.part(start)?;
        Ok(bytes.slice((start - first) as usize..).reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        let (first, bytes) = self.part(start)?;
        let from = (start - first) as usize;
        match from.checked_add(length).filter(|&end| end <= bytes.len()) {
            Some(end) => Ok(bytes.slice(from..end)),
            None => Err(ParquetError::EOF("a page reaches past its column".into())),
        }
    }
}

impl Fetched {
    fn part(&self, start: u64) -> parquet::errors::Result<&(u64, Bytes)> {
        let after = self.parts.partition_point(|(first, _)| *first <= start);
        let part = after.checked_sub(1).and_then(|i| self.parts.get(i));
        let inside = part.filter(|(first, bytes)| start - first <= bytes.len() as u64);
        inside.ok_or_else(|| ParquetError::EOF("a page stands outside its column".into()))
    }
}

/// The locations of a column's pages in a row group, where the file tells.
pub(super) fn locations(open: &OpenFile, group: usize, leaf: &Leaf) -> Option<Vec<PageLocation>> {
    let pages = open.metadata.page_index()?.offset_index(group, leaf.index)?.page_locations();
    (!pages.is_empty()).then(|| pages.clone())
}

/// Byte ranges of the pages of `leaves` with any of `rows` (ascending), in the file's order. Without page locations, of
/// whole columns.
///
/// # Errors
/// When the footer places a column outside any file.
pub(super) fn ranges<'a>(
    open: &OpenFile,
    group: usize,
    leaves: impl Iterator<Item = &'a Leaf>,
    rows: &[Range<u64>],
) -> Result<Vec<Range<u64>>> {
    let Some(metadata) = open.metadata.row_groups().get(group) else { return Ok(Vec::new()) };
    let mut ranges = Vec::new();
    for leaf in leaves {
        let chunk = metadata.column(leaf.index);
        let start = chunk.dictionary_page_offset().unwrap_or(chunk.data_page_offset());
        let (Ok(start), Ok(length)) = (u64::try_from(start), u64::try_from(chunk.compressed_size())) else {
            return Err(Error::format(format!("`{}` is damaged: a column stands before its beginning", open.file.path)));
        };
        let Some(pages) = locations(open, group, leaf) else {
            ranges.push(start..start.saturating_add(length));
            continue;
        };
        let offset = |page: &PageLocation| u64::try_from(page.offset).unwrap_or(0);
        let first_row = |page: &PageLocation| u64::try_from(page.first_row_index).unwrap_or(0);
        // What stands before the first data page is the dictionary.
        if let Some(first) = pages.first().map(offset).filter(|&first| first > start) {
            ranges.push(start..first);
        }
        for (i, page) in pages.iter().enumerate() {
            let of_page = first_row(page)..pages.get(i + 1).map_or(rows_of(metadata), first_row);
            let next = rows.partition_point(|r| r.end <= of_page.start);
            if rows.get(next).is_some_and(|r| r.start < of_page.end) {
                let size = u64::try_from(page.compressed_page_size).unwrap_or(0);
                ranges.push(offset(page)..offset(page).saturating_add(size));
            }
        }
    }
    ranges.sort_unstable_by_key(|r| r.start);
    ranges.dedup();
    Ok(ranges)
}
