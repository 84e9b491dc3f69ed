//! Aggregates of everything from the partition's first row on, by prefixes of states.
//!
//! A block of rows is cut into lanes. A step merges one row of every lane with the row before it, so that the work is
//! done by vectors; then what stands before a lane is merged into its rows. Two merges a row, whatever the frames.

use arrow::array::{Array, ArrayRef, UInt32Array};
use arrow::compute::{concat, take};
use weft_core::{Aggregator, CancelToken, Reservation, Result};

use super::BLOCK_ROWS;
use super::frames::Frames;
use super::sorted::Arguments;
use super::states::StateRow;

/// Lanes of a block; the states of one more stand behind those of its rows.
const LANES: usize = 128;
/// The state of the row before the block.
const BEFORE: usize = BLOCK_ROWS + LANES;
/// A state that stays empty.
const EMPTY: usize = BEFORE + 1;

/// The result of each row whose frame begins with its partition.
pub(super) fn from_start(
    aggregator: &dyn Aggregator,
    args: &Arguments,
    frames: &Frames,
    partitions: &[u32],
    reservation: &Reservation,
    cancel: &CancelToken,
) -> Result<ArrayRef> {
    let prefixes = prefixes(aggregator, args, partitions, reservation, cancel)?;
    let empty = args.rows as u32;
    let last = |(&start, &end): (&u32, &u32)| if end > start { end - 1 } else { empty };
    let places: Vec<u32> = frames.starts.iter().zip(&frames.ends).map(last).collect();
    Ok(take(&prefixes, &UInt32Array::from(places), None)?)
}

/// The result of each row whose frame ends with its partition: prefixes from the back.
pub(super) fn to_end(
    aggregator: &dyn Aggregator,
    args: &Arguments,
    frames: &Frames,
    partitions: &[u32],
    reservation: &Reservation,
    cancel: &CancelToken,
) -> Result<ArrayRef> {
    let rows = args.rows as u32;
    let backwards: Vec<u32> = partitions.iter().rev().map(|&start| rows - start).collect();
    let suffixes = prefixes(aggregator, &args.reversed()?, &backwards, reservation, cancel)?;
    let first = |(&start, &end): (&u32, &u32)| if end > start { rows - 1 - start } else { rows };
    let places: Vec<u32> = frames.starts.iter().zip(&frames.ends).map(first).collect();
    Ok(take(&suffixes, &UInt32Array::from(places), None)?)
}

/// For each row the result of all rows of its partition up to it, and behind them the result of no rows.
fn prefixes(
    aggregator: &dyn Aggregator,
    args: &Arguments,
    partitions: &[u32],
    reservation: &Reservation,
    cancel: &CancelToken,
) -> Result<ArrayRef> {
    let mut states = StateRow::new(aggregator, EMPTY + 1, reservation)?;
    let mut is_start = vec![false; args.rows];
    for &start in partitions.iter().filter(|&&start| (start as usize) < args.rows) {
        is_start[start as usize] = true;
    }
    let mut results = Vec::with_capacity(args.rows.div_ceil(BLOCK_ROWS) + 1);
    for start in (0..args.rows).step_by(BLOCK_ROWS) {
        cancel.check()?;
        let end = args.rows.min(start + BLOCK_ROWS);
        states.clear(0..BEFORE);
        args.update(&mut states, start..end, |row| row - start)?;
        scan(&mut states, &is_start[start..end])?;
        results.push(states.finish(0..end - start)?);
        states.copy(end - start - 1, BEFORE);
    }
    results.push(states.finish(std::iter::once(EMPTY))?);
    let parts: Vec<&dyn Array> = results.iter().map(|a| &**a).collect();
    Ok(concat(&parts)?)
}

/// Turns the states of rows into those of all rows of their partition up to them.
fn scan(states: &mut StateRow<'_>, is_start: &[bool]) -> Result<()> {
    let rows = is_start.len();
    let size = rows.div_ceil(LANES).max(2);
    let lanes = rows.div_ceil(size);
    for step in 1..size {
        let rows = (0..lanes).map(|lane| lane * size + step).filter(|&row| row < rows && !is_start[row]);
        states.merge(rows.map(|row| (row, row - 1)))?;
    }
    // Rows of each lane that belong to what stands before it.
    let open = |lane: usize| {
        let lane = lane * size..rows.min((lane + 1) * size);
        let length = lane.len();
        is_start[lane].iter().position(|&start| start).unwrap_or(length)
    };
    states.copy(BEFORE, BLOCK_ROWS);
    for lane in 1..lanes {
        let (before, carry) = (lane * size - 1, BLOCK_ROWS + lane);
        if open(lane - 1) == size {
            states.copy(carry - 1, carry);
            states.merge(std::iter::once((carry, before)))?;
        } else {
            states.copy(before, carry);
        }
    }
    let carried = (0..lanes).flat_map(|lane| (0..open(lane)).map(move |at| (lane * size + at, BLOCK_ROWS + lane)));
    states.merge(carried)
}
