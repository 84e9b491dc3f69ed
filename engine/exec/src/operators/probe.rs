//! The probe side of a join: rows look up their matches and come out beside them, in their order.

use std::sync::Arc;
use std::task::{Context, Poll};

use arrow::array::UInt32Array;
use weft_compute::Evaluator;
use weft_compute::join::{BuildRow, JoinProbe, JoinTable};
use weft_core::error::{Error, Result};
use weft_core::{CancelToken, Chunk, Expr, OperatorMetrics, Series};
use weft_plan::nodes::JoinKind;

use crate::pipeline::{Operator, OperatorTask, Shared, Step};
use crate::sinks::build::SharedTable;

/// A column of a join's output.
#[derive(Debug, Clone, Copy)]
pub(crate) enum OutputColumn {
    /// A column of the probe chunk.
    Probe(usize),
    /// A payload column of the build side.
    Build(usize),
}

/// What a probe does with the matches it finds.
pub(crate) struct ProbePlan {
    pub(crate) kind: JoinKind,
    /// Positions of the key columns in the probe chunk.
    pub(crate) keys: Vec<usize>,
    pub(crate) output: Vec<OutputColumn>,
    /// A further condition over `residual_columns` by position.
    pub(crate) residual: Option<(Expr, Vec<OutputColumn>)>,
    pub(crate) chunk_rows: usize,
}

/// Joins its input with a table that an earlier pipeline built.
pub(crate) struct ProbeOperator {
    plan: Arc<ProbePlan>,
    table: SharedTable,
    evaluator: Arc<Evaluator>,
    metrics: Arc<OperatorMetrics>,
    cancel: CancelToken,
}

struct Task {
    plan: Arc<ProbePlan>,
    table: Arc<JoinTable>,
    probe: JoinProbe,
    evaluator: Arc<Evaluator>,
    cancel: CancelToken,
    chunk: Option<Chunk>,
    /// For each probe row whether a pair met the residual; kept where that is needed.
    survived: Vec<bool>,
    /// The next probe row that a left join has not dealt with.
    next_row: u32,
    pairs_done: bool,
}

impl ProbeOperator {
    pub(crate) fn new(shared: &Shared, plan: ProbePlan, table: SharedTable) -> Self {
        let metrics = shared.metrics.operator(format!("join {}", plan.kind));
        let evaluator = Arc::new(Evaluator::new(shared.query.clone()));
        ProbeOperator { plan: Arc::new(plan), table, evaluator, metrics, cancel: shared.cancel().clone() }
    }
}

impl Operator for ProbeOperator {
    fn begin(&self) -> Result<Box<dyn OperatorTask>> {
        let table = self.table.get().ok_or_else(|| Error::internal("a join table that was not built"))?;
        Ok(Box::new(Task {
            plan: Arc::clone(&self.plan),
            probe: table.probe(),
            table: Arc::clone(table),
            evaluator: Arc::clone(&self.evaluator),
            cancel: self.cancel.clone(),
            chunk: None,
            survived: Vec::new(),
            next_row: 0,
            pairs_done: false,
        }))
    }

    fn metrics(&self) -> &Arc<OperatorMetrics> {
        &self.metrics
    }
}

impl OperatorTask for Task {
    fn push(&mut self, chunk: Chunk) -> Result<()> {
        let chunk = chunk.compact()?;
        let keys = self.plan.keys.iter().map(|&k| chunk.column(k).cloned()).collect::<Result<Vec<_>>>()?;
        self.probe.begin(&keys, chunk.physical_rows())?;
        self.survived.clear();
        self.survived.resize(chunk.physical_rows(), false);
        (self.next_row, self.pairs_done) = (0, false);
        self.chunk = Some(chunk);
        Ok(())
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<Result<Step>> {
        let Some(chunk) = self.chunk.take() else { return Poll::Ready(Ok(Step::NeedInput)) };
        let output = match self.plan.kind {
            JoinKind::Semi | JoinKind::Anti => self.filter_rows(&chunk),
            JoinKind::Inner | JoinKind::Left => self.next_pairs(&chunk),
        };
        Poll::Ready(output.map(|output| output.map_or(Step::NeedInput, Step::Output)))
    }
}

impl Task {
    /// Semi and anti: the chunk's rows with, or without, a match.
    fn filter_rows(&mut self, chunk: &Chunk) -> Result<Option<Chunk>> {
        let wanted = self.plan.kind == JoinKind::Semi;
        let rows: Vec<u32> = if self.plan.residual.is_some() {
            while self.surviving_pairs(chunk)?.is_some() {}
            (0..self.survived.len() as u32).filter(|&row| self.survived[row as usize] == wanted).collect()
        } else {
            let matched = self.probe.matched();
            (0..matched.len() as u32).filter(|&row| matched.value(row as usize) == wanted).collect()
        };
        if rows.is_empty() {
            return Ok(None);
        }
        let column = |c: &OutputColumn| match c {
            OutputColumn::Probe(index) => chunk.column(*index).cloned(),
            OutputColumn::Build(_) => Err(Error::internal("a semi join has no right columns")),
        };
        let columns = self.plan.output.iter().map(column).collect::<Result<Vec<Series>>>()?;
        let output = chunk.with_columns(columns);
        if rows.len() == chunk.physical_rows() {
            return Ok(Some(output));
        }
        Ok(Some(output.with_selection(Some(rows.into()))))
    }

    /// Inner and left: the next pairs, for a left join with the rows between them that have none.
    fn next_pairs(&mut self, chunk: &Chunk) -> Result<Option<Chunk>> {
        let left = self.plan.kind == JoinKind::Left;
        while !self.pairs_done {
            let Some((mut probe, mut build)) = self.surviving_pairs(chunk)? else {
                self.pairs_done = true;
                break;
            };
            if left {
                (probe, build) = self.pad(&probe, &build);
            }
            if !probe.is_empty() {
                self.chunk = Some(chunk.clone());
                return self.emit(chunk, probe, &build).map(Some);
            }
        }
        if left {
            let end = chunk.physical_rows() as u32;
            let (mut probe, mut build) = (Vec::new(), Vec::new());
            self.pad_until(end, &mut probe, &mut build);
            if !probe.is_empty() {
                return self.emit(chunk, probe, &build).map(Some);
            }
        }
        Ok(None)
    }

    /// The next pairs that meet the residual, perhaps none of a piece; nothing at the end.
    fn surviving_pairs(&mut self, chunk: &Chunk) -> Result<Option<(Vec<u32>, Vec<BuildRow>)>> {
        // One chunk can have pairs without end of which none survives.
        self.cancel.check()?;
        let Some(pairs) = self.probe.next(self.plan.chunk_rows) else { return Ok(None) };
        let (mut probe, mut build) = (pairs.probe.to_vec(), pairs.build.to_vec());
        if let Some((condition, columns)) = &self.plan.residual {
            let rows = probe.len();
            let candidates = Chunk::new(self.gather(chunk, columns, &probe, &build)?, rows)?;
            let mask = self.evaluator.mask(condition, &candidates)?;
            let mut kept = mask.iter();
            probe.retain(|_| kept.next() == Some(true));
            let mut kept = mask.iter();
            build.retain(|_| kept.next() == Some(true));
        }
        for &row in &probe {
            self.survived[row as usize] = true;
        }
        Ok(Some((probe, build)))
    }

    /// The pairs with the rows before and between them that have no match. Pairs come in the order of probe rows, so
    /// rows before a pair's can get no more.
    fn pad(&mut self, probe: &[u32], build: &[BuildRow]) -> (Vec<u32>, Vec<BuildRow>) {
        let (mut rows, mut matches) = (Vec::with_capacity(probe.len()), Vec::with_capacity(probe.len()));
        for (&row, &found) in probe.iter().zip(build) {
            self.pad_until(row, &mut rows, &mut matches);
            rows.push(row);
            matches.push(found);
        }
        (rows, matches)
    }

    fn pad_until(&mut self, end: u32, rows: &mut Vec<u32>, matches: &mut Vec<BuildRow>) {
        for row in self.next_row..end {
            if !self.survived[row as usize] {
                rows.push(row);
                matches.push(BuildRow::NONE);
            }
        }
        self.next_row = self.next_row.max(end);
    }

    fn emit(&self, chunk: &Chunk, probe: Vec<u32>, build: &[BuildRow]) -> Result<Chunk> {
        let columns = self.gather(chunk, &self.plan.output, &probe, build)?;
        Chunk::new(columns, probe.len())
    }

    fn gather(&self, chunk: &Chunk, columns: &[OutputColumn], probe: &[u32], build: &[BuildRow]) -> Result<Vec<Series>> {
        let payload: Vec<usize> =
            columns.iter().filter_map(|c| if let OutputColumn::Build(i) = c { Some(*i) } else { None }).collect();
        let mut fetched = self.table.payload(&payload, build)?.into_iter();
        // Where each row matches once, the probe's columns pass on as they are.
        let same = probe.len() == chunk.physical_rows() && probe.iter().enumerate().all(|(i, &row)| i as u32 == row);
        let indices = UInt32Array::from_iter_values(probe.iter().copied());
        let column = |c: &OutputColumn| match c {
            OutputColumn::Probe(index) if same => chunk.column(*index).cloned(),
            OutputColumn::Probe(index) => chunk.column(*index)?.take(&indices),
            OutputColumn::Build(_) => fetched.next().ok_or_else(|| Error::internal("a payload column that did not come")),
        };
        columns.iter().map(column).collect()
    }
}
