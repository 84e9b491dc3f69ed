//! Aggregates whose result is a value of the frame: only its row is looked for.

use std::collections::VecDeque;

use arrow::array::{ArrayRef, UInt32Array};
use arrow::compute::take;
use weft_core::{CancelToken, Error, Result, Series};

use super::BLOCK_ROWS;
use super::frames::Frames;
use super::sorted::Arguments;
use crate::sort::{EncodedKeys, KeyEncoder, KeyOrder};

/// The first or the last value of each frame.
pub(super) fn outer(args: &Arguments, frames: &Frames, last: bool) -> Result<ArrayRef> {
    let valid = args.valid()?;
    // For each row the nearest value: from it on, or, looking back, up to it.
    let mut nearest = vec![u32::MAX; args.rows];
    let mut at = u32::MAX;
    let mut note = |row: usize| {
        if valid[row] {
            at = row as u32;
        }
        nearest[row] = at;
    };
    if last {
        (0..args.rows).for_each(&mut note)
    } else {
        (0..args.rows).rev().for_each(&mut note)
    }
    let found = |(&start, &end): (&u32, &u32)| {
        let row = nearest[if last { end.checked_sub(1)? } else { start } as usize % args.rows.max(1)];
        (start..end).contains(&row).then_some(row)
    };
    let rows: Vec<Option<u32>> = frames.starts.iter().zip(&frames.ends).map(found).collect();
    values(args, rows)
}

/// The least or greatest value of each frame, by a queue of the rows that may still become it.
pub(super) fn extreme(args: &Arguments, frames: &Frames, greatest: bool, cancel: &CancelToken) -> Result<ArrayRef> {
    let column = first(args)?;
    let order = KeyOrder { ty: column.ty().clone(), descending: greatest, nulls_first: false };
    let keys = KeyEncoder::new(&[order])?.encode(std::slice::from_ref(column))?;
    let valid = args.valid()?;
    let rows = match &keys {
        EncodedKeys::Fixed(keys) => queued(frames, &valid, |a, b| keys[a as usize] <= keys[b as usize], cancel)?,
        keys => queued(frames, &valid, |a, b| keys.compare(a as usize, keys, b as usize).is_le(), cancel)?,
    };
    values(args, rows)
}

/// The best row of each frame; `beats` says whether a later row is at least as good as an earlier one.
fn queued(frames: &Frames, valid: &[bool], beats: impl Fn(u32, u32) -> bool, cancel: &CancelToken) -> Result<Vec<Option<u32>>> {
    let mut best = Vec::with_capacity(frames.starts.len());
    let mut queue: VecDeque<u32> = VecDeque::new();
    let mut next = 0;
    for (row, (&start, &end)) in frames.starts.iter().zip(&frames.ends).enumerate() {
        if row % BLOCK_ROWS == 0 {
            cancel.check()?;
        }
        next = next.max(start);
        while next < end {
            if valid[next as usize] {
                while queue.back().is_some_and(|&last| beats(next, last)) {
                    queue.pop_back();
                }
                queue.push_back(next);
            }
            next += 1;
        }
        while queue.front().is_some_and(|&first| first < start) {
            queue.pop_front();
        }
        best.push(queue.front().copied().filter(|&first| first < end));
    }
    Ok(best)
}

fn first(args: &Arguments) -> Result<&Series> {
    args.args.first().ok_or_else(|| Error::internal("an aggregate that picks a value has none to pick"))
}

fn values(args: &Arguments, rows: Vec<Option<u32>>) -> Result<ArrayRef> {
    Ok(take(&first(args)?.to_flat()?, &UInt32Array::from(rows), None)?)
}
