//! `a is b`

use weft_compute::is_same;
use weft_core::function::{ArgType, Example, Function, Nulls, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series};

use super::shared::{comparison, infix};

pub(super) struct Call;

static INFO: Function = infix(
    "is_same",
    "is",
    "Like `==`, but null is null and nothing else.",
    &[Example { code: "null is null", result: "true" }, Example { code: "1 is null", result: "false" }],
);

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.nulls(Nulls::Never)
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        comparison::resolve("is", false, args)
    }

    fn call(&self, args: &[Series], _: usize, _: &QueryContext) -> Result<Series> {
        let [a, b] = args else { return Err(Error::internal("`is` needs two sides")) };
        is_same(a, b)
    }
}
