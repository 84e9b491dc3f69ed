//! `percent_rank`

use weft_core::function::{ArgType, Example, Family, Function, Signature};
use weft_core::{Result, Type, Value, WindowFunction, WindowKernel};

use super::ranks;

pub(super) struct Call;

static INFO: Function = Function {
    name: "percent_rank",
    family: Family::Window,
    summary: "The rank from 0 to 1: rows with smaller sort keys among all other rows of the partition.",
    params: &[],
    variadic: false,
    operator: None,
    examples: &[Example { code: "[{x: 10}, {x: 20}, {x: 20}] | select r = percent_rank() over (sort x) | agg { list_agg(r) }", result: "[0.0, 0.5, 0.5]" }],
};

impl WindowFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn resolve(&self, _: &[ArgType<'_>]) -> Result<Signature> {
        Ok(ranks::share())
    }

    fn bind(&self, _: &[Type], _: &[Option<Value>], _: &Type) -> Result<Box<dyn WindowKernel>> {
        Ok(Box::new(ranks::Rank::<f64>(|peers| f64::from(peers.before) / f64::from((peers.rows - 1).max(1)))))
    }

    fn never_null(&self) -> bool {
        true
    }

    fn needs_order(&self) -> bool {
        true
    }

    fn ignores_ties(&self) -> bool {
        true
    }
}
