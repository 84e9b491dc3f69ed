//! One column of a row group: a cursor over its pages, and the rows taken of them so far.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::builder::NullBufferBuilder;
use arrow::array::{ArrayRef, UInt32Array};
use arrow::buffer::{BooleanBuffer, NullBuffer, ScalarBuffer};
use arrow::compute::cast;
use bytes::Bytes;
use parquet::basic::{Encoding, Type as PhysicalType};
use parquet::column::page::{Page, PageReader};
use parquet::file::serialized_reader::SerializedPageReader;
use weft_core::{Error, Field, Result, Series};

use super::fetch::{Fetched, locations};
use super::hybrid::{Hybrid, ends_early};
use super::values::{Values, spread};
use super::{Leaf, bools, delta};
use crate::parquet::bounds::rows_of;
use crate::parquet::footer::guarded;
use crate::parquet::schema::to_series;
use crate::parquet::tasks::OpenFile;

/// Dictionaries up to this many values are kept whatever the number of rows: they fit the nearest caches.
const SMALL: usize = 4096;

/// See the module.
pub(super) struct Column {
    leaf: Leaf,
    /// What the engine calls it, and of which type.
    field: Field,
    open: Arc<OpenFile>,
    /// Rows of the row group.
    rows: u64,
    /// Whether codes of few values leave as they are.
    keep_codes: bool,
    pages: SerializedPageReader<Fetched>,
    values: Box<dyn Values>,
    /// Values in the dictionary.
    distinct: usize,
    dictionary: Option<ArrayRef>,
    page: PageState,
    /// What was taken: codes as long as all were, or values.
    codes: Vec<u32>,
    are_codes: bool,
    nulls: NullBufferBuilder,
    scratch: Vec<u32>,
}

/// The page at hand.
struct PageState {
    /// Of the row group.
    rows: Range<u64>,
    /// The next row.
    at: u64,
    /// Which rows are not null; nothing when all are.
    valid: Option<NullBuffer>,
    /// The codes, or nothing where `Column::values` has the page.
    codes: Option<Hybrid>,
}

impl Column {
    /// The column `leaf` of a row group as `field`; `keep_codes` says whether a dictionary of few values is handed on.
    pub(super) fn new(
        open: &Arc<OpenFile>,
        group: usize,
        leaf: &Leaf,
        field: &Field,
        fetched: &Arc<Fetched>,
        keep_codes: bool,
    ) -> Result<Self> {
        let missing = || Error::internal(format!("no reader for column `{}`", field.name));
        let metadata = open.metadata.row_groups().get(group).ok_or_else(missing)?;
        let rows = rows_of(metadata);
        let locations = locations(open, group, leaf);
        let chunk = metadata.column(leaf.index);
        let pages = guarded(&open.file, || SerializedPageReader::new(Arc::clone(fetched), chunk, rows as usize, locations))?;
        Ok(Column {
            field: field.clone(),
            open: Arc::clone(open),
            rows,
            keep_codes,
            pages,
            values: leaf.values().ok_or_else(missing)?,
            leaf: leaf.clone(),
            distinct: 0,
            dictionary: None,
            page: PageState { rows: 0..0, at: 0, valid: None, codes: None },
            codes: Vec::new(),
            are_codes: true,
            nulls: NullBufferBuilder::new(0),
            scratch: Vec::new(),
        })
    }

    /// Takes all of `rows` (ascending, behind what was taken), or those of them that stand at `picked`.
    pub(super) fn take(&mut self, rows: &[Range<u64>], picked: Option<&[u32]>) -> Result<()> {
        self.take_ranges(rows, picked).map_err(|e| self.named(e))
    }

    fn take_ranges(&mut self, rows: &[Range<u64>], picked: Option<&[u32]>) -> Result<()> {
        // How many rows stand before the range at hand.
        let mut before = 0;
        for range in rows {
            let position = |row: u64| before + (row - range.start) as u32;
            let mut row = range.start;
            while row < range.end {
                let later = match picked {
                    None => &[][..],
                    Some(picked) => {
                        let later = &picked[picked.partition_point(|&i| i < position(row))..];
                        let Some(&first) = later.first().filter(|&&i| i < position(range.end)) else { break };
                        row = range.start + u64::from(first - before);
                        later
                    }
                };
                self.seek(row)?;
                let stop = range.end.min(self.page.rows.end);
                let count = (stop - row) as usize;
                match picked {
                    None => self.take_all(count)?,
                    Some(_) => {
                        let here = &later[..later.partition_point(|&i| i < position(stop))];
                        self.take_some(here, position(row), count)?;
                    }
                }
                self.page.at = stop;
                row = stop;
            }
            before += (range.end - range.start) as u32;
        }
        Ok(())
    }

    /// What was taken since the last time.
    pub(super) fn finish(&mut self) -> Result<Series> {
        self.finish_series().map_err(|e| self.named(e))
    }

    fn finish_series(&mut self) -> Result<Series> {
        let nulls = self.nulls.finish();
        if std::mem::replace(&mut self.are_codes, true) {
            let codes = UInt32Array::new(ScalarBuffer::from(std::mem::take(&mut self.codes)), nulls);
            let values = match &self.dictionary {
                Some(values) => Arc::clone(values),
                None => {
                    let storage = self.field.ty.to_arrow();
                    let values = match self.distinct {
                        0 => arrow::array::new_empty_array(&storage),
                        _ => cast(&self.values.dictionary_array()?, &storage)?,
                    };
                    Arc::clone(self.dictionary.insert(values))
                }
            };
            return Ok(Series::dictionary(self.field.ty.clone(), codes, values));
        }
        to_series(&self.values.finish(nulls)?, &self.field.ty)
    }

    fn named(&self, error: Error) -> Error {
        let (name, path) = (&self.field.name, &self.open.file.path);
        match error.message().contains(&**path) {
            true => error.with_context(format!("column `{name}`")),
            false if error.kind() == weft_core::ErrorKind::Format => {
                Error::format(format!("column `{name}` of `{path}` cannot be read as Parquet: {}", error.message()))
            }
            false => error.with_context(format!("column `{name}` of `{path}`")),
        }
    }

    /// Goes to `row`, which lies ahead.
    fn seek(&mut self, row: u64) -> Result<()> {
        while row >= self.page.rows.end {
            self.next_page(row)?;
        }
        let (from, to) = ((self.page.at - self.page.rows.start) as usize, (row - self.page.rows.start) as usize);
        if from < to {
            let values = match &self.page.valid {
                None => to - from,
                Some(valid) => to - from - valid.slice(from, to - from).null_count(),
            };
            match &mut self.page.codes {
                Some(codes) => codes.skip(values)?,
                None => self.values.skip(values)?,
            }
            self.page.at = row;
        }
        Ok(())
    }

    /// Loads the next page if it has `row`, else passes it.
    fn next_page(&mut self, row: u64) -> Result<()> {
        let (start, file) = (self.page.rows.end, self.open.file.clone());
        let Some(next) = guarded(&file, || self.pages.peek_next_page())? else {
            return Err(Error::format(format!("its pages have {start} of {} rows", self.rows)));
        };
        if !next.is_dict {
            let rows = next.num_rows.or(next.num_levels).unwrap_or(0) as u64;
            let end = start.saturating_add(rows);
            if end <= row {
                guarded(&file, || self.pages.skip_next_page())?;
                self.page = PageState { rows: start..end, at: end, valid: None, codes: None };
                return Ok(());
            }
        }
        match guarded(&file, || self.pages.get_next_page())? {
            Some(Page::DictionaryPage { buf, num_values, encoding, .. }) => match encoding {
                Encoding::PLAIN | Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY => {
                    self.flatten()?;
                    self.distinct = num_values as usize;
                    self.dictionary = None;
                    self.values.dictionary(buf, self.distinct)
                }
                other => Err(Error::format(format!("a dictionary is encoded as {other}"))),
            },
            Some(page) => self.begin(page, start),
            None => Err(ends_early()),
        }
    }

    /// Takes a page's levels apart from its values.
    fn begin(&mut self, page: Page, start: u64) -> Result<()> {
        let (rows, encoding, mut data) = (page.num_values() as usize, page.encoding(), page.buffer().clone());
        let end = start + rows as u64;
        if end > self.rows {
            return Err(Error::format(format!("its pages have more than {} rows", self.rows)));
        }
        let mut cut = |bytes: usize| match bytes <= data.len() {
            true => Ok(data.split_to(bytes)),
            false => Err(ends_early()),
        };
        let levels = match &page {
            Page::DataPage { def_level_encoding, .. } if self.leaf.optional => match def_level_encoding {
                Encoding::RLE => {
                    let length = cut(4)?.first_chunk().map_or(0, |n| u32::from_le_bytes(*n));
                    Some(cut(length as usize)?)
                }
                other => return Err(Error::format(format!("definition levels are encoded as {other}"))),
            },
            Page::DataPageV2 { def_levels_byte_len, rep_levels_byte_len, num_nulls, .. } => {
                cut(*rep_levels_byte_len as usize)?;
                let levels = cut(*def_levels_byte_len as usize)?;
                (self.leaf.optional && *num_nulls > 0).then_some(levels)
            }
            _ => None,
        };
        let valid = levels.map(|levels| validity(levels, rows)).transpose()?.flatten();
        let count = rows - valid.as_ref().map_or(0, NullBuffer::null_count);
        let codes = self.encoded(encoding, data, count)?;
        self.page = PageState { rows: start..end, at: start, valid, codes };
        Ok(())
    }

    /// Begins to read `count` values in `encoding`: the codes, or nothing when `values` has the page.
    fn encoded(&mut self, encoding: Encoding, data: Bytes, count: usize) -> Result<Option<Hybrid>> {
        use PhysicalType as P;
        let (physical, length) = (self.leaf.physical, self.leaf.length);
        let width = if physical == P::INT32 || physical == P::FLOAT { 4 } else { 8 };
        let plain = match (encoding, physical) {
            (Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY, _) => {
                // A page without values may have no width either.
                let width = data.first().map_or(0, |&w| usize::from(w));
                return Hybrid::new(data.slice(1.min(data.len())..), width).map(Some);
            }
            (Encoding::PLAIN, _) => data,
            (Encoding::RLE, P::BOOLEAN) => bools::plain(&data, count)?,
            (Encoding::DELTA_BINARY_PACKED, P::INT32) => delta::integers::<4>(&data, count)?,
            (Encoding::DELTA_BINARY_PACKED, P::INT64) => delta::integers::<8>(&data, count)?,
            (Encoding::DELTA_LENGTH_BYTE_ARRAY, P::BYTE_ARRAY) => delta::with_lengths(&data, count)?,
            (Encoding::DELTA_BYTE_ARRAY, P::BYTE_ARRAY) => delta::with_prefixes(&data, count, true)?,
            (Encoding::DELTA_BYTE_ARRAY, P::FIXED_LEN_BYTE_ARRAY) => delta::with_prefixes(&data, count, false)?,
            (Encoding::BYTE_STREAM_SPLIT, P::INT32 | P::INT64 | P::FLOAT | P::DOUBLE) => delta::unsplit(&data, width),
            (Encoding::BYTE_STREAM_SPLIT, P::FIXED_LEN_BYTE_ARRAY) => delta::unsplit(&data, length),
            (other, _) => return Err(Error::format(format!("{physical} values are encoded as {other}"))),
        };
        self.values.page(plain, count)?;
        Ok(None)
    }

    /// The next `rows` rows of the page.
    fn take_all(&mut self, rows: usize) -> Result<()> {
        let from = (self.page.at - self.page.rows.start) as usize;
        let valid = self.page.valid.as_ref().map(|valid| valid.slice(from, rows));
        let count = rows - valid.as_ref().map_or(0, NullBuffer::null_count);
        self.append(rows, valid, |codes, out| codes.read(count, out), |values| values.read(count))
    }

    /// Those of the next `rows` rows of the page that stand at `picked`, counted from `before` on.
    fn take_some(&mut self, picked: &[u32], before: u32, rows: usize) -> Result<()> {
        let from = (self.page.at - self.page.rows.start) as usize;
        let Some(valid) = self.page.valid.as_ref().map(|valid| valid.slice(from, rows)) else {
            let indices: Vec<u32> = picked.iter().map(|&i| i - before).collect();
            let (codes, values) = ((&indices, rows), (&indices, rows));
            return self.append(
                picked.len(),
                None,
                |hybrid, out| hybrid.pick(codes.0, codes.1, out),
                |page| page.pick(values.0, values.1),
            );
        };
        // Where the picked rows' values stand among those that are not null.
        let (mut indices, mut rank, mut passed) = (Vec::with_capacity(picked.len()), 0u32, 0);
        let kept = BooleanBuffer::collect_bool(picked.len(), |i| valid.is_valid((picked[i] - before) as usize));
        for &row in picked {
            let row = (row - before) as usize;
            rank += (passed..row).filter(|&r| valid.is_valid(r)).count() as u32;
            if valid.is_valid(row) {
                indices.push(rank);
            }
            passed = row;
        }
        let span = rows - valid.null_count();
        let kept = Some(NullBuffer::new(kept));
        self.append(picked.len(), kept, |codes, out| codes.pick(&indices, span, out), |values| values.pick(&indices, span))
    }

    /// Appends `rows` rows of the page, of which those that are valid come from its codes or values.
    fn append(
        &mut self,
        rows: usize,
        valid: Option<NullBuffer>,
        read_codes: impl FnOnce(&mut Hybrid, &mut Vec<u32>) -> Result<()>,
        read_values: impl FnOnce(&mut dyn Values) -> Result<()>,
    ) -> Result<()> {
        let valid = valid.filter(|v| v.null_count() > 0);
        match &mut self.page.codes {
            None => {
                self.flatten()?;
                self.are_codes = false;
                read_values(&mut *self.values)?;
                if let Some(valid) = &valid {
                    self.values.spread(valid);
                }
            }
            Some(hybrid) => {
                let few = self.distinct <= SMALL || self.distinct as u64 * 4 <= self.rows;
                let keep = self.keep_codes && few && self.are_codes;
                let out = if keep { &mut self.codes } else { &mut self.scratch };
                let start = if keep { out.len() } else { 0 };
                out.truncate(start);
                read_codes(hybrid, out)?;
                let greatest = out[start..].iter().fold(0, |most, &code| most.max(code));
                if out.len() > start && greatest as usize >= self.distinct {
                    return Err(Error::format(format!("code {greatest} of a dictionary of {} values", self.distinct)));
                }
                if keep {
                    if let Some(valid) = &valid {
                        spread(out, valid);
                    }
                } else {
                    self.flatten()?;
                    self.are_codes = false;
                    self.values.decode(&self.scratch)?;
                    if let Some(valid) = &valid {
                        self.values.spread(valid);
                    }
                }
            }
        }
        match &valid {
            None => self.nulls.append_n_non_nulls(rows),
            Some(valid) => self.nulls.append_buffer(valid),
        }
        Ok(())
    }

    /// Turns the codes taken so far into values: others follow that have none.
    fn flatten(&mut self) -> Result<()> {
        if self.are_codes && !self.codes.is_empty() {
            self.values.decode(&self.codes)?;
            self.codes.clear();
            self.are_codes = false;
        }
        Ok(())
    }
}

/// Which rows are not null; nothing when all are.
fn validity(levels: Bytes, rows: usize) -> Result<Option<NullBuffer>> {
    let mut levels = Hybrid::new(levels, 1)?;
    if rows == 0 || levels.is_all(1, rows)? {
        return Ok(None);
    }
    let valid = NullBuffer::new(levels.bits(rows)?);
    Ok((valid.null_count() > 0).then_some(valid))
}
