//! `quarter`

use arrow::compute::DatePart;
use weft_core::function::{ArgType, Example, Family, Function, Param, Properties};
use weft_core::function::{QueryContext, ScalarFunction, Signature};
use weft_core::{Result, Series};

use super::parts;

pub(super) struct Call;

static INFO: Function = Function {
    name: "quarter",
    family: Family::Time,
    summary: "The quarter of the year, 1 to 4.",
    params: &[Param::required("x", "a date or timestamp", "the point in time")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "@2024-03-09.quarter()", result: "1" }],
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
        parts::call(args, rows, DatePart::Quarter)
    }
}
