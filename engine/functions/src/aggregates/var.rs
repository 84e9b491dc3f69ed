//! `var`

use weft_core::aggregate::{Aggregate, Aggregator, Framing};
use weft_core::function::{ArgType, Example, Family, Function, Param, Signature};
use weft_core::{Result, Type, Value};

use super::fold::Folded;
use super::moments::Variance;
use crate::kernel::args;

pub(super) struct Call;

static INFO: Function = Function {
    name: "var",
    family: Family::Aggregate,
    summary: "The variance of a sample; null for fewer than two values.",
    params: &[Param::required("x", "numbers", "what is spread")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "[{x: 1}, {x: 3}] | agg { var(x) }", result: "2.0" }],
};

impl Aggregate for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        args::float_to_float(&INFO, args)
    }

    fn bind(&self, args: &[Type], _: &[Option<Value>], output: &Type) -> Result<Box<dyn Aggregator>> {
        debug_assert_eq!(args.first(), Some(output));
        Ok(Box::new(Folded(Variance { root: false })))
    }

    fn framing(&self) -> Framing {
        Framing::Merge
    }
}
