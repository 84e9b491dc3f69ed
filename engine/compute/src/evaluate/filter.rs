//! Filtering: which rows a condition is true on.
//!
//! Unlike the value of a condition, a filter need not tell false from null, so rows leave as soon as one part is either.

use arrow::array::{Array, BooleanArray};
use arrow::buffer::BooleanBuffer;
use weft_core::expr::ExprKind;
use weft_core::{Chunk, Expr, Result, Selection, Series};

use super::{Evaluator, Input, wants_narrowing};
use crate::encoding::to_boolean;

impl Evaluator {
    /// The rows of `chunk` on which `predicate` is true, or nothing when there is none.
    ///
    /// Selects without copying, unless under one eighth of the physical rows is left: then the result is compact.
    pub fn filter(&self, predicate: &Expr, chunk: Chunk) -> Result<Option<Chunk>> {
        let mask = self.true_rows(predicate, &Input::selected(&chunk))?;
        let kept = mask.count_set_bits();
        if kept == 0 {
            return Ok(None);
        }
        let chunk = if kept == chunk.rows() {
            chunk
        } else {
            let selection: Selection = match chunk.selection() {
                None => mask.set_indices_u32().collect(),
                Some(before) => mask.set_indices().map(|i| before[i]).collect(),
            };
            chunk.with_selection(Some(selection))
        };
        let sparse = kept * 8 < chunk.physical_rows();
        Ok(Some(if sparse { chunk.compact()? } else { chunk }))
    }

    /// A bit for each row of `chunk` that counts: whether `predicate` is true on it.
    pub fn mask(&self, predicate: &Expr, chunk: &Chunk) -> Result<BooleanBuffer> {
        self.true_rows(predicate, &Input::selected(chunk))
    }

    /// A bit for each row of `input`: whether `predicate` is true on it.
    pub(super) fn true_rows(&self, predicate: &Expr, input: &Input<'_>) -> Result<BooleanBuffer> {
        if input.rows() == 0 {
            return Ok(BooleanBuffer::new_unset(0));
        }
        match &predicate.kind {
            ExprKind::And(parts) => self.all_true(parts, input),
            ExprKind::Or(parts) => self.any_true(parts, input),
            _ => true_bits(&self.eval(predicate, input)?),
        }
    }

    fn all_true(&self, parts: &[Expr], input: &Input<'_>) -> Result<BooleanBuffer> {
        let Some((first, mut rest)) = parts.split_first() else { return Ok(BooleanBuffer::new_set(input.rows())) };
        let mut mask = self.true_rows(first, input)?;
        while let Some((part, later)) = rest.split_first() {
            let open = mask.count_set_bits();
            if open == 0 {
                break;
            }
            if wants_narrowing(part, open, input.rows()) {
                let inner = self.all_true(rest, &input.narrow(&mask))?;
                return Ok(scatter(&inner, &mask));
            }
            mask = &mask & &self.true_rows(part, input)?;
            rest = later;
        }
        Ok(mask)
    }

    fn any_true(&self, parts: &[Expr], input: &Input<'_>) -> Result<BooleanBuffer> {
        let Some((first, mut rest)) = parts.split_first() else { return Ok(BooleanBuffer::new_unset(input.rows())) };
        let mut mask = self.true_rows(first, input)?;
        while let Some((part, later)) = rest.split_first() {
            let open = input.rows() - mask.count_set_bits();
            if open == 0 {
                break;
            }
            if wants_narrowing(part, open, input.rows()) {
                let left = !&mask;
                let inner = self.any_true(rest, &input.narrow(&left))?;
                return Ok(&mask | &scatter(&inner, &left));
            }
            mask = &mask | &self.true_rows(part, input)?;
            rest = later;
        }
        Ok(mask)
    }
}

/// Bits that are set where a truth value is true, so neither false nor null.
fn true_bits(series: &Series) -> Result<BooleanBuffer> {
    if let Some(value) = series.as_constant() {
        let truth = to_boolean(&Series::constant_array(series.ty().clone(), value.clone(), 1)?)?;
        let all = truth.true_count() == 1;
        return Ok(if all { BooleanBuffer::new_set(series.len()) } else { BooleanBuffer::new_unset(series.len()) });
    }
    let truth: BooleanArray = to_boolean(series)?;
    Ok(match truth.nulls() {
        Some(valid) => truth.values() & valid.inner(),
        None => truth.values().clone(),
    })
}

/// The bits of `inner` (one for each bit set in `places`) at those places; unset elsewhere.
pub(super) fn scatter(inner: &BooleanBuffer, places: &BooleanBuffer) -> BooleanBuffer {
    let mut bits = arrow::array::BooleanBufferBuilder::new(places.len());
    bits.append_n(places.len(), false);
    for (i, place) in places.set_indices().enumerate() {
        if inner.value(i) {
            bits.set_bit(place, true);
        }
    }
    bits.finish()
}
