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
use crate::rows::{
    BATCH_ROWS, Column, DIGIT_BITS, Heap, Longs, PartitionPages, Pieces, RowTable, SpilledRows, partition_of, scatter,
};
use crate::work::Work;

/// Rows after which a table looks at how many of them were new groups.
const WINDOW_ROWS: usize = 1 << 17;
/// Rows that are appended unseen after a window in which nearly every row was a new group.
const APPEND_ROWS: usize = 1 << 20;
/// A table that holds less is not worth a write before memory is refused.
const FEWEST_BYTES: usize = 512 * 1024;

/// The groups of the rows that one thread has seen. Made by [`GroupSpec::table`].
#[derive(Debug)]
pub struct GroupTable {
    pub(crate) spec: Arc<GroupSpec>,
    pub(crate) table: RowTable,
    pub(crate) reservation: Reservation,
    pub(super) work: Work,
    /// Whether no key stands in two rows.
    pub(crate) unique: bool,
    /// Tables of keys and arguments, for `distinct:`.
    pub(crate) inner: Vec<Option<GroupTable>>,
    /// What was written to disk so far.
    spilled: Option<SpilledRows>,
    /// The one row without keys.
    single: Option<*mut u8>,
    rows: Vec<*mut u8>,
    hashes: Vec<u64>,
    /// Rows of the chunk at hand that are the first of their group so far.
    won: Vec<u32>,
    window: Window,
    direct: Direct,
}

/// What merging takes of a table.
pub(super) struct TableParts {
    /// By digit; nothing where nothing was written.
    pub(super) spilled: Vec<Pieces>,
    pub(super) memory: Vec<PartitionPages>,
    pub(super) heap: Arc<Heap>,
    pub(super) unique: bool,
    pub(super) inner: Vec<Option<TableParts>>,
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
    pub(crate) fn new(spec: Arc<GroupSpec>, reservation: &Reservation, work: &Work) -> Result<Self> {
        let inner = spec.inner.iter().map(|s| s.as_ref().map(|s| s.table(reservation, work)).transpose());
        Ok(GroupTable {
            table: RowTable::new(Arc::clone(&spec.layout), 0, reservation, &work.cancel)?,
            work: work.clone(),
            spilled: None,
            won: Vec::new(),
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
        if keys.len() != self.spec.keys.len() || inputs.len() != self.spec.aggregates.len() || !self.spec.payload.is_empty() {
            return Err(Error::internal("a group table was fed other columns than its own"));
        }
        if rows == 0 {
            return Ok(());
        }
        self.make_room(rows)?;
        if keys.is_empty() {
            self.update_single(rows, inputs, position)?;
            self.unclaim();
            return Ok(());
        }
        let mut hashes = std::mem::take(&mut self.hashes);
        self.locate(keys, rows, &mut hashes)?;
        if let Some(at) = self.spec.layout.position {
            // SAFETY: `locate` pointed at rows of ours.
            unsafe { keep_first(&self.rows, at, |i| [position.task, position.row + i as u64], |_, _| {}) };
        }
        for (i, input) in inputs.iter().enumerate() {
            match &mut self.inner[i] {
                Some(inner) => inner.update_inner(keys, &self.spec, i, input, &hashes, position)?,
                None => self.update_states(i, input)?,
            }
        }
        self.hashes = hashes;
        self.unclaim();
        Ok(())
    }

    /// Keeps of `rows` rows the first of each key: the keys, the other columns, and the position of the first row.
    ///
    /// # Errors
    /// As [`update`](Self::update).
    pub fn insert(&mut self, keys: &[Series], others: &[Series], rows: usize, position: Position) -> Result<()> {
        let spec = Arc::clone(&self.spec);
        let fits = keys.len() == spec.keys.len() && others.len() == spec.payload.len() && spec.aggregates.is_empty();
        let (true, Some(at)) = (fits && !keys.is_empty(), spec.layout.position) else {
            return Err(Error::internal("a table of first rows was fed other columns than its own"));
        };
        if rows == 0 {
            return Ok(());
        }
        self.make_room(rows)?;
        let mut hashes = std::mem::take(&mut self.hashes);
        self.locate(keys, rows, &mut hashes)?;
        self.hashes = hashes;
        let (start, end) = spec.layout.payload_span;
        let (won, pointers) = (&mut self.won, &self.rows);
        won.clear();
        let each = |i: usize, fresh: bool| {
            won.push(i as u32);
            if !fresh {
                // SAFETY: the payload lies inside the row, which is ours.
                unsafe { std::ptr::write_bytes(pointers[i].add(start), 0, end - start) };
            }
        };
        // Positions rise within a chunk, so that a row is won at most once.
        // SAFETY: `locate` pointed at rows of ours.
        unsafe { keep_first(pointers, at, |i| [position.task, position.row + i as u64], each) };
        let rows: Vec<*mut u8> = self.won.iter().map(|&i| self.rows[i as usize]).collect();
        let indices = UInt32Array::from(self.won.clone());
        for ((codec, place), series) in spec.layout.payload.iter().zip(others) {
            let column =
                if indices.len() == series.len() { codec.column(series)? } else { codec.column(&series.take(&indices)?)? };
            // SAFETY: rows of ours, each once, whose payload is zero.
            unsafe { scatter(*place, &column, &rows, &mut self.table.store.heap)? };
        }
        self.unclaim();
        Ok(())
    }

    /// Writes the table out where memory is short, so that `rows` more rows find room.
    fn make_room(&mut self, rows: usize) -> Result<()> {
        if !self.work.can_spill() {
            return Ok(());
        }
        if self.reservation.should_spill() || self.claim(rows).is_err() && self.bytes_held() >= FEWEST_BYTES {
            self.spill()?;
            // What is refused now is asked for again, page by page, up to the limit.
            let _ = self.claim(rows);
        }
        Ok(())
    }

    /// Claims what `rows` more rows take here and in the tables of combinations.
    fn claim(&mut self, rows: usize) -> Result<()> {
        if !self.spec.keys.is_empty() {
            let growth = self.table.growth(rows);
            self.table.store.claim(growth)?;
        }
        self.inner.iter_mut().flatten().try_for_each(|t| t.claim(rows))
    }

    /// Gives back what was claimed and not used.
    fn unclaim(&mut self) {
        self.table.store.unclaim();
        self.inner.iter_mut().flatten().for_each(GroupTable::unclaim);
    }

    /// Bytes that the table holds of the pool.
    pub fn bytes_held(&self) -> usize {
        self.reservation.state_bytes()
    }

    /// Writes all rows to disk; the table goes on empty. (The one group without keys stays.)
    ///
    /// # Errors
    /// When the disk refuses, or the query was cancelled.
    pub fn spill(&mut self) -> Result<()> {
        self.inner.iter_mut().flatten().try_for_each(GroupTable::spill)?;
        if self.spec.keys.is_empty() || self.groups() == 0 {
            return Ok(());
        }
        self.work.note_peak(self.bytes_held());
        let fresh = RowTable::new(Arc::clone(&self.spec.layout), 0, &self.reservation, &self.work.cancel)?;
        // The slots go first.
        let RowTable { store, .. } = std::mem::replace(&mut self.table, fresh);
        (self.direct, self.unique) = (Direct::default(), false);
        self.rows.clear();
        let spilled = match &mut self.spilled {
            Some(spilled) => spilled,
            none => none.insert(SpilledRows::new(&self.work, self.reservation.name(), &self.spec.layout, 0)?),
        };
        spilled.write(store, &self.spec.mover(), &self.work.cancel)
    }

    /// Whether some of it was written to disk.
    pub fn has_spilled(&self) -> bool {
        self.spilled.is_some() || self.inner.iter().flatten().any(GroupTable::has_spilled)
    }

    /// The table for merging.
    pub(super) fn into_parts(self) -> TableParts {
        let (memory, heap) = self.table.store.into_parts();
        TableParts {
            spilled: self.spilled.map(SpilledRows::finish).unwrap_or_default(),
            memory,
            heap: Arc::new(heap),
            unique: self.unique,
            inner: self.inner.into_iter().map(|t| t.map(GroupTable::into_parts)).collect(),
        }
    }

    /// Points `self.rows` at the row of each key.
    fn locate(&mut self, keys: &[Series], rows: usize, hashes: &mut Vec<u64>) -> Result<()> {
        if !self.find_direct(keys, rows, hashes)? {
            let columns = prepare(&self.spec.layout, keys, rows, hashes)?;
            self.find(&columns, hashes)?;
        }
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
            self.find(&columns, hashes)?;
            self.direct.learn(&unknown, &self.rows);
        }
        self.direct.write(&mut self.rows);
        Ok(true)
    }

    /// Points `self.rows` at the row of each key.
    fn find(&mut self, columns: &[Column], hashes: &[u64]) -> Result<()> {
        self.rows.clear();
        let longs = Longs::columns(columns);
        for start in (0..hashes.len()).step_by(BATCH_ROWS) {
            let part = &hashes[start..hashes.len().min(start + BATCH_ROWS)];
            let layout = Arc::clone(&self.spec.layout);
            self.table.batch().read_columns(&layout, columns, start, part.len());
            let to = |i: usize| partition_of(part[i]);
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

    /// Collects the distinct combinations of keys and arguments of aggregate `index`, with the digits of the keys' hashes,
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
        if !outer_hashes.is_empty() {
            for (i, hash) in hashes.iter_mut().enumerate() {
                *hash = *hash & !DIGIT_BITS | outer_hashes[row(i)] & DIGIT_BITS;
            }
        }
        self.find(&prepared, &hashes)?;
        if let Some(at) = self.spec.layout.position {
            // SAFETY: `find` pointed at rows of ours.
            unsafe { keep_first(&self.rows, at, |i| [position.task, position.row + row(i) as u64], |_, _| {}) };
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

/// Keeps in each row the least position that fell into it, and tells `won` which these are and whether the row had none
/// before. A fresh row, all zero, has none yet; its task is kept plus one.
///
/// # Safety
/// `rows` are rows, with 16 bytes for a position at `at`, that nobody else reaches.
pub(super) unsafe fn keep_first(
    rows: &[*mut u8],
    at: usize,
    position: impl Fn(usize) -> [u64; 2],
    mut won: impl FnMut(usize, bool),
) {
    for (i, &row) in rows.iter().enumerate() {
        let [task, number] = position(i);
        let new = [task + 1, number];
        // SAFETY: see above; a position is aligned to 8.
        let kept = unsafe { &mut *row.add(at).cast::<[u64; 2]>() };
        let fresh = kept[0] == 0;
        if fresh || new < *kept {
            *kept = new;
            won(i, fresh);
        }
    }
}

fn without_nulls(filter: &BooleanArray) -> BooleanArray {
    if filter.null_count() == 0 { filter.clone() } else { arrow::compute::prep_null_mask_filter(filter) }
}

fn filtered(args: &[ArrayRef], filter: &BooleanArray) -> Result<Vec<ArrayRef>> {
    args.iter().map(|a| Ok(arrow::compute::filter(a, filter)?)).collect()
}
