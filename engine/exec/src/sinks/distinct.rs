//! The first row of each key, whole: rows are kept, groups remember the number of their first row.

use std::any::Any;
use std::sync::Arc;

use arrow::array::types::UInt64Type;
use arrow::array::{ArrayRef, AsArray, UInt64Array};
use parking_lot::Mutex;
use weft_compute::group::{AggregateInput, GroupMerge, GroupSpec, GroupTable};
use weft_core::error::{Error, Result};
use weft_core::states::{StateHeap, States};
use weft_core::{Aggregator, Chunk, OperatorMetrics, Reservation, Series};

use super::Output;
use crate::pipeline::{LocalSink, Shared, Sink, downcast};
use crate::retain::retained;

/// Keeps the first row of each combination of the columns `keys`.
pub(crate) struct DistinctSink {
    shared: Shared,
    metrics: Arc<OperatorMetrics>,
    spec: Arc<GroupSpec>,
    keys: Vec<usize>,
    state: Mutex<State>,
    output: Output,
}

#[derive(Default)]
struct State {
    merge: Option<Arc<GroupMerge>>,
    chunks: Vec<Chunk>,
    held: Vec<Reservation>,
    first: Vec<u64>,
    open_parts: usize,
}

struct Local {
    table: GroupTable,
    keys: Vec<usize>,
    chunks: Vec<Chunk>,
    reservation: Reservation,
}

impl DistinctSink {
    /// `spec` groups by the keys and has [`FirstRow`] as its one aggregate.
    pub(crate) fn new(shared: &Shared, spec: Arc<GroupSpec>, keys: Vec<usize>) -> Self {
        let metrics = shared.metrics.operator("distinct");
        let (state, output) = (Mutex::default(), Output::default());
        DistinctSink { shared: shared.clone(), metrics, spec, keys, state, output }
    }

    pub(crate) fn output(&self) -> Output {
        self.output.clone()
    }

    /// Cuts the kept chunks down to the rows whose numbers are in `first`.
    fn emit(&self, state: &mut State) -> Result<()> {
        let mut first = std::mem::take(&mut state.first);
        first.sort_unstable();
        let mut chunks = std::mem::take(&mut state.chunks);
        chunks.sort_by_key(|c| c.position);
        let mut kept = Vec::new();
        let mut rest = &first[..];
        for chunk in chunks {
            self.shared.cancel().check()?;
            let start = number(&chunk, 0)?;
            let end = start + chunk.physical_rows() as u64;
            let count = rest.partition_point(|&n| n < end);
            let rows: Vec<u32> = rest[..count].iter().map(|n| (n - start) as u32).collect();
            rest = &rest[count..];
            if !rows.is_empty() {
                kept.push(chunk.with_selection(Some(rows.into())).compact()?);
            }
        }
        self.metrics.rows_out.add(first.len() as u64);
        self.output.push_tasks(kept, self.shared.settings.task_rows());
        state.held.clear();
        Ok(())
    }
}

/// A row's number in the order of the input: the task in the upper, the row in the lower half.
fn number(chunk: &Chunk, row: usize) -> Result<u64> {
    let in_task = chunk.position.row + row as u64;
    if chunk.position.task >> 32 != 0 || in_task >> 32 != 0 {
        return Err(Error::unsupported("distinct over more than 4 billion tasks, or rows in one task"));
    }
    Ok(chunk.position.task << 32 | in_task)
}

impl Sink for DistinctSink {
    fn local(&self) -> Result<Box<dyn LocalSink>> {
        let reservation = self.shared.pool.reservation("distinct");
        let table = self.spec.table(&reservation)?;
        Ok(Box::new(Local { table, keys: self.keys.clone(), chunks: Vec::new(), reservation }))
    }

    fn seal(&self, locals: Vec<Box<dyn LocalSink>>) -> Result<usize> {
        let (mut tables, mut state) = (Vec::new(), State::default());
        for local in downcast::<Local>(locals)? {
            tables.push(local.table);
            state.chunks.extend(local.chunks);
            state.held.push(local.reservation);
        }
        if tables.is_empty() {
            return Ok(0);
        }
        let merge = GroupMerge::new(tables)?;
        state.open_parts = merge.tasks();
        state.merge = Some(Arc::new(merge));
        let parts = state.open_parts;
        *self.state.lock() = state;
        Ok(parts)
    }

    fn finish_part(&self, part: usize) -> Result<()> {
        let merge = self.state.lock().merge.clone().ok_or_else(|| Error::internal("rows that were not sealed"))?;
        let mut groups = merge.merge(part, self.shared.cancel())?;
        let mut first = Vec::with_capacity(groups.rows());
        while let Some(chunk) = groups.next_chunk(self.shared.settings.chunk_rows())? {
            let numbers = chunk.column(self.keys.len())?.to_flat()?;
            first.extend_from_slice(numbers.as_primitive::<UInt64Type>().values());
        }
        let mut state = self.state.lock();
        state.first.extend(first);
        state.open_parts -= 1;
        if state.open_parts == 0 {
            self.emit(&mut state)?;
        }
        Ok(())
    }

    fn metrics(&self) -> &Arc<OperatorMetrics> {
        &self.metrics
    }
}

impl LocalSink for Local {
    fn push(&mut self, chunk: Chunk) -> Result<()> {
        let chunk = retained(chunk, &mut self.reservation)?;
        let rows = chunk.physical_rows();
        let start = number(&chunk, 0)?;
        number(&chunk, rows)?;
        let numbers: ArrayRef = Arc::new(UInt64Array::from_iter_values(start..start + rows as u64));
        let keys = self.keys.iter().map(|&k| chunk.column(k).cloned()).collect::<Result<Vec<Series>>>()?;
        let input = AggregateInput { args: vec![numbers], filter: None };
        self.table.update(&keys, rows, &[input], chunk.position)?;
        self.chunks.push(chunk);
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// The smallest row number of a group. The state holds the number plus one; zero is none yet.
pub(crate) struct FirstRow;

impl FirstRow {
    fn keep(state: &mut u64, number: u64) {
        if *state == 0 || number < *state {
            *state = number;
        }
    }
}

impl Aggregator for FirstRow {
    fn state_bytes(&self) -> usize {
        8
    }

    fn update(&self, states: &mut States<'_>, args: &[ArrayRef], _: &mut dyn StateHeap) -> Result<()> {
        for (i, number) in args[0].as_primitive::<UInt64Type>().values().iter().enumerate() {
            Self::keep(states.get::<u64>(i), number + 1);
        }
        Ok(())
    }

    fn update_one(&self, states: &mut States<'_>, args: &[ArrayRef], _: usize, _: &mut dyn StateHeap) -> Result<()> {
        for number in args[0].as_primitive::<UInt64Type>().values() {
            Self::keep(states.get::<u64>(0), number + 1);
        }
        Ok(())
    }

    fn merge(&self, into: &mut States<'_>, _: &mut dyn StateHeap, from: &mut States<'_>, _: &dyn StateHeap) -> Result<()> {
        for i in 0..into.len() {
            match *from.get::<u64>(i) {
                0 => {}
                number => Self::keep(into.get::<u64>(i), number),
            }
        }
        Ok(())
    }

    fn finish(&self, states: &mut States<'_>, _: &dyn StateHeap) -> Result<ArrayRef> {
        Ok(Arc::new(UInt64Array::from_iter_values((0..states.len()).map(|i| states.get::<u64>(i).saturating_sub(1)))))
    }
}
