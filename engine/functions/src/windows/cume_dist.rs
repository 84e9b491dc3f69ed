//! `cume_dist`

use weft_core::function::{ArgType, Example, Family, Function, Signature};
use weft_core::{Result, Type, Value, WindowFunction, WindowKernel};

use super::ranks;

pub(super) struct Call;

static INFO: Function = Function {
    name: "cume_dist",
    family: Family::Window,
    summary: "The part of the partition whose sort keys are not greater.",
    params: &[],
    variadic: false,
    operator: None,
    examples: &[Example { code: "[{x: 10}, {x: 20}, {x: 20}] | select r = cume_dist() over (sort x) | agg { list_agg(r) }", result: "[0.3333333333333333, 1.0, 1.0]" }],
};

impl WindowFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn resolve(&self, _: &[ArgType<'_>]) -> Result<Signature> {
        Ok(ranks::share())
    }

    fn bind(&self, _: &[Type], _: &[Option<Value>], _: &Type) -> Result<Box<dyn WindowKernel>> {
        Ok(Box::new(ranks::Rank::<f64>(|peers| f64::from(peers.through) / f64::from(peers.rows))))
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
