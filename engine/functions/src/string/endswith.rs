//! `endswith`

use weft_core::function::{ArgType, Example, Family, Function, Param, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Result, Series, Type};

use crate::kernel::{args, strings};

pub(super) struct Call;

static INFO: Function = Function {
    name: "endswith",
    family: Family::String,
    summary: "Whether the text ends with another.",
    params: &[Param::required("text", "str", "the text"), Param::required("suffix", "str", "what it is looked at for")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "'trips.csv'.endswith('.csv')", result: "true" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        args::texts(&INFO, args, Type::Bool)
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        strings::test_pair(args, rows, |text, suffix| text.ends_with(suffix))
    }
}
