//! `a is not b`

use weft_compute::encoding::{from_array, to_boolean};
use weft_compute::is_same;
use weft_core::function::{ArgType, Example, Function, Nulls, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series, Type};

use super::shared::{comparison, infix};

pub(super) struct Call;

static INFO: Function = infix(
    "is_not_same",
    "is not",
    "Like `!=`, but null is null and nothing else.",
    &[Example { code: "null is not 1", result: "true" }],
);

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.nulls(Nulls::Never)
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        comparison::resolve("is not", false, args)
    }

    fn call(&self, args: &[Series], _: usize, _: &QueryContext) -> Result<Series> {
        let [a, b] = args else { return Err(Error::internal("`is not` needs two sides")) };
        let same = to_boolean(&is_same(a, b)?)?;
        from_array(Type::Bool, arrow::compute::not(&same)?)
    }
}
