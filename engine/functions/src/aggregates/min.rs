//! `min`

use weft_core::aggregate::{Aggregate, Aggregator, Framing};
use weft_core::function::{ArgType, Example, Family, Function, Param, Signature};
use weft_core::{Result, Type, Value};

use super::extreme;

pub(super) struct Call;

static INFO: Function = Function {
    name: "min",
    family: Family::Aggregate,
    summary: "The least value; NaN is greater than any number.",
    params: &[Param::required("x", "numbers, texts, dates, times", "what is compared")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "[{x: 1}, {x: 2}, {x: 5}] | agg { min(x) }", result: "1" }],
};

impl Aggregate for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        extreme::resolve(&INFO, args)
    }

    fn bind(&self, args: &[Type], _: &[Option<Value>], output: &Type) -> Result<Box<dyn Aggregator>> {
        debug_assert_eq!(args.first(), Some(output));
        extreme::bind(output, false)
    }

    fn framing(&self) -> Framing {
        Framing::Least
    }
}
