//! Rows of windows on disk, in parts that share no partition.

use weft_core::chunk::Position;

use crate::spilling::partitioner::SpilledPart;

/// A chunk of the input.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stood {
    pub(super) position: Position,
    pub(super) rows: u64,
}

/// All rows, when the input has ended.
#[derive(Default)]
pub(super) struct OnDisk {
    pub(super) parts: Vec<SpilledPart>,
    pub(super) arrivals: Arrivals,
}

/// How many rows came before a row.
#[derive(Default)]
pub(super) struct Arrivals {
    /// Chunks by place, with the rows before each.
    chunks: Vec<(Position, u64)>,
}

impl OnDisk {
    /// Adds what one worker wrote.
    pub(super) fn add(&mut self, parts: Vec<SpilledPart>) {
        if self.parts.is_empty() {
            self.parts = parts;
            return;
        }
        self.parts.iter_mut().zip(parts).for_each(|(all, part)| all.extend(part));
    }
}

impl Arrivals {
    pub(super) fn new(mut chunks: Vec<Stood>) -> Self {
        chunks.sort_by_key(|chunk| chunk.position);
        let mut before = 0;
        let chunks = chunks.iter().map(|chunk| {
            let first = before;
            before += chunk.rows;
            (chunk.position, first)
        });
        Arrivals { chunks: chunks.collect() }
    }

    /// The number of the row at a place, from 0.
    pub(super) fn number(&self, task: u64, row: u64) -> u64 {
        let place = Position { task, row };
        let after = self.chunks.partition_point(|(position, _)| *position <= place);
        after.checked_sub(1).map_or(0, |at| self.chunks[at].1 + (row - self.chunks[at].0.row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_numbered_as_they_came_whoever_wrote_them() {
        let stood = |task, row, rows| Stood { position: Position { task, row }, rows };
        let arrivals = Arrivals::new(vec![stood(1, 0, 5), stood(0, 10, 2), stood(0, 0, 3), stood(1, 5, 1)]);
        let places = [(0, 0), (0, 2), (0, 10), (0, 11), (1, 0), (1, 4), (1, 5)];
        assert_eq!(places.map(|(task, row)| arrivals.number(task, row)), [0, 2, 3, 4, 5, 9, 10]);
    }
}
