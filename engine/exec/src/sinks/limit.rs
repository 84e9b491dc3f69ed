//! The first rows in order, and the stop of everything before as soon as they are known.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use weft_core::error::Result;
use weft_core::{Chunk, OperatorMetrics, Reservation};

use super::Output;
use crate::pipeline::{LocalSink, Shared, Sink};
use crate::retain::retained;

/// Rows `offset .. offset + limit`. Tasks run ahead of each other, so each keeps at most that many rows until the
/// tasks before it are done; when the tasks without a gap from the first on have enough, all stops. No task begins once
/// those that have begun hold enough, however long the first one takes.
pub(crate) struct LimitSink {
    shared: Shared,
    metrics: Arc<OperatorMetrics>,
    offset: u64,
    /// Rows that are wanted from the start, offset included.
    end: u64,
    state: Arc<Mutex<State>>,
    finished: Arc<AtomicBool>,
    enough: Arc<AtomicBool>,
    output: Output,
}

struct State {
    tasks: BTreeMap<u64, TaskRows>,
    /// Of all tasks.
    rows: u64,
    reservation: Reservation,
}

#[derive(Default)]
struct TaskRows {
    chunks: Vec<Chunk>,
    rows: u64,
    done: bool,
}

struct Local {
    state: Arc<Mutex<State>>,
    finished: Arc<AtomicBool>,
    enough: Arc<AtomicBool>,
    end: u64,
}

impl LimitSink {
    pub(crate) fn new(shared: &Shared, offset: u64, limit: Option<u64>) -> Self {
        let metrics = shared.metrics.operator("take");
        let end = limit.map_or(u64::MAX, |n| offset.saturating_add(n));
        let state = State { tasks: BTreeMap::new(), rows: 0, reservation: shared.pool.reservation("take") };
        LimitSink {
            shared: shared.clone(),
            metrics,
            offset,
            end,
            state: Arc::new(Mutex::new(state)),
            finished: Arc::new(AtomicBool::new(end == offset)),
            enough: Arc::default(),
            output: Output::default(),
        }
    }

    pub(crate) fn output(&self) -> Output {
        self.output.clone()
    }
}

impl State {
    /// Rows of the tasks from the first on, up to and with the first that is not done.
    fn rows_without_gap(&self) -> u64 {
        let mut rows = 0u64;
        for (expected, (&number, task)) in self.tasks.iter().enumerate() {
            if number != expected as u64 {
                break;
            }
            rows = rows.saturating_add(task.rows);
            if !task.done {
                break;
            }
        }
        rows
    }
}

impl Sink for LimitSink {
    fn local(&self) -> Result<Box<dyn LocalSink>> {
        let (state, finished, enough) = (Arc::clone(&self.state), Arc::clone(&self.finished), Arc::clone(&self.enough));
        Ok(Box::new(Local { state, finished, enough, end: self.end }))
    }

    fn is_finished(&self) -> bool {
        self.finished.load(Ordering::Acquire)
    }

    fn wants_tasks(&self) -> bool {
        !self.enough.load(Ordering::Acquire)
    }

    fn seal(&self, _: Vec<Box<dyn LocalSink>>) -> Result<usize> {
        let mut state = self.state.lock();
        let (mut skip, mut left) = (self.offset, self.end - self.offset);
        let mut kept = Vec::new();
        for chunk in std::mem::take(&mut state.tasks).into_values().flat_map(|t| t.chunks) {
            let rows = chunk.rows() as u64;
            if skip >= rows {
                skip -= rows;
                continue;
            }
            let take = (rows - skip).min(left);
            if take > 0 {
                kept.push(chunk.slice(skip as usize, take as usize));
            }
            (skip, left) = (0, left - take);
        }
        self.metrics.rows_out.add(kept.iter().map(|c| c.rows() as u64).sum());
        self.metrics.peak_memory.raise(state.reservation.bytes() as u64);
        self.output.push_tasks(kept, self.shared.settings.task_rows());
        Ok(0)
    }

    fn metrics(&self) -> &Arc<OperatorMetrics> {
        &self.metrics
    }
}

impl LocalSink for Local {
    fn push(&mut self, chunk: Chunk) -> Result<()> {
        let number = chunk.position.task;
        let mut state = self.state.lock();
        let have = state.tasks.entry(number).or_default().rows;
        let room = self.end.saturating_sub(have).min(chunk.rows() as u64) as usize;
        if room > 0 {
            let chunk = if room < chunk.rows() { chunk.compact()?.slice(0, room) } else { chunk };
            let chunk = retained(chunk, &mut state.reservation)?;
            state.rows = state.rows.saturating_add(chunk.rows() as u64);
            let task = state.tasks.entry(number).or_default();
            task.rows += chunk.rows() as u64;
            task.chunks.push(chunk);
        }
        if state.rows >= self.end {
            self.enough.store(true, Ordering::Release);
        }
        if state.rows_without_gap() >= self.end {
            self.finished.store(true, Ordering::Release);
        }
        Ok(())
    }

    fn end_task(&mut self, number: u64) -> Result<()> {
        let mut state = self.state.lock();
        state.tasks.entry(number).or_default().done = true;
        if state.rows_without_gap() >= self.end {
            self.finished.store(true, Ordering::Release);
        }
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
