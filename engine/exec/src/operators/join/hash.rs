//! Matches by equal keys, out of a hash table, and a further condition on the pairs.

use std::sync::Arc;

use arrow::buffer::BooleanBuffer;
use weft_compute::Evaluator;
use weft_compute::join::{BuildRow, JoinProbe, JoinTable};
use weft_core::error::{Error, Result};
use weft_core::{Chunk, Series};

use super::{BuildSide, Matcher, Pairs, ProbePlan, gather};
use crate::pipeline::Shared;
use crate::sinks::build::SharedTable;

/// A hash table.
pub(crate) struct HashSide {
    table: SharedTable,
    evaluator: Evaluator,
}

impl HashSide {
    pub(crate) fn new(shared: &Shared, table: SharedTable) -> Self {
        HashSide { table, evaluator: Evaluator::new(shared.query.clone()) }
    }
}

impl BuildSide for HashSide {
    type Matcher = HashMatcher;

    fn matcher(&self, plan: &Arc<ProbePlan>) -> Result<HashMatcher> {
        let table = self.table.get().ok_or_else(|| Error::internal("a join table that was not built"))?;
        Ok(HashMatcher::new(plan, table, &self.evaluator))
    }
}

/// Looks rows up in the table.
pub(crate) struct HashMatcher {
    plan: Arc<ProbePlan>,
    table: Arc<JoinTable>,
    probe: JoinProbe,
    evaluator: Evaluator,
}

impl HashMatcher {
    /// One for rows of `table`.
    pub(crate) fn new(plan: &Arc<ProbePlan>, table: &Arc<JoinTable>, evaluator: &Evaluator) -> Self {
        let (plan, probe) = (Arc::clone(plan), table.probe());
        HashMatcher { plan, probe, table: Arc::clone(table), evaluator: evaluator.clone() }
    }
}

impl Matcher for HashMatcher {
    type Row = BuildRow;
    const NONE: BuildRow = BuildRow::NONE;

    fn begin(&mut self, chunk: &Chunk) -> Result<()> {
        let keys = self.plan.keys.iter().map(|&k| chunk.column(k).cloned()).collect::<Result<Vec<_>>>()?;
        self.probe.begin(&keys, chunk.physical_rows())
    }

    fn next(&mut self, chunk: &Chunk) -> Result<Option<Pairs<BuildRow>>> {
        let Some(found) = self.probe.next(self.plan.chunk_rows) else { return Ok(None) };
        let mut pairs = Pairs { probe: found.probe.to_vec(), build: found.build.to_vec() };
        if let Some((condition, columns)) = &self.plan.residual {
            let rows = pairs.probe.len();
            let candidates = Chunk::new(gather(chunk, columns, &pairs, self)?, rows)?;
            let mask = self.evaluator.mask(condition, &candidates)?;
            let mut kept = mask.iter();
            pairs.probe.retain(|_| kept.next() == Some(true));
            let mut kept = mask.iter();
            pairs.build.retain(|_| kept.next() == Some(true));
        }
        Ok(Some(pairs))
    }

    fn matched(&self) -> Option<BooleanBuffer> {
        self.plan.residual.is_none().then(|| self.probe.matched())
    }

    fn columns(&self, columns: &[usize], rows: &[BuildRow]) -> Result<Vec<Series>> {
        self.table.payload(columns, rows)
    }

    fn mark(&self, rows: &[BuildRow]) -> Result<()> {
        self.table.mark(rows)
    }

    fn mark_all(&self) -> Result<bool> {
        if self.plan.residual.is_some() {
            return Ok(false);
        }
        self.table.mark_chains(self.probe.first_matches())?;
        Ok(true)
    }
}
