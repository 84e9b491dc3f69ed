//! One thread's groups.

#![allow(unsafe_code)]

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, UInt32Array};
use weft_core::chunk::Position;
use weft_core::states::States;
use weft_core::{Error, Reservation, Result, Series};

use super::direct::Direct;
use super::{AggregateInput, GroupAggregate, GroupSpec};
use crate::hash::prepare;
use crate::rows::{BATCH_ROWS, Column, Longs, RowTable, partition_of};

/// Rows after which a table looks at how many of them were new groups.
const WINDOW_ROWS: usize = 1 << 17;
/// Rows that are appended unseen after a window in which nearly every row was a new group.
const APPEND_ROWS: usize = 1 << 20;

/// The groups of the rows that one thread has seen. Made by [`GroupSpec::table`].
#[derive(Debug)]
pub struct GroupTable {
    pub(crate) spec: Arc<GroupSpec>,
    pub(crate) table: RowTable,
    pub(crate) reservation: Reservation,
    /// Whether no key stands in two rows.
    pub(crate) unique: bool,
    /// Tables of keys and arguments, for `distinct:`.
    pub(crate) inner: Vec<Option<GroupTable>>,
    /// The one row without keys.
    single: Option<*mut u8>,
    rows: Vec<*mut u8>,
    hashes: Vec<u64>,
    window: Window,
    direct: Direct,
}

/// How often rows were new groups lately.
#[derive(Debug, Default)]
struct Window {
    rows: usize,
    new: usize,
    /// Rows still to be appended without looking.
    append: usize,
}

// SAFETY: the pointers are to rows of the table's own store, which moves with it.
unsafe impl Send for GroupTable {}

impl GroupTable {
    pub(crate) fn new(spec: Arc<GroupSpec>, reservation: &Reservation) -> Result<Self> {
        let inner = spec.inner.iter().map(|s| s.as_ref().map(|s| s.table(reservation)).transpose());
        Ok(GroupTable {
            table: RowTable::new(Arc::clone(&spec.layout), 0, reservation)?,
            reservation: reservation.sibling(),
            unique: true,
            inner: inner.collect::<Result<_>>()?,
            single: None,
            rows: Vec::new(),
            hashes: Vec::new(),
            window: Window::default(),
            direct: Direct::default(),
            spec,
        })
    }

    /// Groups so far; more than there are when the table has stopped looking for repeats.
    pub fn groups(&self) -> usize {
        self.table.store.rows()
    }

    /// Folds in `rows` rows: their keys, for each aggregate its input, and the position of the first row in the order
    /// (rows follow each other from there; only read by an ordered spec).
    ///
    /// # Errors
    /// When the memory limit refuses, naming the operator, or an aggregate fails. The table is then to be dropped.
    pub fn update(&mut self, keys: &[Series], rows: usize, inputs: &[AggregateInput], position: Position) -> Result<()> {
        if keys.len() != self.spec.keys.len() || inputs.len() != self.spec.aggregates.len() {
            return Err(Error::internal("a group table was fed other columns than its own"));
        }
        if rows == 0 {
            return Ok(());
        }
        if keys.is_empty() {
            return self.update_single(rows, inputs, position);
        }
        let mut hashes = std::mem::take(&mut self.hashes);
        if !self.find_direct(keys, rows, &mut hashes)? {
            let columns = prepare(&self.spec.layout, keys, rows, &mut hashes)?;
            self.find(&columns, &hashes, |hash, _| partition_of(hash))?;
        }
        if let Some(at) = self.spec.layout.position {
            // SAFETY: `find` pointed at rows of ours.
            unsafe { keep_first(&self.rows, at, |i| [position.task, position.row + i as u64]) };
        }
        for (i, input) in inputs.iter().enumerate() {
            match &mut self.inner[i] {
                Some(inner) => inner.update_inner(keys, &self.spec, i, input, &hashes, position)?,
                None => self.update_states(i, input)?,
            }
        }
        self.hashes = hashes;
        Ok(())
    }

    /// Points `self.rows` at the row of each key by direct addressing, where the keys are few enough.
    fn find_direct(&mut self, keys: &[Series], rows: usize, hashes: &mut Vec<u64>) -> Result<bool> {
        let fits = keys.iter().all(|k| k.len() == rows) && self.inner.iter().all(Option::is_none) && self.unique;
        if !fits || !self.direct.code(keys, rows) {
            return Ok(false);
        }
        let unknown = self.direct.unknown();
        if !unknown.is_empty() {
            let indices = UInt32Array::from(unknown.clone());
            let keys = keys.iter().map(|k| k.take(&indices)).collect::<Result<Vec<_>>>()?;
            let columns = prepare(&self.spec.layout, &keys, unknown.len(), hashes)?;
            self.find(&columns, hashes, |hash, _| partition_of(hash))?;
            self.direct.learn(&unknown, &self.rows);
        }
        self.direct.write(&mut self.rows);
        Ok(true)
    }

    /// Points `self.rows` at the row of each key. `partition` gets the row's hash and its number in the chunk.
    fn find(&mut self, columns: &[Column], hashes: &[u64], partition: impl Fn(u64, usize) -> usize) -> Result<()> {
        self.rows.clear();
        let longs = Longs::columns(columns);
        for start in (0..hashes.len()).step_by(BATCH_ROWS) {
            let part = &hashes[start..hashes.len().min(start + BATCH_ROWS)];
            let layout = Arc::clone(&self.spec.layout);
            self.table.batch().read_columns(&layout, columns, start, part.len());
            let to = |i: usize| partition(part[i], start + i);
            if self.window.append >= part.len() {
                self.window.append -= part.len();
                self.table.append(&longs, part, to, &mut self.rows)?;
                self.unique = false;
            } else {
                let new = self.table.find_or_insert(&longs, part, to, &mut self.rows)?;
                self.window.count(part.len(), new);
            }
        }
        Ok(())
    }

    fn update_states(&mut self, index: usize, input: &AggregateInput) -> Result<()> {
        let (offset, bytes) = self.spec.layout.states[index];
        let GroupAggregate { aggregator, origin, .. } = &self.spec.aggregates[index];
        let heap = &mut self.table.store.heap;
        let Some(filter) = &input.filter else {
            // SAFETY: rows of our own store, with states of this layout, alive and reached by nobody else.
            let mut states = unsafe { States::new(&self.rows, offset, bytes) };
            return aggregator.update(&mut states, &input.args, heap).map_err(|e| e.at(*origin));
        };
        let filter = without_nulls(filter);
        let rows: Vec<*mut u8> = filter.values().set_indices().map(|i| self.rows[i]).collect();
        if rows.is_empty() {
            return Ok(());
        }
        // SAFETY: as above.
        let mut states = unsafe { States::new(&rows, offset, bytes) };
        aggregator.update(&mut states, &filtered(&input.args, &filter)?, heap).map_err(|e| e.at(*origin))
    }

    /// All rows fall into one group.
    fn update_single(&mut self, rows: usize, inputs: &[AggregateInput], position: Position) -> Result<()> {
        let row = match self.single {
            Some(row) => row,
            None => self.table.store.append(0)?.1,
        };
        self.single = Some(row);
        for (i, input) in inputs.iter().enumerate() {
            if let Some(inner) = &mut self.inner[i] {
                inner.update_inner(&[], &self.spec, i, input, &[], position)?;
                continue;
            }
            let filter = input.filter.as_ref().map(without_nulls);
            let (args, rows) = match &filter {
                None => (input.args.clone(), rows),
                Some(filter) => (filtered(&input.args, filter)?, filter.true_count()),
            };
            let (offset, bytes) = self.spec.layout.states[i];
            let one = [row];
            // SAFETY: the one row of our own store, reached by nobody else.
            let mut states = unsafe { States::new(&one, offset, bytes) };
            let aggregate = &self.spec.aggregates[i];
            let updated = aggregate.aggregator.update_one(&mut states, &args, rows, &mut self.table.store.heap);
            updated.map_err(|e| e.at(aggregate.origin))?;
        }
        Ok(())
    }

    /// Collects the distinct combinations of keys and arguments of aggregate `index`; in the partitions of the keys,
    /// so that they meet their groups when they are merged.
    fn update_inner(
        &mut self,
        keys: &[Series],
        outer: &GroupSpec,
        index: usize,
        input: &AggregateInput,
        outer_hashes: &[u64],
        position: Position,
    ) -> Result<()> {
        let types = outer.aggregates[index].distinct.iter().flatten();
        let args = types.zip(&input.args).map(|(ty, a)| Series::new(ty.clone(), Arc::clone(a)));
        let mut columns = keys.iter().cloned().map(Ok).chain(args).collect::<Result<Vec<_>>>()?;
        let kept: Option<Vec<u32>> = input.filter.as_ref().map(|f| without_nulls(f).values().set_indices_u32().collect());
        if let Some(kept) = &kept {
            let indices = UInt32Array::from(kept.clone());
            columns = columns.iter().map(|c| c.take(&indices)).collect::<Result<_>>()?;
        }
        let rows = columns.first().map_or(0, Series::len);
        if rows == 0 {
            return Ok(());
        }
        let row = |i: usize| kept.as_ref().map_or(i, |k| k[i] as usize);
        let mut hashes = std::mem::take(&mut self.hashes);
        let prepared = prepare(&self.spec.layout, &columns, rows, &mut hashes)?;
        self.find(&prepared, &hashes, |hash, i| partition_of(outer_hashes.get(row(i)).copied().unwrap_or(hash)))?;
        if let Some(at) = self.spec.layout.position {
            // SAFETY: `find` pointed at rows of ours.
            unsafe { keep_first(&self.rows, at, |i| [position.task, position.row + row(i) as u64]) };
        }
        self.hashes = hashes;
        Ok(())
    }
}

impl Window {
    fn count(&mut self, rows: usize, new: usize) {
        self.rows += rows;
        self.new += new;
        if self.rows >= WINDOW_ROWS {
            if self.new * 20 >= self.rows * 19 {
                self.append = APPEND_ROWS;
            }
            (self.rows, self.new) = (0, 0);
        }
    }
}

/// Keeps in each row the least position that fell into it. A fresh row, all zero, has none yet; its task is kept plus one.
///
/// # Safety
/// `rows` are rows, with 16 bytes for a position at `at`, that nobody else reaches.
pub(super) unsafe fn keep_first(rows: &[*mut u8], at: usize, position: impl Fn(usize) -> [u64; 2]) {
    for (i, &row) in rows.iter().enumerate() {
        let [task, number] = position(i);
        let new = [task + 1, number];
        // SAFETY: see above; a position is aligned to 8.
        let kept = unsafe { &mut *row.add(at).cast::<[u64; 2]>() };
        if kept[0] == 0 || new < *kept {
            *kept = new;
        }
    }
}

fn without_nulls(filter: &BooleanArray) -> BooleanArray {
    if filter.null_count() == 0 { filter.clone() } else { arrow::compute::prep_null_mask_filter(filter) }
}

fn filtered(args: &[ArrayRef], filter: &BooleanArray) -> Result<Vec<ArrayRef>> {
    args.iter().map(|a| Ok(arrow::compute::filter(a, filter)?)).collect()
}
