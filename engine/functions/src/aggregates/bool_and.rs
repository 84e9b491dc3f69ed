//! `bool_and`

use weft_core::aggregate::{Aggregate, Aggregator, Framing};
use weft_core::function::{ArgType, Example, Family, Function, Param, Signature};
use weft_core::{Result, Type, Value};

use super::truth::Truth;
use crate::kernel::args;

pub(super) struct Call;

static INFO: Function = Function {
    name: "bool_and",
    family: Family::Aggregate,
    summary: "Whether all values are true.",
    params: &[Param::required("x", "bool", "the truth values")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "[{x: true}, {x: false}] | agg { bool_and(x) }", result: "false" }],
};

impl Aggregate for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        match args::arg(&INFO, args, 0)?.ty {
            Type::Bool | Type::Null => Ok(Signature { args: vec![Type::Bool], output: Type::Bool }),
            other => Err(args::refuse(&INFO, 0, other)),
        }
    }

    fn bind(&self, args: &[Type], _: &[Option<Value>], output: &Type) -> Result<Box<dyn Aggregator>> {
        debug_assert_eq!(args.first(), Some(output));
        Ok(Box::new(Truth { any: false }))
    }

    fn framing(&self) -> Framing {
        Framing::Merge
    }
}
