//! Aggregates with `distinct:`: the merged combinations of keys and arguments, fed to their groups.

#![allow(unsafe_code)]

use std::sync::Arc;

use arrow::array::ArrayRef;
use weft_core::states::States;
use weft_core::{Chunk, Reservation, Result, Series};

use super::ordered::OrderedGroups;
use super::output::MergedGroups;
use super::{GroupMerge, GroupSpec};
use crate::hash::prepare;
use crate::rows::{BATCH_ROWS, Heap, Longs, RowTable};
use crate::work::Work;

/// Rows that are taken out and fed in at once.
const ROWS: usize = 8 * BATCH_ROWS;

/// Feeds the combinations of aggregate `index` to the groups of `table`, in order where that is observed.
pub(super) fn update_groups(
    spec: &GroupSpec,
    index: usize,
    groups: MergedGroups,
    table: &mut RowTable,
    reservation: &Reservation,
    work: &Work,
) -> Result<()> {
    let mut combinations = Combinations::new(vec![groups], reservation, work)?;
    let layout = &spec.layout;
    let (mut hashes, mut pointers) = (Vec::new(), Vec::new());
    while let Some(chunk) = combinations.next()? {
        work.cancel.check()?;
        let (keys, args, rows) = split(spec, index, &chunk)?;
        let columns = prepare(layout, keys, rows, &mut hashes)?;
        pointers.clear();
        for start in (0..rows).step_by(BATCH_ROWS) {
            let part = &hashes[start..rows.min(start + BATCH_ROWS)];
            table.batch().read_columns(layout, &columns, start, part.len());
            table.find_or_insert(&Longs::columns(&columns), part, |_| 0, &mut pointers)?;
        }
        let (offset, bytes) = layout.states[index];
        // SAFETY: rows of the table, reached by nobody else.
        let mut states = unsafe { States::new(&pointers, offset, bytes) };
        let aggregate = &spec.aggregates[index];
        aggregate.aggregator.update(&mut states, &args, &mut table.store.heap).map_err(|e| e.at(aggregate.origin))?;
    }
    Ok(())
}

/// Feeds all combinations of aggregate `index` to the one group in `row`.
///
/// # Safety
/// `row` is one row of the spec's layout that nobody else reaches, its bytes in `heap`.
pub(super) unsafe fn update_single(
    spec: &GroupSpec,
    index: usize,
    inner: &Arc<GroupMerge>,
    row: &[*mut u8; 1],
    heap: &mut Heap,
) -> Result<()> {
    let mut each = |mut combinations: Combinations| -> Result<()> {
        while let Some(chunk) = combinations.next()? {
            inner.work.cancel.check()?;
            let (_, args, rows) = split(spec, index, &chunk)?;
            let (offset, bytes) = spec.layout.states[index];
            // SAFETY: passed on.
            let mut states = unsafe { States::new(row, offset, bytes) };
            let aggregate = &spec.aggregates[index];
            aggregate.aggregator.update_one(&mut states, &args, rows, heap).map_err(|e| e.at(aggregate.origin))?;
        }
        Ok(())
    };
    let mut all = Vec::new();
    for task in 0..inner.tasks() {
        let mut reader = inner.reader(task)?;
        while let Some(groups) = reader.next_groups()? {
            if inner.spec.ordered {
                // The one state will hold them all anyway.
                all.push(groups);
            } else {
                each(Combinations::new(vec![groups], &inner.reservation, &inner.work)?)?;
            }
        }
    }
    if all.is_empty() { Ok(()) } else { each(Combinations::new(all, &inner.reservation, &inner.work)?) }
}

/// Keys, arguments and rows of a chunk of combinations.
fn split<'a>(spec: &GroupSpec, index: usize, chunk: &'a Chunk) -> Result<(&'a [Series], Vec<ArrayRef>, usize)> {
    let args = spec.aggregates[index].distinct.as_ref().map_or(0, Vec::len);
    let (keys, rest) = chunk.columns().split_at(spec.keys.len());
    Ok((keys, rest[..args].iter().map(Series::to_flat).collect::<Result<_>>()?, chunk.rows()))
}

/// Merged combinations, chunk by chunk.
enum Combinations {
    Any(MergedGroups),
    Ordered(OrderedGroups),
    None,
}

impl Combinations {
    fn new(mut parts: Vec<MergedGroups>, reservation: &Reservation, work: &Work) -> Result<Self> {
        if parts.first().is_some_and(|p| p.spec.ordered) {
            return Ok(Combinations::Ordered(OrderedGroups::new(parts, reservation, &work.cancel)?));
        }
        Ok(parts.pop().map_or(Combinations::None, Combinations::Any))
    }

    fn next(&mut self) -> Result<Option<Chunk>> {
        match self {
            Combinations::Any(groups) => groups.next_chunk(ROWS),
            Combinations::Ordered(groups) => groups.next_chunk(ROWS),
            Combinations::None => Ok(None),
        }
    }
}
