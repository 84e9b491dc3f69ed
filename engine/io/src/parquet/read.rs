//! One task: a row group or a slice of it, decoded by us where all its columns are flat, else through the push decoder,
//! which asks for exactly the bytes it needs.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use arrow::array::RecordBatch;
use parquet::DecodeResult;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{RowSelection, RowSelector};
use parquet::arrow::push_decoder::{ParquetPushDecoder, ParquetPushDecoderBuilder};
use parquet::basic::PageType;
use parquet::file::metadata::{ColumnChunkMetaData, PageEncodingStats};
use weft_compute::{Pruned, prune};
use weft_core::source::{ChunkReader, ScanTask};
use weft_core::{Chunk, Result, Series};

use super::bounds::{of_pages, rows_of};
use super::filter::{Condition, decoded_order};
use super::flat::FlatReader;
use super::footer::{failed, guarded};
use super::schema::to_series;
use super::tasks::{OpenFile, Plan};
use crate::chunks::{IterReader, pieces};

/// See the module.
pub(super) struct GroupTask {
    pub(super) plan: Arc<Plan>,
    pub(super) open: Arc<OpenFile>,
    /// Rows that all tasks of the scan have given.
    pub(super) given: Arc<AtomicU64>,
    pub(super) group: usize,
    /// Whether some of its rows may fail the filters.
    pub(super) filtered: bool,
    /// Of the row group.
    pub(super) rows: Range<u64>,
    /// Rows that suffice of this task.
    pub(super) limit: Option<u64>,
}

impl ScanTask for GroupTask {
    fn open(self: Box<Self>) -> Result<Box<dyn ChunkReader>> {
        let (plan, open) = (Arc::clone(&self.plan), Arc::clone(&self.open));
        let metrics = &plan.context.metrics;
        if plan.columns.is_empty() && self.condition().is_none() {
            return Ok(self.count_only());
        }
        let wanted = self.wanted_rows();
        if wanted.is_empty() {
            metrics.row_groups_pruned.add(u64::from(self.rows.start == 0));
            self.count_pages(&[]);
            return Ok(Box::new(IterReader::new(std::iter::empty(), plan.context.cancel.clone())));
        }
        if !open.counted.swap(true, Ordering::AcqRel) {
            metrics.files.add(1);
        }
        metrics.row_groups_read.add(u64::from(self.rows.start == 0));
        metrics.rows_in.add(wanted.iter().map(|r| r.end - r.start).sum());
        match FlatReader::new(*self, wanted.clone()) {
            Ok(reader) => Ok(Box::new(reader)),
            Err(task) => Ok(Box::new(GroupReader::new(task, &wanted)?)),
        }
    }

    fn rows(&self) -> Option<u64> {
        Some(self.rows.end - self.rows.start)
    }
}

impl GroupTask {
    /// The condition, where rows may fail it.
    pub(super) fn condition(&self) -> Option<&Condition> {
        self.plan.condition.as_ref().filter(|_| self.filtered)
    }

    /// Rows without columns: nothing is read.
    fn count_only(&self) -> Box<dyn ChunkReader> {
        let context = &self.plan.context;
        let length = (self.rows.end - self.rows.start).min(self.limit.unwrap_or(u64::MAX));
        context.metrics.rows_in.add(length);
        self.has_given(length);
        let chunks = pieces(0, length, context.settings.chunk_rows()).map(|(_, rows)| Chunk::new(Vec::new(), rows));
        Box::new(IterReader::new(chunks, context.cancel.clone()))
    }

    /// The rows of the task that no page's bounds rule out, and no more than are wanted.
    fn wanted_rows(&self) -> Vec<Range<u64>> {
        let mut kept = vec![self.rows.clone()];
        if let (Some(condition), Some(filter)) = (self.condition(), &self.plan.filter) {
            for (field, &root) in condition.columns.iter().zip(&self.open.filter_roots) {
                let pages = of_pages(&self.open.footer, &self.open.metadata, self.group, root, field);
                for (start, bounds) in pages.unwrap_or_default() {
                    let rows = start..start.saturating_add(bounds.rows.unwrap_or(0));
                    let of_column = |name: &str| (*name == *field.name).then(|| bounds.clone());
                    if prune(filter, &of_column) == Pruned::Skip {
                        kept = without(kept, &rows);
                    }
                }
            }
        } else if let Some(limit) = self.limit {
            kept[0].end = self.rows.start.saturating_add(limit).min(self.rows.end);
        }
        kept
    }

    fn decoder(&self, wanted: &[Range<u64>]) -> parquet::errors::Result<ParquetPushDecoder> {
        let open = &self.open;
        let schema = open.metadata.file_metadata().schema_descr();
        let mut builder = ParquetPushDecoderBuilder::new_with_metadata(open.footer.schema.reader(&open.metadata)?)
            .with_row_groups(vec![self.group])
            .with_projection(ProjectionMask::roots(schema, open.roots.iter().copied()))
            .with_batch_size(self.plan.context.settings.chunk_rows());
        let total = open.metadata.row_groups().get(self.group).map_or(0, rows_of);
        let whole = 0..total;
        if wanted != std::slice::from_ref(&whole) {
            // The cache of filter columns fetches all pages that a batch touches: more than the selection asks for.
            builder = builder.with_row_selection(selection(wanted, total)).with_max_predicate_cache_size(0);
        }
        if let Some(condition) = self.condition() {
            builder = builder.with_row_filter(condition.row_filter(schema, &open.filter_roots));
        }
        if let Some(limit) = self.limit {
            builder = builder.with_limit(usize::try_from(limit).unwrap_or(usize::MAX));
        }
        builder.build()
    }

    /// Notes that the task gives `rows` rows more.
    pub(super) fn has_given(&self, rows: u64) {
        self.given.fetch_add(rows, Ordering::AcqRel);
    }

    /// Counts the data pages in the byte ranges that were read, and those of the task's rows that were not.
    pub(super) fn count_pages(&self, read: &[Range<u64>]) {
        let (open, metrics) = (&self.open, &self.plan.context.metrics);
        let group = &open.metadata.row_groups()[self.group];
        let schema = open.metadata.file_metadata().schema_descr();
        for leaf in 0..schema.num_columns() {
            let root = schema.get_column_root_idx(leaf);
            let filters = self.filtered && open.filter_roots.contains(&root);
            if !open.roots.contains(&root) && !filters {
                continue;
            }
            let covers = |at: u64| read.iter().any(|r| r.contains(&at));
            let index = open.metadata.page_index().and_then(|index| index.offset_index(self.group, leaf));
            let Some(index) = index else {
                let chunk = group.column(leaf);
                if covers(u64::try_from(chunk.data_page_offset()).unwrap_or(0)) {
                    metrics.pages_read.add(data_pages(chunk));
                }
                continue;
            };
            let pages = index.page_locations();
            for (i, page) in pages.iter().enumerate() {
                let first = u64::try_from(page.first_row_index).unwrap_or(0);
                let end = pages.get(i + 1).map_or(rows_of(group), |p| u64::try_from(p.first_row_index).unwrap_or(0));
                if first >= self.rows.end || end <= self.rows.start {
                    continue;
                }
                match covers(u64::try_from(page.offset).unwrap_or(0)) {
                    true => metrics.pages_read.add(1),
                    false => metrics.pages_pruned.add(1),
                }
            }
        }
    }
}

/// Data pages of a column chunk by its encoding statistics; one where the file has none.
fn data_pages(chunk: &ColumnChunkMetaData) -> u64 {
    let of_page = |s: &PageEncodingStats| match s.page_type {
        PageType::DATA_PAGE | PageType::DATA_PAGE_V2 => u64::try_from(s.count).unwrap_or(0),
        _ => 0,
    };
    chunk.page_encoding_stats().map_or(1, |all| all.iter().map(of_page).sum())
}

/// `kept` without the rows in `gone`.
fn without(kept: Vec<Range<u64>>, gone: &Range<u64>) -> Vec<Range<u64>> {
    let cut = |r: Range<u64>| [r.start..r.end.min(gone.start), r.start.max(gone.end)..r.end];
    kept.into_iter().flat_map(cut).filter(|r| r.start < r.end).collect()
}

fn selection(wanted: &[Range<u64>], total: u64) -> RowSelection {
    let clamp = |n: u64| usize::try_from(n.min(total)).unwrap_or(usize::MAX);
    let ranges = wanted.iter().map(|r| clamp(r.start)..clamp(r.end));
    let mut selectors: Vec<RowSelector> = Vec::with_capacity(wanted.len() * 2 + 1);
    let mut at = 0;
    for range in ranges {
        selectors.push(RowSelector::skip(range.start - at));
        selectors.push(RowSelector::select(range.end - range.start));
        at = range.end;
    }
    selectors.push(RowSelector::skip(clamp(total) - at));
    RowSelection::from(selectors)
}

/// A task through the push decoder.
struct GroupReader {
    task: GroupTask,
    /// Nothing once all rows are given.
    decoder: Option<ParquetPushDecoder>,
    /// Where the wanted columns stand in a decoded batch.
    order: Vec<usize>,
    /// The byte ranges read so far.
    ranges: Vec<Range<u64>>,
}

impl GroupReader {
    fn new(task: GroupTask, wanted: &[Range<u64>]) -> Result<Self> {
        let decoder = guarded(&task.open.file, || task.decoder(wanted))?;
        let order = decoded_order(&task.open.roots);
        Ok(GroupReader { task, decoder: Some(decoder), order, ranges: Vec::new() })
    }

    fn next(&mut self) -> Result<Option<Chunk>> {
        let context = &self.task.plan.context;
        while let Some(decoder) = &mut self.decoder {
            context.cancel.check()?;
            let file = &self.task.open.file;
            match guarded(file, || decoder.try_decode())? {
                DecodeResult::NeedsData(wanted) => {
                    let read = |r: &Range<u64>| file.bytes(r.start, r.end.saturating_sub(r.start));
                    let data = wanted.iter().map(read).collect::<Result<Vec<_>>>()?;
                    context.metrics.bytes_read.add(data.iter().map(|d| d.len() as u64).sum());
                    self.ranges.extend(wanted.iter().cloned());
                    decoder.push_ranges(wanted, data).map_err(|e| failed(&file.path, e))?;
                }
                DecodeResult::Data(batch) if batch.num_rows() == 0 => {}
                DecodeResult::Data(batch) => return self.chunk(&batch).map(Some),
                DecodeResult::Finished => {
                    self.decoder = None;
                    self.task.count_pages(&self.ranges);
                }
            }
        }
        Ok(None)
    }

    fn chunk(&self, batch: &RecordBatch) -> Result<Chunk> {
        let columns = self.task.plan.columns.iter().zip(&self.order);
        let series = columns.map(|(field, &i)| {
            let named =
                |e: weft_core::Error| e.with_context(format!("column `{}` of `{}`", field.name, self.task.open.file.path));
            to_series(batch.column(i), &field.ty).map_err(named)
        });
        let chunk = Chunk::new(series.collect::<Result<Vec<Series>>>()?, batch.num_rows())?;
        self.task.has_given(chunk.rows() as u64);
        Ok(chunk)
    }
}

impl ChunkReader for GroupReader {
    fn poll_next(&mut self, _cx: &mut Context<'_>) -> Poll<Result<Option<Chunk>>> {
        Poll::Ready(self.next())
    }
}
