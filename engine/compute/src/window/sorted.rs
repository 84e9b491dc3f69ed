//! The rows that an aggregate folds, in the order in which it is to see them.

use std::ops::Range;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, UInt32Array};
use arrow::compute::filter as keep;
use weft_core::{Result, Series, Type};

use super::CallInput;
use super::arrange::Arrangement;
use super::frames::Frames;
use super::states::StateRow;

/// Arguments, and which rows count.
pub(super) struct Arguments {
    pub(super) args: Vec<Series>,
    /// Without nulls.
    filter: Option<BooleanArray>,
    pub(super) rows: usize,
}

impl Arguments {
    /// Those of a call over `rows` rows, arranged where told.
    pub(super) fn new(input: &CallInput, rows: usize, arrangement: Option<&Arrangement>) -> Result<Self> {
        let arranged = |c: &Series| arrangement.map_or_else(|| Ok(c.clone()), |a| a.arranged(c));
        let args = input.args.iter().map(arranged).collect::<Result<_>>()?;
        let filter = match &input.filter {
            Some(filter) => Some(without_nulls(arranged(filter)?.to_flat()?.as_boolean())),
            None => None,
        };
        Ok(Arguments { args, filter, rows })
    }

    /// Only rows count for which `mask` holds too.
    pub(super) fn masked(mut self, mask: BooleanArray) -> Result<Self> {
        self.filter = Some(match &self.filter {
            None => mask,
            Some(filter) => arrow::compute::and(filter, &mask)?,
        });
        Ok(self)
    }

    /// Which rows count; nothing where all do.
    pub(super) fn counted(&self) -> Option<BooleanArray> {
        self.filter.clone()
    }

    /// Folds the rows of `range` that count, each into the state that `place` names for it.
    pub(super) fn update(&self, states: &mut StateRow<'_>, range: Range<usize>, place: impl Fn(usize) -> usize) -> Result<()> {
        let args = self.flat(range.clone())?;
        let Some(filter) = &self.filter else {
            return states.update(range.map(place), &args);
        };
        let filter = filter.slice(range.start, range.len());
        let args = args.iter().map(|a| Ok(keep(a, &filter)?)).collect::<Result<Vec<_>>>()?;
        states.update(filter.values().set_indices().map(|i| place(range.start + i)), &args)
    }

    /// Folds the rows of `range` that count into one state.
    pub(super) fn update_one(&self, states: &mut StateRow<'_>, place: usize, range: Range<usize>) -> Result<()> {
        let args = self.flat(range.clone())?;
        let Some(filter) = &self.filter else {
            return states.update_one(place, &args, range.len());
        };
        let filter = filter.slice(range.start, range.len());
        let args = args.iter().map(|a| Ok(keep(a, &filter)?)).collect::<Result<Vec<_>>>()?;
        states.update_one(place, &args, filter.true_count())
    }

    fn flat(&self, range: Range<usize>) -> Result<Vec<ArrayRef>> {
        self.args.iter().map(|a| a.slice(range.start, range.len()).to_flat()).collect()
    }

    /// Whether each row has a value that counts.
    pub(super) fn valid(&self) -> Result<Vec<bool>> {
        let mut valid: Vec<bool> = match &self.filter {
            None => vec![true; self.rows],
            Some(filter) => filter.values().iter().collect(),
        };
        let Some(first) = self.args.first().filter(|a| *a.ty() != Type::Null) else { return Ok(valid) };
        if let Some(nulls) = first.to_flat()?.logical_nulls() {
            valid.iter_mut().zip(nulls.iter()).for_each(|(valid, is_value)| *valid &= is_value);
        }
        Ok(valid)
    }

    /// The rows that count alone, and the frames over them.
    pub(super) fn compressed(&self, frames: &Frames) -> Result<(Arguments, Option<Frames>)> {
        let whole = || Arguments { args: self.args.clone(), filter: None, rows: self.rows };
        let Some(filter) = &self.filter else { return Ok((whole(), None)) };
        let kept: UInt32Array = filter.values().set_indices_u32().collect::<Vec<_>>().into();
        let args = self.args.iter().map(|a| a.take(&kept)).collect::<Result<_>>()?;
        let mut before = Vec::with_capacity(self.rows + 1);
        let mut count = 0;
        for counts in filter.values().iter() {
            before.push(count);
            count += u32::from(counts);
        }
        before.push(count);
        let moved = |ends: &[u32]| ends.iter().map(|&row| before[row as usize]).collect();
        let frames = Frames { starts: moved(&frames.starts), ends: moved(&frames.ends) };
        Ok((Arguments { args, filter: None, rows: kept.len() }, Some(frames)))
    }

    /// The rows from the last to the first.
    pub(super) fn reversed(&self) -> Result<Self> {
        let back = UInt32Array::from_iter_values((0..self.rows as u32).rev());
        let args = self.args.iter().map(|a| a.take(&back)).collect::<Result<_>>()?;
        let filter = match &self.filter {
            Some(filter) => Some(arrow::compute::take(filter, &back, None)?.as_boolean().clone()),
            None => None,
        };
        Ok(Arguments { args, filter, rows: self.rows })
    }
}

/// Null is false.
fn without_nulls(array: &BooleanArray) -> BooleanArray {
    match array.nulls() {
        None => array.clone(),
        Some(nulls) => BooleanArray::new(array.values() & nulls.inner(), None),
    }
}
