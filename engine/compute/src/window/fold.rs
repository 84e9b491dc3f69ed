//! Aggregates of whole partitions.

use arrow::array::{ArrayRef, BooleanArray, UInt32Array};
use arrow::compute::take;
use weft_core::{Aggregator, CancelToken, Reservation, Result, Series, Type};

use super::BLOCK_ROWS;
use super::sorted::Arguments;
use super::states::StateRow;
use crate::group::GroupIds;

/// The numbers of the rows' partitions, and how many partitions there are; no numbers where there is one.
pub(super) struct Numbers<'a> {
    pub(super) ids: Option<&'a UInt32Array>,
    pub(super) count: usize,
}

/// Each row's result: that of all rows with its number.
pub(super) fn whole(
    aggregator: &dyn Aggregator,
    args: &Arguments,
    numbers: &Numbers<'_>,
    reservation: &Reservation,
    cancel: &CancelToken,
) -> Result<ArrayRef> {
    let mut states = StateRow::new(aggregator, numbers.count, reservation)?;
    for start in (0..args.rows).step_by(BLOCK_ROWS) {
        cancel.check()?;
        let range = start..args.rows.min(start + BLOCK_ROWS);
        match numbers.ids {
            None => args.update_one(&mut states, 0, range)?,
            Some(ids) => args.update(&mut states, range, |row| ids.value(row) as usize)?,
        }
    }
    let results = states.finish(0..numbers.count)?;
    Ok(match numbers.ids {
        None => take(&results, &UInt32Array::from_value(0, args.rows), None)?,
        Some(ids) => take(&results, ids, None)?,
    })
}

/// The first row of each combination of partition and arguments, among those that count.
pub(super) fn distinct(
    args: Arguments,
    numbers: &Numbers<'_>,
    reservation: &Reservation,
    cancel: &CancelToken,
) -> Result<Arguments> {
    let mut columns: Vec<Series> = args.args.clone();
    if let Some(ids) = numbers.ids {
        columns.push(Series::new(Type::UInt32, std::sync::Arc::new(ids.clone()))?);
    }
    let types: Vec<Type> = columns.iter().map(|c| c.ty().clone()).collect();
    let counts = args.counted();
    let mut known = GroupIds::new(&types, reservation, cancel)?;
    let mut mask = Vec::with_capacity(args.rows);
    let mut ids = Vec::new();
    for start in (0..args.rows).step_by(BLOCK_ROWS) {
        cancel.check()?;
        let end = args.rows.min(start + BLOCK_ROWS);
        // Rows that do not count must not hide later ones that do.
        let kept: Vec<u32> = (start..end).filter(|&row| counts.as_ref().is_none_or(|c| c.value(row))).map(|r| r as u32).collect();
        let kept_rows = UInt32Array::from(kept);
        let part = columns.iter().map(|c| c.take(&kept_rows)).collect::<Result<Vec<_>>>()?;
        ids.clear();
        let mut seen = known.len() as u32;
        known.assign(&part, kept_rows.len(), &mut ids)?;
        mask.resize(end, false);
        for (&row, &id) in kept_rows.values().iter().zip(&ids) {
            if id == seen {
                mask[row as usize] = true;
                seen += 1;
            }
        }
    }
    args.masked(BooleanArray::from(mask))
}
