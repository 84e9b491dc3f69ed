//! `second`

use arrow::compute::DatePart;
use weft_core::function::{ArgType, Example, Family, Function, Param, Properties};
use weft_core::function::{QueryContext, ScalarFunction, Signature};
use weft_core::{Result, Series};

use super::parts;

pub(super) struct Call;

static INFO: Function = Function {
    name: "second",
    family: Family::Time,
    summary: "The whole seconds of the minute, 0 to 59.",
    params: &[Param::required("x", "a timestamp or time", "the point in time")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "second(@2024-03-09T17:45:30)", result: "30" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        parts::of_clock(&INFO, args)
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        parts::call(args, rows, DatePart::Second)
    }
}
