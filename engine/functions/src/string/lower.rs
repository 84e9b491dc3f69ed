//! `lower`

use weft_core::function::{ArgType, Example, Family, Function, Param, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Result, Series, Type};

use crate::kernel::{args, strings};

pub(super) struct Call;

static INFO: Function = Function {
    name: "lower",
    family: Family::String,
    summary: "The text in small letters.",
    params: &[Param::required("text", "str", "the text")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "'ABC'.lower()", result: "abc" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        args::texts(&INFO, args, Type::String)
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        strings::text_to_text(args, rows, |text, out| {
            if text.is_ascii() {
                out.push_str(text);
                out.make_ascii_lowercase();
            } else {
                out.push_str(&text.to_lowercase());
            }
        })
    }
}
