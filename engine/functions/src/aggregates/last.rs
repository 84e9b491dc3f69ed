//! `last`

use weft_core::aggregate::{Aggregate, Aggregator, Framing};
use weft_core::function::{ArgType, Example, Family, Function, Param, Signature};
use weft_core::{Result, Type, Value};

use super::pick::{self, Pick};

pub(super) struct Call;

static INFO: Function = Function {
    name: "last",
    family: Family::Aggregate,
    summary: "The last value that is not null, in the order of the rows.",
    params: &[Param::required("x", "any", "what is picked")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "[{x: 1}, {x: 2}, {x: 5}] | agg { last(x) }", result: "5" }],
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
        Pick::bind(output, true)
    }

    fn observes_order(&self) -> bool {
        true
    }

    fn framing(&self) -> Framing {
        Framing::Last
    }
}
