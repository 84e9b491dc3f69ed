//! `text ~ pattern`

use weft_core::function::{ArgType, Example, Function, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Result, Series};

use super::shared::{infix, search};

pub(super) struct Call;

static INFO: Function = infix(
    "matches",
    "~",
    "Whether a regular expression is found in the text.",
    &[Example { code: "\"special requests\" ~ r\"special.*requests\"", result: "true" }],
);

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        search::PROPERTIES
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        search::resolve("~", args)
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        search::call(args, rows, true)
    }
}
