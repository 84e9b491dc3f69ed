//! How many different values a frame holds: values are counted in and out as it moves.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use weft_core::{CancelToken, Reservation, Result, Type};

use super::BLOCK_ROWS;
use super::frames::Frames;
use super::sorted::Arguments;
use crate::group::GroupIds;

/// The number of different values in each frame, nulls not counted.
pub(super) fn counts(args: &Arguments, frames: &Frames, reservation: &Reservation, cancel: &CancelToken) -> Result<ArrayRef> {
    let types: Vec<Type> = args.args.iter().map(|a| a.ty().clone()).collect();
    let mut known = GroupIds::new(&types, reservation, cancel)?;
    let mut ids = Vec::with_capacity(args.rows);
    for start in (0..args.rows).step_by(BLOCK_ROWS) {
        cancel.check()?;
        let length = BLOCK_ROWS.min(args.rows - start);
        let part: Vec<_> = args.args.iter().map(|a| a.slice(start, length)).collect();
        known.assign(&part, length, &mut ids)?;
    }
    let valid = args.valid()?;
    let mut times = vec![0u32; known.len()];
    let (mut from, mut to, mut different) = (0usize, 0usize, 0i64);
    let mut results = Vec::with_capacity(frames.starts.len());
    for (row, (&start, &end)) in frames.starts.iter().zip(&frames.ends).enumerate() {
        if row % BLOCK_ROWS == 0 {
            cancel.check()?;
        }
        for at in (to..end as usize).filter(|&at| valid[at]) {
            let times = &mut times[ids[at] as usize];
            different += i64::from(*times == 0);
            *times += 1;
        }
        to = to.max(end as usize);
        for at in (from..(start as usize).min(to)).filter(|&at| valid[at]) {
            let times = &mut times[ids[at] as usize];
            *times -= 1;
            different -= i64::from(*times == 0);
        }
        from = from.max(start as usize);
        // Rows that no frame reached are passed over.
        to = to.max(from);
        results.push(different);
    }
    Ok(Arc::new(Int64Array::from(results)))
}
