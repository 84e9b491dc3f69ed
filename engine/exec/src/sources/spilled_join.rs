//! Joining parts of two sides on disk, each by itself, when all rows of both have come. Where the order is observed, what
//! comes out is sorted by the places of the rows.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll};

use weft_compute::join::{JoinScan, JoinTable, Loaded};
use weft_compute::{Evaluator, Work};
use weft_core::Chunk;
use weft_core::chunk::Position;
use weft_core::error::{Error, Result};
use weft_core::source::{ChunkReader, ScanTask};

use super::NoTasks;
use super::marked::Gather;
use crate::operators::join::hash::HashMatcher;
use crate::operators::join::spilled::{JoinPart, JoinSpill};
use crate::operators::join::{ProbePlan, Task};
use crate::pipeline::{OperatorTask, Source, Step, Tasks};
use crate::spilling::partitioner::SpilledPart;
use crate::spilling::places;

/// Set in the task of rows that come behind all pairs.
const REST: u64 = 1 << 62;

/// Joins the parts, a task each. Where the order is observed, rows go to the sort and nothing comes out.
pub(crate) struct SpilledJoin(pub(crate) Arc<JoinSpill>);

impl Source for SpilledJoin {
    fn open(&self) -> Result<Box<dyn Tasks>> {
        let spill = &self.0;
        if !spill.is_on_disk() {
            return Ok(Box::new(NoTasks));
        }
        let parts: VecDeque<JoinPart> = spill.take_parts()?.into();
        let (spill, plan, count) = (Arc::clone(spill), Arc::new(spill.plan()), parts.len());
        Ok(Box::new(PartTasks { spill, plan, parts, count }))
    }

    fn with_task_rows(&self, _: usize) -> Option<Arc<dyn Source>> {
        None
    }
}

struct PartTasks {
    spill: Arc<JoinSpill>,
    plan: Arc<ProbePlan>,
    parts: VecDeque<JoinPart>,
    count: usize,
}

impl Tasks for PartTasks {
    fn next(&mut self) -> Result<Option<Box<dyn ScanTask>>> {
        let Some(part) = self.parts.pop_front() else { return Ok(None) };
        let number = (self.count - self.parts.len()) as u64;
        let (spill, plan) = (Arc::clone(&self.spill), Arc::clone(&self.plan));
        Ok(Some(Box::new(Reader { spill, plan, todo: vec![part], now: None, next: Position { task: number, row: 0 } })))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.count)
    }
}

/// Joins a part, and the parts that it was separated into.
struct Reader {
    spill: Arc<JoinSpill>,
    plan: Arc<ProbePlan>,
    todo: Vec<JoinPart>,
    now: Option<Joining>,
    /// Where the next chunk stands in the input of the sort.
    next: Position,
}

/// A part whose build rows are in memory.
struct Joining {
    table: Arc<JoinTable>,
    task: Task<HashMatcher>,
    probe: SpilledPart,
    rest: Option<Rest>,
}

/// Build rows that come out when all probe rows are done.
struct Rest {
    gather: Gather,
    partition: usize,
    scan: Option<JoinScan>,
    ordered: bool,
}

impl ScanTask for Reader {
    fn open(self: Box<Self>) -> Result<Box<dyn ChunkReader>> {
        Ok(self)
    }
}

impl ChunkReader for Reader {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Chunk>>> {
        Poll::Ready(self.next_chunk(cx))
    }
}

impl Reader {
    fn next_chunk(&mut self, cx: &mut Context<'_>) -> Result<Option<Chunk>> {
        while let Some(chunk) = self.next_joined(cx)? {
            if !self.spill.ordered {
                self.spill.metrics.rows_out.add(chunk.rows() as u64);
                return Ok(Some(chunk));
            }
            self.spill.restore.push(chunk, &mut self.next)?;
        }
        Ok(None)
    }

    fn next_joined(&mut self, cx: &mut Context<'_>) -> Result<Option<Chunk>> {
        loop {
            self.spill.shared.cancel().check()?;
            if let Some(joining) = &mut self.now {
                if let Some(chunk) = joining.next(cx, &self.spill)? {
                    return Ok(Some(chunk));
                }
                self.now = None;
            }
            let Some(part) = self.todo.pop() else { return Ok(None) };
            self.load(part)?;
        }
    }

    /// Brings a part's build rows into memory, or separates it.
    fn load(&mut self, part: JoinPart) -> Result<()> {
        self.spill.restore.make_room()?;
        let JoinPart { build, probe } = part;
        let (spill, level) = (&self.spill, build.depth());
        let (shared, spec) = (&spill.shared, spill.spec()?);
        let work = Work::new(shared.cancel()).spilling(&shared.spill, &spill.metrics);
        match build.load(spec, &shared.pool.spillable("join"), &work)? {
            Loaded::Apart(parts) => self.todo.extend(spill.separate_again(probe, parts, level)?),
            Loaded::Table(table) => {
                let matcher = HashMatcher::new(&self.plan, &table, &Evaluator::new(shared.query.clone()));
                let task = Task::new(&self.plan, matcher, shared.cancel());
                let chunk_rows = self.plan.chunk_rows;
                let rest = spill.rest.clone().map(|rows| Rest {
                    ordered: spill.ordered,
                    gather: Gather { rows, table: Arc::clone(&table), chunk_rows },
                    partition: 0,
                    scan: None,
                });
                self.now = Some(Joining { table, task, probe, rest });
            }
        }
        Ok(())
    }
}

impl Joining {
    fn next(&mut self, cx: &mut Context<'_>, spill: &JoinSpill) -> Result<Option<Chunk>> {
        loop {
            match self.task.poll(cx) {
                Poll::Ready(Ok(Step::Output(chunk))) => return Ok(Some(chunk)),
                Poll::Ready(Ok(Step::NeedInput)) => {}
                Poll::Ready(Err(error)) => return Err(error),
                Poll::Pending => return Err(Error::internal("a join that waits")),
            }
            spill.shared.cancel().check()?;
            match self.probe.next()? {
                Some(chunk) => self.task.push(chunk)?,
                None => break,
            }
        }
        match &mut self.rest {
            Some(rest) => rest.next(&self.table),
            None => Ok(None),
        }
    }
}

impl Rest {
    fn next(&mut self, table: &Arc<JoinTable>) -> Result<Option<Chunk>> {
        while self.partition < table.partitions() {
            let marked = Some(self.gather.rows.marked);
            let scan = self.scan.get_or_insert_with(|| table.scan(self.partition, marked));
            let rows = scan.next_rows(self.gather.chunk_rows)?;
            if rows.is_empty() {
                (self.partition, self.scan) = (self.partition + 1, None);
                continue;
            }
            let chunk = self.gather.chunk(&rows)?;
            if !self.ordered {
                return Ok(Some(chunk));
            }
            let stand = table.positions(&rows)?;
            let mut columns = chunk.columns().to_vec();
            columns.extend(places(rows.len(), |i| (stand[i].task | REST, stand[i].row))?);
            return Ok(Some(chunk.with_columns(columns)));
        }
        Ok(None)
    }
}
