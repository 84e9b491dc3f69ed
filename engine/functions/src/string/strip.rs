//! `strip`

use weft_core::function::{ArgType, Example, Family, Function, Param, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Result, Series, Type};

use crate::kernel::strings::{Text, parts};
use crate::kernel::{args, columns};

pub(super) struct Call;

static INFO: Function = Function {
    name: "strip",
    family: Family::String,
    summary: "The text without white space at either end.",
    params: &[Param::required("text", "str", "the text")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "strip('  a b ')", result: "a b" }],
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
        columns::propagating(args, rows, Type::String, |columns, rows, nulls| {
            let text = Text::new(columns::first(columns)?)?;
            Ok(parts(rows, nulls.as_ref(), |row| text.get(row).trim()))
        })
    }
}
