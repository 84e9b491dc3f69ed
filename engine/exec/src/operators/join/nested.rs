//! Matches by trying every pair: for conditions that are no equalities, and none at all.
//!
//! The condition is evaluated on vectors of pairs. Where the build side has long blocks, a probe row's values stand
//! beside a block as constants, so that nothing is copied before the condition has chosen; where all of it is one short
//! block, several probe rows are repeated over it.

use std::sync::Arc;

use arrow::buffer::BooleanBuffer;
use weft_compute::Evaluator;
use weft_core::error::{Error, Result};
use weft_core::{Chunk, Series};

use super::{BuildSide, Matcher, OutputColumn, Pairs, ProbePlan, gather, repeated};
use crate::pipeline::Shared;
use crate::sinks::blocks::{BlockRow, Blocks, SharedBlocks};

/// Blocks of at least so many rows are tried against one probe row at a time.
const LONG_BLOCK: usize = 256;

/// Blocks of rows.
pub(crate) struct NestedSide {
    blocks: SharedBlocks,
    evaluator: Evaluator,
}

impl NestedSide {
    pub(crate) fn new(shared: &Shared, blocks: SharedBlocks) -> Self {
        NestedSide { blocks, evaluator: Evaluator::new(shared.query.clone()) }
    }
}

impl BuildSide for NestedSide {
    type Matcher = NestedMatcher;

    fn matcher(&self, plan: &Arc<ProbePlan>) -> Result<NestedMatcher> {
        let blocks = self.blocks.get().ok_or_else(|| Error::internal("a join's blocks that were not made"))?;
        let (plan, blocks, evaluator) = (Arc::clone(plan), Arc::clone(blocks), self.evaluator.clone());
        Ok(NestedMatcher { plan, blocks, evaluator, row: 0, block: 0, at: 0, done: Vec::new() })
    }
}

/// Tries pairs in the order of probe rows, then of build rows.
pub(crate) struct NestedMatcher {
    plan: Arc<ProbePlan>,
    blocks: Arc<Blocks>,
    evaluator: Evaluator,
    /// The next pair: probe row, block, row of the block.
    row: usize,
    block: usize,
    at: usize,
    /// Probe rows that need no more pairs.
    done: Vec<bool>,
}

impl NestedMatcher {
    /// Probe row `row` beside rows `at ..` of a block.
    fn beside_block(&mut self, chunk: &Chunk) -> Result<Pairs<BlockRow>> {
        let (row, block, at) = (self.row, self.block, self.at);
        let whole = self.blocks.block(block)?;
        let rows = (whole.physical_rows() - at).min(self.plan.chunk_rows);
        (self.at, self.block) = if at + rows < whole.physical_rows() { (at + rows, block) } else { (0, block + 1) };
        let mask = match &self.plan.residual {
            None => None,
            Some((condition, columns)) => {
                let column = |c: &OutputColumn| match c {
                    OutputColumn::Probe(index) => repeated(chunk.column(*index)?, row, rows),
                    OutputColumn::Build(index) => Ok(whole.column(*index)?.slice(at, rows)),
                };
                let candidates = Chunk::new(columns.iter().map(column).collect::<Result<_>>()?, rows)?;
                Some(self.evaluator.mask(condition, &candidates)?)
            }
        };
        let place = |i: usize| BlockRow { block: block as u32, row: (at + i) as u32 };
        let build: Vec<BlockRow> = match &mask {
            None => (0..rows).map(place).collect(),
            Some(mask) => mask.set_indices().map(place).collect(),
        };
        Ok(Pairs { probe: vec![row as u32; build.len()], build })
    }

    /// Several probe rows from `row` on beside all rows of the one block.
    fn over_block(&mut self, chunk: &Chunk, rows: usize) -> Result<Pairs<BlockRow>> {
        let length = self.blocks.block(0)?.physical_rows();
        let first = self.row;
        self.row = first + rows;
        let mut pairs = Pairs { probe: Vec::with_capacity(rows * length), build: Vec::with_capacity(rows * length) };
        for row in (first..first + rows).filter(|&row| !self.done[row]) {
            pairs.probe.extend(std::iter::repeat_n(row as u32, length));
            pairs.build.extend((0..length as u32).map(|row| BlockRow { block: 0, row }));
        }
        let Some((condition, columns)) = &self.plan.residual else { return Ok(pairs) };
        let candidates = Chunk::new(gather(chunk, columns, &pairs, self)?, pairs.probe.len())?;
        let mask = self.evaluator.mask(condition, &candidates)?;
        let mut kept = mask.iter();
        pairs.probe.retain(|_| kept.next() == Some(true));
        let mut kept = mask.iter();
        pairs.build.retain(|_| kept.next() == Some(true));
        Ok(pairs)
    }
}

impl Matcher for NestedMatcher {
    type Row = BlockRow;
    const NONE: BlockRow = BlockRow::NONE;

    fn begin(&mut self, chunk: &Chunk) -> Result<()> {
        (self.row, self.block, self.at) = (0, 0, 0);
        self.done.clear();
        self.done.resize(chunk.physical_rows(), false);
        Ok(())
    }

    fn next(&mut self, chunk: &Chunk) -> Result<Option<Pairs<BlockRow>>> {
        let blocks = self.blocks.len();
        let rows = chunk.physical_rows();
        if blocks == 0 || self.row >= rows {
            return Ok(None);
        }
        let short = self.blocks.block(0)?.physical_rows();
        let together = self.plan.chunk_rows / short.max(1);
        if blocks == 1 && short < LONG_BLOCK && together > 1 {
            return self.over_block(chunk, together.min(rows - self.row)).map(Some);
        }
        if self.block >= blocks || self.done[self.row] {
            (self.row, self.block, self.at) = (self.row + 1, 0, 0);
            // Rows that are done are passed over at once: a look costs nothing, and the caller counts looks.
            while self.done.get(self.row) == Some(&true) {
                self.row += 1;
            }
            if self.row >= rows {
                return Ok(None);
            }
        }
        self.beside_block(chunk).map(Some)
    }

    fn matched(&self) -> Option<BooleanBuffer> {
        let any = self.blocks.len() > 0;
        let rows = self.done.len();
        let all = || if any { BooleanBuffer::new_set(rows) } else { BooleanBuffer::new_unset(rows) };
        (self.plan.residual.is_none() || !any).then(all)
    }

    fn pass_over(&mut self, row: u32) {
        self.done[row as usize] = true;
    }

    fn columns(&self, columns: &[usize], rows: &[BlockRow]) -> Result<Vec<Series>> {
        self.blocks.columns(columns, rows)
    }

    fn mark(&self, rows: &[BlockRow]) -> Result<()> {
        self.blocks.mark(rows)
    }

    fn mark_all(&self) -> Result<bool> {
        if self.plan.residual.is_some() {
            return Ok(false);
        }
        self.blocks.mark_everything();
        Ok(true)
    }
}
