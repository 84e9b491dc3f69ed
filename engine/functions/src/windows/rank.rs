//! `rank`

use weft_core::function::{ArgType, Example, Family, Function, Signature};
use weft_core::{Result, Type, Value, WindowFunction, WindowKernel};

use super::ranks;

pub(super) struct Call;

static INFO: Function = Function {
    name: "rank",
    family: Family::Window,
    summary: "The number of rows with smaller sort keys in the partition, plus one: equal rows share a rank, and leave a gap behind them.",
    params: &[],
    variadic: false,
    operator: None,
    examples: &[Example { code: "[{x: 10}, {x: 20}, {x: 20}] | select r = rank() over (sort x) | agg { list_agg(r) }", result: "[1, 2, 2]" }],
};

impl WindowFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn resolve(&self, _: &[ArgType<'_>]) -> Result<Signature> {
        Ok(ranks::whole())
    }

    fn bind(&self, _: &[Type], _: &[Option<Value>], _: &Type) -> Result<Box<dyn WindowKernel>> {
        Ok(Box::new(ranks::Rank::<i64>(|peers| i64::from(peers.before) + 1)))
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
