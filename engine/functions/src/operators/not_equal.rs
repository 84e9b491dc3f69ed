//! `a != b`

use weft_compute::Comparison;
use weft_core::function::{ArgType, Example, Function, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Result, Series};

use super::shared::{comparison, infix};

pub(super) struct Call;

static INFO: Function =
    infix("not_equal", "!=", "Whether both sides differ; null where either is.", &[Example { code: "1 != 2", result: "true" }]);

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        comparison::PROPERTIES
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        comparison::resolve("!=", false, args)
    }

    fn call(&self, args: &[Series], _: usize, _: &QueryContext) -> Result<Series> {
        comparison::call(Comparison::NotEqual, args)
    }
}
