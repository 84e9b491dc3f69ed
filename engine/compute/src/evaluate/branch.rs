//! `case` and `??`: each value is computed only on the rows that take it.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef};
use arrow::buffer::BooleanBuffer;
use arrow::compute::interleave;
use weft_core::{Expr, Result, Series, Type};

use super::{Evaluator, Input};
use crate::encoding::validity;

/// A result put together from parts that each fill some of its rows.
struct Patchwork {
    parts: Vec<ArrayRef>,
    /// For each row the part and the row in it.
    rows: Vec<(usize, usize)>,
}

impl Patchwork {
    /// All rows null.
    fn new(ty: &Type, rows: usize) -> Self {
        Patchwork { parts: vec![arrow::array::new_null_array(&ty.to_arrow(), 1)], rows: vec![(0, 0); rows] }
    }

    /// Fills the rows at `places` with the values of `series`, in that order.
    fn fill(&mut self, series: &Series, places: impl Iterator<Item = usize>) -> Result<()> {
        let part = self.parts.len();
        match series.as_constant() {
            Some(value) => {
                self.parts.push(Arc::clone(value));
                places.for_each(|place| self.rows[place] = (part, 0));
            }
            None => {
                self.parts.push(series.to_flat()?);
                places.enumerate().for_each(|(i, place)| self.rows[place] = (part, i));
            }
        }
        Ok(())
    }

    fn finish(self, ty: &Type) -> Result<Series> {
        let parts: Vec<&dyn Array> = self.parts.iter().map(AsRef::as_ref).collect();
        Series::new(ty.clone(), interleave(&parts, &self.rows)?)
    }
}

impl Evaluator {
    /// The value of the first branch whose condition is true.
    pub(super) fn case(
        &self,
        ty: &Type,
        branches: &[(Expr, Expr)],
        otherwise: Option<&Expr>,
        input: &Input<'_>,
    ) -> Result<Series> {
        let mut result = Patchwork::new(ty, input.rows());
        let mut left = Left::all(input.rows());
        for (condition, value) in branches {
            let (open, holds) = left.with(input, |open| self.true_rows(condition, open))?;
            let taken = holds.count_set_bits();
            if taken == 0 {
                continue;
            }
            if taken == input.rows() {
                return self.eval(value, input);
            }
            let series = match &open {
                Some(open) => self.eval(value, &open.narrow(&holds))?,
                None => self.eval(value, &input.narrow(&holds))?,
            };
            result.fill(&series, left.places(&holds).into_iter())?;
            left.remove(&holds);
            if left.count() == 0 {
                break;
            }
        }
        if let Some(otherwise) = otherwise
            && left.count() > 0
        {
            let (_, series) = left.with(input, |open| self.eval(otherwise, open))?;
            if left.count() == input.rows() {
                return Ok(series);
            }
            result.fill(&series, left.rows.set_indices())?;
        }
        result.finish(ty)
    }

    /// The first of `parts` that is not null.
    pub(super) fn coalesce(&self, ty: &Type, parts: &[Expr], input: &Input<'_>) -> Result<Series> {
        let mut result = Patchwork::new(ty, input.rows());
        let mut left = Left::all(input.rows());
        for part in parts {
            let (_, series) = left.with(input, |open| self.eval(part, open))?;
            let valid = validity(&series)?;
            let Some(valid) = valid else {
                if left.count() == input.rows() {
                    return Ok(series);
                }
                result.fill(&series, left.rows.set_indices())?;
                break;
            };
            result.fill(&series, left.rows.set_indices())?;
            left.remove(valid.inner());
            if left.count() == 0 {
                break;
            }
        }
        result.finish(ty)
    }
}

/// The rows that no branch has taken yet.
struct Left {
    rows: BooleanBuffer,
}

impl Left {
    fn all(rows: usize) -> Self {
        Left { rows: BooleanBuffer::new_set(rows) }
    }

    fn count(&self) -> usize {
        self.rows.count_set_bits()
    }

    /// What `run` gives for the rows left, and the narrowed input unless all are.
    fn with<'a, T>(&self, input: &Input<'a>, run: impl FnOnce(&Input<'_>) -> Result<T>) -> Result<(Option<Input<'a>>, T)> {
        if self.count() == self.rows.len() {
            return Ok((None, run(input)?));
        }
        let open = input.narrow(&self.rows);
        let result = run(&open)?;
        Ok((Some(open), result))
    }

    /// The places of those left rows that are set in `holds` (one bit for each row left).
    fn places(&self, holds: &BooleanBuffer) -> Vec<usize> {
        self.rows.set_indices().enumerate().filter(|(i, _)| holds.value(*i)).map(|(_, place)| place).collect()
    }

    /// Takes away those left rows that are set in `done` (one bit for each row left).
    fn remove(&mut self, done: &BooleanBuffer) {
        self.rows = super::filter::scatter(&!done, &self.rows);
    }
}
