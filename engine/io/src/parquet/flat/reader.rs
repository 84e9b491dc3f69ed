//! A task through our own decoder: first the rows on which the filters are true, then those rows of the other columns.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::task::{Context, Poll};

use arrow::array::{Array, ArrayRef, AsArray, UInt32Array};
use arrow::compute::concat;
use arrow::datatypes::UInt32Type;
use weft_core::series::Encoding;
use weft_core::source::ChunkReader;
use weft_core::{Chunk, Field, Result, Series};

use super::column::Column;
use super::fetch::{Fetched, ranges};
use super::{Leaf, leaves};
use crate::parquet::filter::Condition;
use crate::parquet::read::GroupTask;

/// See the module.
pub(in crate::parquet) struct FlatReader {
    task: GroupTask,
    /// The rows of the row group to look at; taken when reading begins.
    wanted: Option<Vec<Range<u64>>>,
    /// The wanted columns' leaves.
    leaves: Vec<Leaf>,
    /// The condition's leaves.
    filter_leaves: Vec<Leaf>,
    batches: VecDeque<Batch>,
    /// For each wanted column: its reader, or where it stands among the condition's columns.
    columns: Vec<Place>,
    /// The byte ranges read so far.
    ranges: Vec<Range<u64>>,
}

enum Place {
    Read(Box<Column>),
    Kept(usize),
}

/// Rows that are to be given together.
struct Batch {
    rows: Vec<Range<u64>>,
    /// Positions among `rows` of those to be given; nothing when all are.
    picked: Option<Vec<u32>>,
    count: usize,
    /// The condition's columns, at those rows.
    kept: Vec<Series>,
}

impl FlatReader {
    /// The reader of `task`, or the task back where a column needs the push decoder.
    pub(in crate::parquet) fn new(task: GroupTask, wanted: Vec<Range<u64>>) -> std::result::Result<Self, GroupTask> {
        let filter_roots = if task.condition().is_some() { &task.open.filter_roots[..] } else { &[] };
        let read = |roots| leaves(&task.open, task.group, roots);
        let (Some(filter_leaves), Some(leaves)) = (read(filter_roots), read(&task.open.roots)) else { return Err(task) };
        let (batches, columns, ranges) = (VecDeque::new(), Vec::new(), Vec::new());
        Ok(FlatReader { task, wanted: Some(wanted), leaves, filter_leaves, batches, columns, ranges })
    }

    fn next(&mut self) -> Result<Option<Chunk>> {
        if let Some(wanted) = self.wanted.take() {
            self.batches = match self.task.condition().cloned() {
                Some(condition) => self.filtered(&wanted, &condition)?,
                None => batches(&wanted, self.chunk_rows()).map(Batch::whole).collect(),
            };
            self.open_columns()?;
        }
        self.task.plan.context.cancel.check()?;
        let mut group: Vec<Batch> = Vec::new();
        let mut count = 0;
        while let Some(next) = self.batches.front()
            && (group.is_empty() || count + next.count <= self.chunk_rows())
        {
            count += next.count;
            group.extend(self.batches.pop_front());
        }
        if group.is_empty() {
            self.task.count_pages(&self.ranges);
            self.columns.clear();
            return Ok(None);
        }
        let columns = self.columns.iter_mut().map(|place| match place {
            Place::Kept(index) => joined(group.iter().map(|b| &b.kept[*index])),
            Place::Read(column) => {
                group.iter().try_for_each(|b| column.take(&b.rows, b.picked.as_deref()))?;
                column.finish()
            }
        });
        let chunk = Chunk::new(columns.collect::<Result<_>>()?, count)?;
        self.task.has_given(count as u64);
        Ok(Some(chunk))
    }

    fn chunk_rows(&self) -> usize {
        self.task.plan.context.settings.chunk_rows()
    }

    /// The rows of `wanted` on which the condition is true, with the condition's columns.
    fn filtered(&mut self, wanted: &[Range<u64>], condition: &Condition) -> Result<VecDeque<Batch>> {
        let fetched = self.fetch(&self.filter_leaves.clone(), wanted)?;
        let pairs = self.filter_leaves.iter().zip(&condition.columns);
        let open = |(leaf, field): (&Leaf, &Field)| Column::new(&self.task.open, self.task.group, leaf, field, &fetched, true);
        let mut columns = pairs.map(open).collect::<Result<Vec<Column>>>()?;
        // Those that the scan also gives.
        let given: Vec<bool> = self.filter_leaves.iter().map(|f| self.leaves.iter().any(|l| l.root == f.root)).collect();
        let mut left = self.task.limit.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX));
        let mut found = VecDeque::new();
        for rows in batches(wanted, self.chunk_rows()) {
            if left == 0 {
                break;
            }
            self.task.plan.context.cancel.check()?;
            let series = columns.iter_mut().map(|column| column.take(&rows, None).and_then(|()| column.finish()));
            let chunk = Chunk::new(series.collect::<Result<Vec<_>>>()?, length(&rows))?;
            let mask = condition.mask(&chunk)?;
            let count = mask.count_set_bits().min(left);
            if count == 0 {
                continue;
            }
            left -= count;
            let picked = (count < chunk.rows()).then(|| mask.set_indices_u32().take(count).collect::<Vec<u32>>());
            let indices = picked.clone().map(UInt32Array::from);
            let kept = chunk.columns().iter().zip(&given).map(|(series, given)| match (given, &indices) {
                (false, _) => Ok(Series::nulls(series.ty().clone(), count)),
                (true, None) => lean(series),
                (true, Some(indices)) => lean(&series.take(indices)?),
            });
            found.push_back(Batch { rows, picked, count, kept: kept.collect::<Result<_>>()? });
        }
        Ok(found)
    }

    /// Opens the columns that the condition has not read, with the bytes of the pages that are still needed.
    fn open_columns(&mut self) -> Result<()> {
        if self.batches.is_empty() {
            return Ok(());
        }
        let open = Arc::clone(&self.task.open);
        let needed: Vec<Range<u64>> = match open.metadata.page_index() {
            None => self.batches.iter().flat_map(|b| b.rows.iter().cloned()).collect(),
            Some(_) => self.batches.iter().flat_map(Batch::stretches).collect(),
        };
        let kept = |leaf: &Leaf| self.filter_leaves.iter().position(|f| f.root == leaf.root);
        let missing: Vec<Leaf> = self.leaves.iter().filter(|leaf| kept(leaf).is_none()).cloned().collect();
        let fetched = self.fetch(&missing, &needed)?;
        let plan = Arc::clone(&self.task.plan);
        let kept = |leaf: &Leaf| self.filter_leaves.iter().position(|f| f.root == leaf.root);
        let columns = self.leaves.iter().zip(&plan.columns).map(|(leaf, field)| match kept(leaf) {
            Some(index) => Ok(Place::Kept(index)),
            None => {
                let column = Column::new(&open, self.task.group, leaf, field, &fetched, leaf.is_text())?;
                Ok(Place::Read(Box::new(column)))
            }
        });
        self.columns = columns.collect::<Result<_>>()?;
        Ok(())
    }

    /// Reads the pages of `leaves` with any of `rows`.
    fn fetch(&mut self, leaves: &[Leaf], rows: &[Range<u64>]) -> Result<Arc<Fetched>> {
        let (open, context) = (&self.task.open, &self.task.plan.context);
        let ranges = ranges(open, self.task.group, leaves.iter(), rows)?;
        let fetched = Fetched::read(&open.file, &ranges, &context.cancel)?;
        context.metrics.bytes_read.add(ranges.iter().map(|r| r.end - r.start).sum());
        self.ranges.extend(ranges);
        Ok(fetched)
    }
}

impl ChunkReader for FlatReader {
    fn poll_next(&mut self, _cx: &mut Context<'_>) -> Poll<Result<Option<Chunk>>> {
        Poll::Ready(self.next())
    }
}

impl Batch {
    fn whole(rows: Vec<Range<u64>>) -> Batch {
        Batch { count: length(&rows), rows, picked: None, kept: Vec::new() }
    }

    /// The rows to be given, as stretches without a gap.
    fn stretches(&self) -> Vec<Range<u64>> {
        let Some(picked) = &self.picked else { return self.rows.clone() };
        let mut stretches: Vec<Range<u64>> = Vec::new();
        let (mut ranges, mut before) = (self.rows.iter(), 0);
        let mut range = ranges.next().cloned().unwrap_or_default();
        for &index in picked {
            while u64::from(index) - before >= range.end - range.start {
                before += range.end - range.start;
                let Some(next) = ranges.next() else { return stretches };
                range = next.clone();
            }
            let row = range.start + u64::from(index) - before;
            match stretches.last_mut() {
                Some(last) if last.end == row => last.end += 1,
                _ => stretches.push(row..row + 1),
            }
        }
        stretches
    }
}

fn length(rows: &[Range<u64>]) -> usize {
    rows.iter().map(|r| (r.end - r.start) as usize).sum()
}

/// `rows` in batches of at most `step` rows.
fn batches(rows: &[Range<u64>], step: usize) -> impl Iterator<Item = Vec<Range<u64>>> + use<> {
    let (mut rows, step) = (VecDeque::from(rows.to_vec()), step.max(1) as u64);
    std::iter::from_fn(move || {
        let (mut batch, mut room) = (Vec::new(), step);
        while room > 0
            && let Some(range) = rows.front_mut()
        {
            let end = range.end.min(range.start.saturating_add(room));
            batch.push(range.start..end);
            room -= end - range.start;
            range.start = end;
            if range.start >= range.end {
                rows.pop_front();
            }
        }
        (!batch.is_empty()).then_some(batch)
    })
}

/// The series with values of a fixed width as such: they read faster than codes.
fn lean(series: &Series) -> Result<Series> {
    match series.encoding() {
        Encoding::Dictionary { values, .. } if values.data_type().is_primitive() => {
            Series::new(series.ty().clone(), series.to_flat()?)
        }
        _ => Ok(series.clone()),
    }
}

/// Series of one column, one after the other.
fn joined<'a>(parts: impl Iterator<Item = &'a Series>) -> Result<Series> {
    let parts: Vec<&Series> = parts.collect();
    if let [one] = parts[..] {
        return Ok(one.clone());
    }
    let ty = parts.first().map_or(weft_core::Type::Null, |s| s.ty().clone());
    let codes: Option<Vec<(&UInt32Array, &ArrayRef)>> = parts
        .iter()
        .map(|s| match s.encoding() {
            Encoding::Dictionary { codes, values } => Some((codes, values)),
            _ => None,
        })
        .collect();
    if let Some(codes) = codes
        && let Some((_, values)) = codes.first()
        && codes.iter().all(|(_, other)| Arc::ptr_eq(other, values))
    {
        let all = concat(&codes.iter().map(|(codes, _)| *codes as &dyn Array).collect::<Vec<_>>())?;
        return Ok(Series::dictionary(ty, all.as_primitive::<UInt32Type>().clone(), Arc::clone(values)));
    }
    let flat = parts.iter().map(|s| s.to_flat()).collect::<Result<Vec<_>>>()?;
    Series::new(ty, concat(&flat.iter().map(|a| a.as_ref()).collect::<Vec<_>>())?)
}
