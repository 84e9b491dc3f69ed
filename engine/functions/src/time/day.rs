//! `day`

use arrow::compute::DatePart;
use weft_core::function::{ArgType, Example, Family, Function, Param, Properties};
use weft_core::function::{QueryContext, ScalarFunction, Signature};
use weft_core::{Result, Series};

use super::parts;

pub(super) struct Call;

static INFO: Function = Function {
    name: "day",
    family: Family::Time,
    summary: "The day of the month, from 1.",
    params: &[Param::required("x", "a date or timestamp", "the point in time")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "day(@2024-03-09)", result: "9" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        parts::of_date(&INFO, args)
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        parts::call(args, rows, DatePart::Day)
    }
}
