//! The probe side of a join whose build rows are on disk: probe rows go there too, in parts by the same digits of the
//! hashes of their keys. When all have come, a branch of the pipeline joins part by part (`sources/spilled_join.rs`).
//!
//! This is the Grace hash join of Kitsuregawa, Tanaka and Moto-oka (1983). Nothing is kept in memory for the first part,
//! as hybrid joins do; parts that turn out too large are separated again.

use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use parking_lot::Mutex;
use weft_compute::join::{BuildPart, JoinSpec};
use weft_core::error::{Error, Result};
use weft_core::{Chunk, OperatorMetrics};

use super::hash::HashSide;
use super::{JoinOperator, OutputColumn, ProbePlan};
use crate::pipeline::{Operator, OperatorTask, Shared, Step};
use crate::sinks::build::SharedSpill;
use crate::sources::marked::MarkedRows;
use crate::spilling::partitioner::{Partitioner, SpilledPart};
use crate::spilling::places;
use crate::spilling::restore::Restore;

/// What the steps of a join on disk share.
pub(crate) struct JoinSpill {
    pub(crate) shared: Shared,
    pub(crate) metrics: Arc<OperatorMetrics>,
    plan: ProbePlan,
    /// The build rows that come out in the end.
    pub(crate) rest: Option<MarkedRows>,
    /// Whether the order of what comes out is observed.
    pub(crate) ordered: bool,
    build: SharedSpill,
    /// The spec, and the part of each first digit: what probe rows are separated by.
    separate: OnceLock<(Arc<JoinSpec>, Vec<u16>)>,
    /// Columns of a probe chunk.
    width: OnceLock<usize>,
    /// Partitioners that no thread uses now.
    idle: Mutex<Vec<Partitioner>>,
    /// What comes out, on its way back into order.
    pub(crate) restore: Arc<Restore>,
}

/// Rows of both sides whose keys meet in no other part.
pub(crate) struct JoinPart {
    pub(crate) build: BuildPart,
    pub(crate) probe: SpilledPart,
}

impl JoinSpill {
    pub(crate) fn new(
        shared: &Shared,
        metrics: &Arc<OperatorMetrics>,
        plan: ProbePlan,
        rest: Option<MarkedRows>,
        build: SharedSpill,
        ordered: bool,
    ) -> Arc<Self> {
        Arc::new(JoinSpill {
            shared: shared.clone(),
            metrics: Arc::clone(metrics),
            plan,
            rest,
            ordered,
            build,
            separate: OnceLock::new(),
            width: OnceLock::new(),
            idle: Mutex::default(),
            restore: Restore::new(shared),
        })
    }

    /// Whether the build rows are on disk.
    pub(crate) fn is_on_disk(&self) -> bool {
        self.build.get().is_some()
    }

    /// How probe rows are separated first.
    fn separate(&self) -> Result<&(Arc<JoinSpec>, Vec<u16>)> {
        if self.separate.get().is_none() {
            let place = self.build.get().ok_or_else(not_spilled)?.lock();
            let build = place.as_ref().ok_or_else(not_spilled)?;
            // Two threads may come here at once; they say the same.
            let _ = self.separate.set((Arc::clone(build.spec()), build.part_of().to_vec()));
        }
        self.separate.get().ok_or_else(not_spilled)
    }

    /// The spec of the build side.
    pub(crate) fn spec(&self) -> Result<&Arc<JoinSpec>> {
        Ok(&self.separate()?.0)
    }

    /// What is done with probe rows that come back from disk: they have their places behind their columns.
    pub(crate) fn plan(&self) -> ProbePlan {
        let mut plan = self.plan.clone();
        if let Some(width) = self.width.get().filter(|_| self.ordered) {
            plan.output.extend([OutputColumn::Probe(*width), OutputColumn::Probe(width + 1)]);
        }
        plan
    }

    /// The digits of a probe chunk's rows.
    pub(crate) fn digits(&self, chunk: &Chunk, level: usize) -> Result<Vec<u16>> {
        let keys = self.plan.keys.iter().map(|&k| chunk.column(k).cloned()).collect::<Result<Vec<_>>>()?;
        self.spec()?.digits(&keys, chunk.physical_rows(), level)
    }

    /// Writes a chunk of probe rows of task `task`, `row` of which came before.
    fn write(&self, chunk: &Chunk, task: u64, row: u64) -> Result<()> {
        let rows = chunk.physical_rows();
        let _ = self.width.set(chunk.columns().len());
        let mut digits = self.digits(chunk, 0)?;
        let (_, part_of) = self.separate()?;
        digits.iter_mut().for_each(|digit| *digit = part_of[*digit as usize]);
        let mut columns = chunk.columns().to_vec();
        if self.ordered {
            columns.extend(places(rows, |i| (task, row + i as u64))?);
        }
        let idle = self.idle.lock().pop();
        let parts = part_of.last().map_or(1, |last| usize::from(*last) + 1);
        let mut partitioner = idle.unwrap_or_else(|| Partitioner::new(&self.shared, &self.metrics, "join", parts));
        partitioner.push(&chunk.with_columns(columns), digits)?;
        self.idle.lock().push(partitioner);
        Ok(())
    }

    /// All parts that have rows, when all probe rows have come.
    pub(crate) fn take_parts(&self) -> Result<Vec<JoinPart>> {
        self.separate()?;
        let build = self.build.get().and_then(|build| build.lock().take()).ok_or_else(not_spilled)?;
        let part = |build| JoinPart { build, probe: SpilledPart::default() };
        let mut parts: Vec<JoinPart> = build.into_parts().into_iter().map(part).collect();
        for partitioner in std::mem::take(&mut *self.idle.lock()) {
            for (part, probe) in parts.iter_mut().zip(partitioner.finish()?) {
                part.probe.extend(probe);
            }
        }
        parts.retain(|part| !part.build.is_empty() || !part.probe.is_empty());
        Ok(parts)
    }

    /// Separates probe rows by the digit of a further level, for build parts that were separated so.
    pub(crate) fn separate_again(&self, mut probe: SpilledPart, build: Vec<BuildPart>, level: usize) -> Result<Vec<JoinPart>> {
        let mut partitioner = Partitioner::new(&self.shared, &self.metrics, "join", build.len());
        while let Some(chunk) = probe.next()? {
            self.shared.cancel().check()?;
            partitioner.push(&chunk, self.digits(&chunk, level)?)?;
        }
        let parts = build.into_iter().zip(partitioner.finish()?).map(|(build, probe)| JoinPart { build, probe });
        Ok(parts.filter(|part| !part.build.is_empty() || !part.probe.is_empty()).collect())
    }
}

fn not_spilled() -> Error {
    Error::internal("a join's rows that are not on disk")
}

/// Joins its input with a build side that may be on disk.
pub(crate) struct SpillableJoin {
    in_memory: JoinOperator<HashSide>,
    spill: Arc<JoinSpill>,
}

impl SpillableJoin {
    pub(crate) fn new(in_memory: JoinOperator<HashSide>, spill: &Arc<JoinSpill>) -> Self {
        SpillableJoin { in_memory, spill: Arc::clone(spill) }
    }
}

impl Operator for SpillableJoin {
    fn begin(&self, task: u64) -> Result<Box<dyn OperatorTask>> {
        if self.spill.is_on_disk() {
            return Ok(Box::new(Writing { spill: Arc::clone(&self.spill), task, row: 0 }));
        }
        self.in_memory.begin(task)
    }

    fn metrics(&self) -> &Arc<OperatorMetrics> {
        self.in_memory.metrics()
    }
}

/// Writes a task's chunks, and puts nothing out.
struct Writing {
    spill: Arc<JoinSpill>,
    task: u64,
    row: u64,
}

impl OperatorTask for Writing {
    fn push(&mut self, chunk: Chunk) -> Result<()> {
        let chunk = chunk.compact()?;
        self.spill.write(&chunk, self.task, self.row)?;
        self.row += chunk.physical_rows() as u64;
        Ok(())
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<Result<Step>> {
        Poll::Ready(Ok(Step::NeedInput))
    }
}
