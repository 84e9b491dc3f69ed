//! What the operators share: how literals adapt, number and time arithmetic, comparisons.

pub(super) mod comparison;
pub(super) mod decimals;
pub(super) mod integers;
pub(super) mod literals;
pub(super) mod numbers;
mod pattern;
pub(super) mod search;
pub(super) mod times;

use weft_core::function::{Example, Family, Function, Param};

/// The data of an infix operator over two values.
pub(super) const fn infix(
    name: &'static str,
    operator: &'static str,
    summary: &'static str,
    examples: &'static [Example],
) -> Function {
    const PARAMS: &[Param] = &[Param::required("a", "any", "the left side"), Param::required("b", "any", "the right side")];
    Function { name, family: Family::Operator, summary, params: PARAMS, variadic: false, operator: Some(operator), examples }
}

/// The data of an operator over one value.
pub(super) const fn prefix(
    name: &'static str,
    operator: Option<&'static str>,
    summary: &'static str,
    examples: &'static [Example],
) -> Function {
    const PARAMS: &[Param] = &[Param::required("x", "any", "the value")];
    Function { name, family: Family::Operator, summary, params: PARAMS, variadic: false, operator, examples }
}
