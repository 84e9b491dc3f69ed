//! Aggregates whose states neither merge cheaply nor are a value: every frame is folded anew.

use arrow::array::{Array, ArrayRef};
use arrow::compute::concat;
use weft_core::{Aggregator, CancelToken, Reservation, Result};

use super::frames::Frames;
use super::sorted::Arguments;
use super::states::StateRow;

/// Rows whose states are held at once.
const ROWS: usize = 256;

/// The result of each frame.
pub(super) fn each(
    aggregator: &dyn Aggregator,
    args: &Arguments,
    frames: &Frames,
    reservation: &Reservation,
    cancel: &CancelToken,
) -> Result<ArrayRef> {
    let (args, moved) = args.compressed(frames)?;
    let frames = moved.as_ref().unwrap_or(frames);
    let rows = frames.starts.len();
    let mut results = Vec::with_capacity(rows.div_ceil(ROWS));
    for start in (0..rows).step_by(ROWS) {
        let block = start..rows.min(start + ROWS);
        let mut states = StateRow::new(aggregator, block.len(), reservation)?;
        for row in block.clone() {
            cancel.check()?;
            let frame = frames.starts[row] as usize..frames.ends[row] as usize;
            if !frame.is_empty() {
                args.update_one(&mut states, row - start, frame)?;
            }
        }
        results.push(states.finish(0..block.len())?);
    }
    let parts: Vec<&dyn Array> = results.iter().map(|a| &**a).collect();
    Ok(concat(&parts)?)
}
