//! Taking lists apart: each row as often as its lists have items.

use std::sync::Arc;
use std::task::{Context, Poll};

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, UInt32Array};
use arrow::datatypes::DataType;
use weft_core::error::{Error, Result};
use weft_core::{CancelToken, Chunk, OperatorMetrics, Origin, Series, Type};

use crate::pipeline::{Operator, OperatorTask, Shared, Step};

/// What is taken apart, by position.
#[derive(Debug, Clone)]
pub(crate) struct ExplodePlan {
    /// Columns of lists: name, position, type of the items.
    pub(crate) lists: Vec<(Arc<str>, usize, Type)>,
    /// Whether the place in the list is a further column.
    pub(crate) index: bool,
    /// Whether rows without items stay, with nulls.
    pub(crate) keep_empty: bool,
    /// Where the stage was written.
    pub(crate) origin: Origin,
}

/// Makes a row of each item. A long list comes out in several chunks.
pub(crate) struct ExplodeOperator {
    plan: Arc<ExplodePlan>,
    chunk_rows: usize,
    cancel: CancelToken,
    metrics: Arc<OperatorMetrics>,
}

impl ExplodeOperator {
    pub(crate) fn new(shared: &Shared, plan: ExplodePlan) -> Self {
        let (chunk_rows, metrics) = (shared.settings.chunk_rows(), shared.metrics.operator("explode"));
        ExplodeOperator { plan: Arc::new(plan), chunk_rows, cancel: shared.cancel().clone(), metrics }
    }
}

impl Operator for ExplodeOperator {
    fn begin(&self, _: u64) -> Result<Box<dyn OperatorTask>> {
        let (plan, cancel) = (Arc::clone(&self.plan), self.cancel.clone());
        Ok(Box::new(Task { plan, chunk_rows: self.chunk_rows, cancel, now: None }))
    }

    fn metrics(&self) -> &Arc<OperatorMetrics> {
        &self.metrics
    }
}

struct Task {
    plan: Arc<ExplodePlan>,
    chunk_rows: usize,
    cancel: CancelToken,
    now: Option<Exploding>,
}

/// A chunk, and how far it is taken apart.
struct Exploding {
    chunk: Chunk,
    lists: Vec<List>,
    row: usize,
    /// Items of the row that are out already.
    done: usize,
}

/// A column of lists: its items, and where each row's begin and how many they are.
struct List {
    items: ArrayRef,
    starts: Vec<u32>,
    lengths: Vec<u32>,
}

/// Which row and which item of each list make the rows of a chunk; no item for a row that stays empty.
#[derive(Default)]
struct Places {
    rows: Vec<u32>,
    items: Vec<Option<u32>>,
}

impl OperatorTask for Task {
    fn push(&mut self, chunk: Chunk) -> Result<()> {
        let chunk = chunk.compact()?;
        let list = |(_, at, _): &(Arc<str>, usize, Type)| List::of(&chunk.column(*at)?.to_flat()?);
        let lists = self.plan.lists.iter().map(list).collect::<Result<Vec<_>>>()?;
        self.check_lengths(&lists)?;
        self.now = Some(Exploding { chunk, lists, row: 0, done: 0 });
        Ok(())
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<Result<Step>> {
        Poll::Ready(self.next())
    }
}

impl Task {
    fn check_lengths(&self, lists: &[List]) -> Result<()> {
        let Some((first, rest)) = lists.split_first() else { return Ok(()) };
        for (other, (name, ..)) in rest.iter().zip(&self.plan.lists[1..]) {
            let differs = |row: &usize| first.lengths[*row] != other.lengths[*row];
            if let Some(row) = (0..first.lengths.len()).find(differs) {
                let (a, b) = (first.lengths[row], other.lengths[row]);
                let message = format!(
                    "`explode` meets lists of different lengths: `{}` has {a} items, `{name}` has {b}",
                    self.plan.lists[0].0
                );
                let help =
                    "side by side go only lists that are equally long; explode one after the other for every pair of items";
                return Err(Error::value(message).with_help(help).at(self.plan.origin));
            }
        }
        Ok(())
    }

    fn next(&mut self) -> Result<Step> {
        self.cancel.check()?;
        let Some(now) = &mut self.now else { return Ok(Step::NeedInput) };
        let places = now.take(self.chunk_rows, self.plan.keep_empty);
        if places.rows.is_empty() {
            self.now = None;
            return Ok(Step::NeedInput);
        }
        now.chunk(&self.plan, places).map(Step::Output)
    }
}

impl List {
    fn of(array: &ArrayRef) -> Result<Self> {
        let valid = |row: usize| array.is_valid(row);
        match array.data_type() {
            DataType::List(_) => {
                let list = array.as_list::<i32>();
                let offsets = list.value_offsets();
                let starts = offsets[..list.len()].iter().map(|&start| start as u32).collect();
                let length = |row: usize| if valid(row) { (offsets[row + 1] - offsets[row]) as u32 } else { 0 };
                Ok(List { items: Arc::clone(list.values()), starts, lengths: (0..list.len()).map(length).collect() })
            }
            DataType::FixedSizeList(_, size) => {
                let (list, size) = (array.as_fixed_size_list(), *size as u32);
                let starts = (0..list.len()).map(|row| list.value_offset_at(row) as u32).collect();
                let lengths = (0..list.len()).map(|row| if valid(row) { size } else { 0 }).collect();
                Ok(List { items: Arc::clone(list.values()), starts, lengths })
            }
            other => Err(Error::internal(format!("lists that are stored as {other}"))),
        }
    }
}

impl Exploding {
    /// The places of the next rows, `most` at most; none at the end.
    fn take(&mut self, most: usize, keep_empty: bool) -> Places {
        let mut places = Places::default();
        let lengths = &self.lists[0].lengths;
        while self.row < lengths.len() && places.rows.len() < most {
            let (length, row) = (lengths[self.row] as usize, self.row as u32);
            let count = (length - self.done).min(most - places.rows.len());
            if length == 0 && keep_empty {
                places.rows.push(row);
                places.items.push(None);
            }
            places.rows.extend(std::iter::repeat_n(row, count));
            places.items.extend((self.done..self.done + count).map(|item| Some(item as u32)));
            self.done += count;
            if self.done == length {
                (self.row, self.done) = (self.row + 1, 0);
            }
        }
        places
    }

    fn chunk(&self, plan: &ExplodePlan, places: Places) -> Result<Chunk> {
        let Places { rows, items } = places;
        let count = rows.len();
        let rows = UInt32Array::from(rows);
        let column = |(at, column): (usize, &Series)| {
            let Some(number) = plan.lists.iter().position(|(_, list, _)| *list == at) else { return column.take(&rows) };
            let (list, ty) = (&self.lists[number], &plan.lists[number].2);
            let place = |(row, item): (&u32, &Option<u32>)| item.map(|item| list.starts[*row as usize] + item);
            let places: UInt32Array = rows.values().iter().zip(&items).map(place).collect();
            Series::new(ty.clone(), Arc::clone(&list.items))?.take(&places)
        };
        let mut columns = self.chunk.columns().iter().enumerate().map(column).collect::<Result<Vec<_>>>()?;
        if plan.index {
            let index: Int64Array = items.iter().map(|item| item.map(i64::from)).collect();
            columns.push(Series::new(Type::Int64, Arc::new(index))?);
        }
        Chunk::new(columns, count)
    }
}
