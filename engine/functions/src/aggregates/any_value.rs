//! `any_value`

use weft_core::aggregate::{Aggregate, Aggregator, Framing};
use weft_core::function::{ArgType, Example, Family, Function, Param, Signature};
use weft_core::{Result, Type, Value};

use super::pick::{self, Pick};

pub(super) struct Call;

static INFO: Function = Function {
    name: "any_value",
    family: Family::Aggregate,
    summary: "Some value that is not null: whichever is found first.",
    params: &[Param::required("x", "any", "what is picked")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "[{x: 7}, {x: 7}] | agg { any_value(x) }", result: "7" }],
};

impl Aggregate for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        pick::resolve(&INFO, args)
    }

    fn bind(&self, args: &[Type], _: &[Option<Value>], output: &Type) -> Result<Box<dyn Aggregator>> {
        debug_assert_eq!(args.first(), Some(output));
        Pick::bind(output, false)
    }

    fn framing(&self) -> Framing {
        Framing::First
    }
}
