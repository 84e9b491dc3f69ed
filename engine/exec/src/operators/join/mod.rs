//! The probe side of a join: rows look up their matches and come out beside them, in their order.
//!
//! How matches are found is a [`Matcher`]'s: by hash ([`hash`]) or pair by pair ([`nested`]). What comes out of them is the
//! same for all and lies here. Where the build rows are on disk ([`spilled`]), probe rows go there too.

pub(crate) mod hash;
pub(crate) mod nested;
pub(crate) mod spilled;

use std::sync::Arc;
use std::task::{Context, Poll};

use arrow::array::UInt32Array;
use arrow::buffer::BooleanBuffer;
use weft_core::error::{Error, Result};
use weft_core::{CancelToken, Chunk, Expr, OperatorMetrics, Origin, Series};
use weft_plan::nodes::Expect;

use crate::pipeline::{Operator, OperatorTask, Shared, Step};

/// A column of a join's pairs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum OutputColumn {
    /// A column of the probe chunk.
    Probe(usize),
    /// A payload column of the build side.
    Build(usize),
}

/// What comes out of a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Emit {
    /// The pairs that match; if `pad`, also probe rows without a match, beside nulls.
    Pairs {
        /// Whether probe rows without a match come out.
        pad: bool,
    },
    /// Probe rows, once: those with a match, or those without.
    Rows {
        /// Which of the two.
        matched: bool,
    },
    /// Nothing; matches are marked.
    Nothing,
}

/// How many matches each probe row must have, and how to say that one has another number.
#[derive(Clone)]
pub(crate) struct ExpectPlan {
    pub(crate) expect: Expect,
    /// Probe columns that tell which row it is, with what they are called.
    pub(crate) shown: Vec<(usize, String)>,
    pub(crate) origin: Origin,
}

/// What a probe does with the matches it finds.
#[derive(Clone)]
pub(crate) struct ProbePlan {
    pub(crate) emit: Emit,
    /// Whether build rows that match are marked.
    pub(crate) marks: bool,
    /// Positions of the key columns in the probe chunk.
    pub(crate) keys: Vec<usize>,
    pub(crate) output: Vec<OutputColumn>,
    /// A further condition over `residual_columns` by position.
    pub(crate) residual: Option<(Expr, Vec<OutputColumn>)>,
    pub(crate) expect: Option<ExpectPlan>,
    pub(crate) chunk_rows: usize,
}

/// Pairs of rows that meet all conditions.
pub(crate) struct Pairs<R> {
    /// Numbers of probe rows in their chunk, ascending.
    pub(crate) probe: Vec<u32>,
    /// The build row for each.
    pub(crate) build: Vec<R>,
}

/// Finds the build rows that match probe rows. One for each task.
pub(crate) trait Matcher: Send {
    /// A row of the build side.
    type Row: Copy + Send;
    /// No row: all of its columns are null.
    const NONE: Self::Row;

    /// Takes a chunk without selection, whose matches come next.
    fn begin(&mut self, chunk: &Chunk) -> Result<()>;

    /// The next pairs: at most a chunk of them is looked at, perhaps none is left of it. Nothing at the end.
    fn next(&mut self, chunk: &Chunk) -> Result<Option<Pairs<Self::Row>>>;

    /// For each row of the chunk whether it has a match, where that is known without pairs.
    fn matched(&self) -> Option<BooleanBuffer>;

    /// Probe row `row` needs no more pairs.
    fn pass_over(&mut self, _row: u32) {}

    /// Payload columns of build rows.
    fn columns(&self, columns: &[usize], rows: &[Self::Row]) -> Result<Vec<Series>>;

    /// Marks build rows as matched.
    fn mark(&self, rows: &[Self::Row]) -> Result<()>;

    /// Marks all matches of the chunk's rows at once, where no pairs are needed for that; whether it did.
    fn mark_all(&self) -> Result<bool>;
}

/// The build side of a join, which an earlier pipeline made.
pub(crate) trait BuildSide: Send + Sync {
    type Matcher: Matcher + 'static;

    /// A matcher for one task.
    fn matcher(&self, plan: &Arc<ProbePlan>) -> Result<Self::Matcher>;
}

/// Joins its input with a build side in memory.
pub(crate) struct JoinOperator<S> {
    plan: Arc<ProbePlan>,
    side: S,
    metrics: Arc<OperatorMetrics>,
    cancel: CancelToken,
}

impl<S: BuildSide> JoinOperator<S> {
    /// `name` is what metrics call it.
    pub(crate) fn new(shared: &Shared, name: String, plan: ProbePlan, side: S) -> Self {
        let metrics = shared.metrics.operator(name);
        JoinOperator { plan: Arc::new(plan), side, metrics, cancel: shared.cancel().clone() }
    }
}

impl<S: BuildSide> Operator for JoinOperator<S> {
    fn begin(&self, _: u64) -> Result<Box<dyn OperatorTask>> {
        Ok(Box::new(Task::new(&self.plan, self.side.matcher(&self.plan)?, &self.cancel)))
    }

    fn metrics(&self) -> &Arc<OperatorMetrics> {
        &self.metrics
    }
}

/// Probe rows on their way.
pub(crate) struct Task<M: Matcher> {
    plan: Arc<ProbePlan>,
    matcher: M,
    cancel: CancelToken,
    chunk: Option<Chunk>,
    /// For each probe row its matches so far.
    counts: Vec<u32>,
    /// The next probe row that padding has not dealt with.
    next_row: u32,
    pairs_done: bool,
}

impl<M: Matcher> OperatorTask for Task<M> {
    fn push(&mut self, chunk: Chunk) -> Result<()> {
        let chunk = chunk.compact()?;
        self.matcher.begin(&chunk)?;
        self.counts.clear();
        self.counts.resize(chunk.physical_rows(), 0);
        (self.next_row, self.pairs_done) = (0, false);
        self.chunk = Some(chunk);
        Ok(())
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<Result<Step>> {
        let Some(chunk) = self.chunk.take() else { return Poll::Ready(Ok(Step::NeedInput)) };
        let output = match self.plan.emit {
            Emit::Rows { matched } => self.rows(&chunk, matched),
            Emit::Pairs { pad } => self.pairs(&chunk, pad),
            Emit::Nothing => self.mark(&chunk),
        };
        Poll::Ready(output.map(|output| output.map_or(Step::NeedInput, Step::Output)))
    }
}

impl<M: Matcher> Task<M> {
    /// A task that finds matches with `matcher`.
    pub(crate) fn new(plan: &Arc<ProbePlan>, matcher: M, cancel: &CancelToken) -> Self {
        let (plan, cancel) = (Arc::clone(plan), cancel.clone());
        Task { plan, matcher, cancel, chunk: None, counts: Vec::new(), next_row: 0, pairs_done: false }
    }

    /// The chunk's rows with, or without, a match.
    fn rows(&mut self, chunk: &Chunk, wanted: bool) -> Result<Option<Chunk>> {
        let known = if self.plan.expect.is_none() && !self.plan.marks { self.matcher.matched() } else { None };
        let rows: Vec<u32> = match known {
            Some(matched) => (0..matched.len() as u32).filter(|&row| matched.value(row as usize) == wanted).collect(),
            None => {
                while self.next(chunk)?.is_some() {}
                self.check_counts(chunk)?;
                (0..self.counts.len() as u32).filter(|&row| (self.counts[row as usize] > 0) == wanted).collect()
            }
        };
        if rows.is_empty() {
            return Ok(None);
        }
        let column = |c: &OutputColumn| match c {
            OutputColumn::Probe(index) => chunk.column(*index).cloned(),
            OutputColumn::Build(_) => Err(Error::internal("a semi join has no columns of the other side")),
        };
        let columns = self.plan.output.iter().map(column).collect::<Result<Vec<Series>>>()?;
        let output = chunk.with_columns(columns);
        if rows.len() == chunk.physical_rows() {
            return Ok(Some(output));
        }
        Ok(Some(output.with_selection(Some(rows.into()))))
    }

    /// The next pairs, if `pad` with the rows between them that have none.
    fn pairs(&mut self, chunk: &Chunk, pad: bool) -> Result<Option<Chunk>> {
        while !self.pairs_done {
            let Some(mut pairs) = self.next(chunk)? else {
                self.pairs_done = true;
                self.check_counts(chunk)?;
                break;
            };
            if pad {
                pairs = self.pad(&pairs);
            }
            if !pairs.probe.is_empty() {
                self.chunk = Some(chunk.clone());
                return self.emit(chunk, &pairs).map(Some);
            }
        }
        if pad {
            let mut rest = Pairs { probe: Vec::new(), build: Vec::new() };
            self.pad_until(chunk.physical_rows() as u32, &mut rest);
            if !rest.probe.is_empty() {
                return self.emit(chunk, &rest).map(Some);
            }
        }
        Ok(None)
    }

    /// Marks the matches and puts nothing out.
    fn mark(&mut self, chunk: &Chunk) -> Result<Option<Chunk>> {
        if !self.matcher.mark_all()? {
            while self.next(chunk)?.is_some() {}
        }
        Ok(None)
    }

    /// The next pairs, counted and marked.
    fn next(&mut self, chunk: &Chunk) -> Result<Option<Pairs<M::Row>>> {
        // One chunk can have pairs without end of which none survives.
        self.cancel.check()?;
        let Some(pairs) = self.matcher.next(chunk)? else { return Ok(None) };
        let once = matches!(self.plan.emit, Emit::Rows { .. }) && self.plan.expect.is_none() && !self.plan.marks;
        for &row in &pairs.probe {
            let count = &mut self.counts[row as usize];
            *count = count.saturating_add(1);
            if once {
                self.matcher.pass_over(row);
            }
        }
        if self.plan.marks {
            self.matcher.mark(&pairs.build)?;
        }
        Ok(Some(pairs))
    }

    /// The first row whose number of matches is not the one that was asked for is an error.
    fn check_counts(&self, chunk: &Chunk) -> Result<()> {
        let Some(plan) = &self.plan.expect else { return Ok(()) };
        let Some(row) = self.counts.iter().position(|&n| !plan.expect.allows(n)) else { return Ok(()) };
        let mut values = Vec::with_capacity(plan.shown.len());
        for (column, name) in &plan.shown {
            values.push(format!("{name} = {}", chunk.column(*column)?.value(row)?));
        }
        let which = if values.is_empty() { String::new() } else { format!(" ({})", values.join(", ")) };
        let matches = match self.counts[row] {
            0 => "no match".to_string(),
            1 => "one match".to_string(),
            n => format!("{n} matches"),
        };
        let (expect, help) = match plan.expect {
            Expect::One => ("exactly one", "look at the rows with `join anti`, or at the right side's duplicates with `group`"),
            Expect::AtMostOne => ("at most one", "keep one right row for each key first: `| distinct key`"),
            Expect::AtLeastOne => ("at least one", "`join anti` shows the left rows without a match"),
        };
        let message = format!("a left row{which} has {matches} on the right; `expect` asks for {expect}");
        Err(Error::value(message).with_help(help).at(plan.origin))
    }

    /// The pairs with the rows before and between them that have no match. Pairs come in the order of probe rows, so
    /// rows before a pair's can get no more.
    fn pad(&mut self, pairs: &Pairs<M::Row>) -> Pairs<M::Row> {
        let room = pairs.probe.len();
        let mut padded = Pairs { probe: Vec::with_capacity(room), build: Vec::with_capacity(room) };
        for (&row, &found) in pairs.probe.iter().zip(&pairs.build) {
            self.pad_until(row, &mut padded);
            padded.probe.push(row);
            padded.build.push(found);
        }
        padded
    }

    fn pad_until(&mut self, end: u32, pairs: &mut Pairs<M::Row>) {
        for row in self.next_row..end {
            if self.counts[row as usize] == 0 {
                pairs.probe.push(row);
                pairs.build.push(M::NONE);
            }
        }
        self.next_row = self.next_row.max(end);
    }

    fn emit(&self, chunk: &Chunk, pairs: &Pairs<M::Row>) -> Result<Chunk> {
        let columns = gather(chunk, &self.plan.output, pairs, &self.matcher)?;
        Chunk::new(columns, pairs.probe.len())
    }
}

/// The columns of pairs.
pub(crate) fn gather<M: Matcher>(
    chunk: &Chunk,
    columns: &[OutputColumn],
    pairs: &Pairs<M::Row>,
    matcher: &M,
) -> Result<Vec<Series>> {
    let payload: Vec<usize> =
        columns.iter().filter_map(|c| if let OutputColumn::Build(i) = c { Some(*i) } else { None }).collect();
    let mut fetched = if payload.is_empty() { Vec::new() } else { matcher.columns(&payload, &pairs.build)? }.into_iter();
    // Where each row matches once, the probe's columns pass on as they are; where one row matches all, they are constant.
    let (probe, rows) = (&pairs.probe, pairs.probe.len());
    let same = rows == chunk.physical_rows() && probe.iter().enumerate().all(|(i, &row)| i as u32 == row);
    let one = (rows > 1 && probe.first() == probe.last()).then(|| probe[0]);
    let indices = UInt32Array::from_iter_values(probe.iter().copied());
    let column = |c: &OutputColumn| match (c, one) {
        (OutputColumn::Probe(index), _) if same => chunk.column(*index).cloned(),
        (OutputColumn::Probe(index), Some(row)) => repeated(chunk.column(*index)?, row as usize, rows),
        (OutputColumn::Probe(index), None) => chunk.column(*index)?.take(&indices),
        (OutputColumn::Build(_), _) => fetched.next().ok_or_else(|| Error::internal("a payload column that did not come")),
    };
    columns.iter().map(column).collect()
}

/// `rows` times the value in row `row`.
pub(crate) fn repeated(series: &Series, row: usize, rows: usize) -> Result<Series> {
    Series::constant_array(series.ty().clone(), series.slice(row, 1).to_flat()?, rows)
}
