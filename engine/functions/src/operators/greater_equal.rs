//! `a >= b`

use weft_compute::Comparison;
use weft_core::function::{ArgType, Example, Function, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Result, Series};

use super::shared::{comparison, infix};

pub(super) struct Call;

static INFO: Function = infix(
    "greater_equal",
    ">=",
    "Whether the left side does not come before the right.",
    &[Example { code: "1.5 >= 2", result: "false" }],
);

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        comparison::PROPERTIES
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        comparison::resolve(">=", true, args)
    }

    fn call(&self, args: &[Series], _: usize, _: &QueryContext) -> Result<Series> {
        comparison::call(Comparison::GreaterEqual, args)
    }
}
