//! Handing out the rows with their results, in the order of the input.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, UInt32Array};
use arrow::compute::{interleave, take};
use parking_lot::Mutex;
use weft_core::error::{Error, Result};
use weft_core::source::{ChunkReader, ScanTask};
use weft_core::{CancelToken, Chunk, Reservation, Series, Type};

use super::State;
use super::columns::{Kept, PARTS};
use super::parts::{PartTasks, Reading};
use crate::pipeline::{ReadyChunks, Source, Tasks};

/// The source of the pipeline behind a window.
pub(crate) struct WindowOutput {
    state: Arc<Mutex<State>>,
    reading: Reading,
    rows: usize,
}

impl WindowOutput {
    pub(super) fn new(state: Arc<Mutex<State>>, reading: Reading) -> Self {
        WindowOutput { state, reading, rows: usize::MAX }
    }
}

impl Source for WindowOutput {
    fn open(&self) -> Result<Box<dyn Tasks>> {
        let State { kept, ranges, results, held, pieces, disk, .. } = std::mem::take(&mut *self.state.lock());
        if let Some(disk) = disk {
            let chunk_rows = self.reading.chunk_rows.min(self.rows);
            return Ok(Box::new(PartTasks::new(Reading { chunk_rows, ..self.reading.clone() }, disk)));
        }
        let held = held.ok_or_else(|| Error::internal("a window was read twice"))?;
        let kept = Arc::try_unwrap(kept).map_err(|_| Error::internal("a window was read before its end"))?;
        let kept: VecDeque<Kept> = kept.into_iter().map(Kept::without_pieces).collect();
        drop(pieces);
        let mut range_of = vec![0; PARTS];
        for (number, range) in ranges.iter().enumerate() {
            range_of[range.clone()].fill(number);
        }
        let results =
            Arc::new(Results { columns: results, types: self.reading.spec.output_types().cloned().collect(), _held: held });
        let before = vec![0; ranges.len()];
        let cancel = self.reading.shared.cancel().clone();
        Ok(Box::new(WindowTasks { kept, ranges, range_of, before, results, rows: self.rows, ready: VecDeque::new(), cancel }))
    }

    fn with_task_rows(&self, rows: usize) -> Option<Arc<dyn Source>> {
        let (state, reading) = (Arc::clone(&self.state), self.reading.clone());
        Some(Arc::new(WindowOutput { state, reading, rows: self.rows.min(rows) }))
    }
}

/// The results of all ranges, and the memory that they and the chunks take.
struct Results {
    columns: Vec<Vec<ArrayRef>>,
    types: Arc<[Type]>,
    _held: Reservation,
}

struct WindowTasks {
    kept: VecDeque<Kept>,
    ranges: Vec<Range<usize>>,
    /// The range that each part is in.
    range_of: Vec<usize>,
    /// Rows of each range in the chunks that are gone.
    before: Vec<usize>,
    results: Arc<Results>,
    rows: usize,
    ready: VecDeque<WindowTask>,
    cancel: CancelToken,
}

/// Some rows of a chunk, whose results are looked up by the worker that takes the task.
struct WindowTask {
    payload: Chunk,
    places: Places,
    results: Arc<Results>,
}

/// Where the results of rows stand.
enum Places {
    /// One after the other from this row of the only range on.
    From(usize),
    /// In these rows of the only range.
    Rows(Vec<u32>),
    /// In these ranges and rows.
    Ranges(Vec<(usize, usize)>),
}

impl Tasks for WindowTasks {
    fn next(&mut self) -> Result<Option<Box<dyn ScanTask>>> {
        self.cancel.check()?;
        if self.ready.is_empty() {
            let Some(kept) = self.kept.pop_front() else { return Ok(None) };
            let places = self.places(&kept);
            for (before, range) in self.before.iter_mut().zip(&self.ranges) {
                *before += kept.rows_of(range).len();
            }
            let rows = kept.payload.physical_rows();
            for from in (0..rows).step_by(self.rows.min(rows)) {
                let length = self.rows.min(rows - from);
                let payload = kept.payload.slice(from, length);
                self.ready.push_back(WindowTask {
                    payload,
                    places: places.slice(from, length),
                    results: Arc::clone(&self.results),
                });
            }
        }
        Ok(self.ready.pop_front().map(|task| Box::new(task) as Box<dyn ScanTask>))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.kept.len() + self.ready.len())
    }
}

impl WindowTasks {
    fn places(&self, kept: &Kept) -> Places {
        let rows = kept.payload.physical_rows();
        if kept.parts.is_empty() {
            return Places::From(self.before[0]);
        }
        if self.ranges.len() == 1 {
            let mut places = vec![0; rows];
            kept.each_place(|row, place| places[row] = self.before[0] as u32 + place);
            return Places::Rows(places);
        }
        let mut places = vec![(0, 0); rows];
        kept.each_place(|row, place| {
            let range = self.range_of[kept.parts[row] as usize];
            let first = kept.offsets[self.ranges[range].start];
            places[row] = (range, self.before[range] + (place - first) as usize);
        });
        Places::Ranges(places)
    }
}

impl Places {
    fn slice(&self, from: usize, length: usize) -> Places {
        match self {
            Places::From(first) => Places::From(first + from),
            Places::Rows(rows) => Places::Rows(rows[from..from + length].to_vec()),
            Places::Ranges(places) => Places::Ranges(places[from..from + length].to_vec()),
        }
    }
}

impl ScanTask for WindowTask {
    fn open(self: Box<Self>) -> Result<Box<dyn ChunkReader>> {
        let WindowTask { payload, places, results } = *self;
        let rows = payload.physical_rows();
        let mut columns = payload.columns().to_vec();
        for (at, ty) in results.types.iter().enumerate() {
            let array = match &places {
                Places::From(first) => results.columns[0][at].slice(*first, rows),
                Places::Rows(rows) => take(&results.columns[0][at], &UInt32Array::from(rows.clone()), None)?,
                Places::Ranges(places) => {
                    let ranges: Vec<&dyn Array> = results.columns.iter().map(|columns| &*columns[at]).collect();
                    interleave(&ranges, places)?
                }
            };
            columns.push(Series::new(ty.clone(), array)?);
        }
        let chunk = Chunk::new(columns, rows)?.at(payload.position);
        Ok(Box::new(ReadyChunks([chunk].into())))
    }
}
