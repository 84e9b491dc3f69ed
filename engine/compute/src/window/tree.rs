//! Aggregates over frames that are bounded on both sides: a tree of states, of which a frame is a few nodes.
//!
//! The tree is laid out as an array: leaves behind inner nodes, node `i` over nodes `2i` and `2i + 1`. Building and asking
//! go level by level for many rows at once. A tree covers a block of rows and all that their frames reach.

use std::ops::Range;

use arrow::array::{Array, ArrayRef};
use arrow::compute::concat;
use weft_core::{Aggregator, CancelToken, Reservation, Result};

use super::BLOCK_ROWS;
use super::frames::Frames;
use super::sorted::Arguments;
use super::states::StateRow;

/// Rows that ask at once.
const ASKING: usize = 2_048;

/// The result of each row's frame.
pub(super) fn sliding(
    aggregator: &dyn Aggregator,
    args: &Arguments,
    frames: &Frames,
    reservation: &Reservation,
    cancel: &CancelToken,
) -> Result<ArrayRef> {
    let rows = frames.starts.len();
    let mut results = Vec::new();
    let mut start = 0;
    while start < rows {
        let end = block_end(frames, start);
        let leaves = frames.starts[start] as usize..frames.ends[end - 1] as usize;
        let mut tree = Tree::new(aggregator, args, leaves, reservation, cancel)?;
        for from in (start..end).step_by(ASKING) {
            cancel.check()?;
            results.push(tree.ask(frames, from..end.min(from + ASKING))?);
        }
        start = end;
    }
    let parts: Vec<&dyn Array> = results.iter().map(|a| &**a).collect();
    Ok(concat(&parts)?)
}

/// Where the block that begins with row `start` ends: it is about as long as what its frames reach beyond it, so that no
/// row is built into many trees.
fn block_end(frames: &Frames, start: usize) -> usize {
    let rows = frames.starts.len();
    let mut end = rows.min(start + BLOCK_ROWS);
    loop {
        let reach = (frames.ends[end - 1] - frames.starts[start]) as usize;
        if end == rows || reach <= 2 * (end - start) {
            return end;
        }
        end = rows.min(start + reach);
    }
}

struct Tree<'a> {
    states: StateRow<'a>,
    leaves: Range<usize>,
}

impl<'a> Tree<'a> {
    fn new(
        aggregator: &'a dyn Aggregator,
        args: &Arguments,
        leaves: Range<usize>,
        reservation: &Reservation,
        cancel: &CancelToken,
    ) -> Result<Self> {
        let count = leaves.len();
        let mut states = StateRow::new(aggregator, 2 * count + ASKING, reservation)?;
        for start in leaves.clone().step_by(BLOCK_ROWS) {
            cancel.check()?;
            let range = start..leaves.end.min(start + BLOCK_ROWS);
            args.update(&mut states, range, |row| count + row - leaves.start)?;
        }
        // Nodes whose children are all there already.
        let mut ready = count;
        while ready > 1 {
            let first = ready.div_ceil(2);
            for start in (first..ready).step_by(BLOCK_ROWS) {
                cancel.check()?;
                let nodes = start..ready.min(start + BLOCK_ROWS);
                states.merge(nodes.clone().map(|node| (node, 2 * node)))?;
                states.merge(nodes.map(|node| (node, 2 * node + 1)))?;
            }
            ready = first;
        }
        Ok(Tree { states, leaves })
    }

    /// The results of some rows.
    fn ask(&mut self, frames: &Frames, rows: Range<usize>) -> Result<ArrayRef> {
        let count = self.leaves.len();
        let sums = 2 * count;
        self.states.clear(sums..sums + rows.len());
        let node = |row: u32| row as usize - self.leaves.start + count;
        let bounds = |row: usize| match (frames.starts[row], frames.ends[row]) {
            (start, end) if start < end => (node(start), node(end)),
            _ => (0, 0),
        };
        let mut open: Vec<(usize, (usize, usize))> = rows.clone().map(bounds).enumerate().filter(|(_, (l, r))| l < r).collect();
        while !open.is_empty() {
            let left = open.iter().filter(|(_, (l, _))| l % 2 == 1).map(|&(i, (l, _))| (sums + i, l));
            self.states.merge(left)?;
            let right = open.iter().filter(|(_, (_, r))| r % 2 == 1).map(|&(i, (_, r))| (sums + i, r - 1));
            self.states.merge(right)?;
            for (_, (l, r)) in &mut open {
                (*l, *r) = (l.div_ceil(2), *r / 2);
            }
            open.retain(|(_, (l, r))| l < r);
        }
        self.states.finish(sums..sums + rows.len())
    }
}
