//! `and` and `or` as values, three-valued: later parts see only the rows that earlier ones leave open.

use arrow::array::{Array, BooleanArray};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use arrow::compute::{and_kleene, or_kleene};
use weft_core::{Expr, Result, Series, Type};

use super::filter::scatter;
use super::{Evaluator, Input, wants_narrowing};
use crate::encoding::{from_array, to_boolean};

/// Which of the two.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Logic {
    And,
    Or,
}

impl Evaluator {
    /// The value of `parts` joined by `and` or `or`.
    pub(super) fn logic(&self, logic: Logic, parts: &[Expr], input: &Input<'_>) -> Result<Series> {
        from_array(Type::Bool, self.joined(logic, parts, input)?)
    }

    fn joined(&self, logic: Logic, parts: &[Expr], input: &Input<'_>) -> Result<BooleanArray> {
        let rows = input.rows();
        let Some((first, mut rest)) = parts.split_first() else {
            let neutral = if logic == Logic::And { BooleanBuffer::new_set(rows) } else { BooleanBuffer::new_unset(rows) };
            return Ok(BooleanArray::new(neutral, None));
        };
        let mut so_far = to_boolean(&self.eval(first, input)?)?;
        while let Some((part, later)) = rest.split_first() {
            let open = open_rows(logic, &so_far);
            let count = open.count_set_bits();
            if count == 0 {
                break;
            }
            if wants_narrowing(part, count, rows) {
                let inner = self.joined(logic, rest, &input.narrow(&open))?;
                return logic.join(&so_far, &spread(&inner, &open));
            }
            so_far = logic.join(&so_far, &to_boolean(&self.eval(part, input)?)?)?;
            rest = later;
        }
        Ok(so_far)
    }
}

impl Logic {
    fn join(self, a: &BooleanArray, b: &BooleanArray) -> Result<BooleanArray> {
        Ok(match self {
            Logic::And => and_kleene(a, b)?,
            Logic::Or => or_kleene(a, b)?,
        })
    }
}

/// Rows that are not settled: not false for `and`, not true for `or`.
fn open_rows(logic: Logic, so_far: &BooleanArray) -> BooleanBuffer {
    let settled = match logic {
        Logic::And => !so_far.values(),
        Logic::Or => so_far.values().clone(),
    };
    match so_far.nulls() {
        Some(valid) => !&(&settled & valid.inner()),
        None => !&settled,
    }
}

/// The values of `inner` at the set bits of `places`; false elsewhere.
fn spread(inner: &BooleanArray, places: &BooleanBuffer) -> BooleanArray {
    let nulls = inner.nulls().map(|valid| NullBuffer::new(!&scatter(&!valid.inner(), places)));
    BooleanArray::new(scatter(inner.values(), places), nulls)
}
