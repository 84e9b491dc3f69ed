//! `left`

use arrow::datatypes::Int64Type;
use weft_core::function::{ArgType, Example, Family, Function, Param, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series, Type};

use crate::kernel::strings::{Text, char_offset, parts};
use crate::kernel::{args, columns};

pub(super) struct Call;

static INFO: Function = Function {
    name: "left",
    family: Family::String,
    summary: "The first characters of the text.",
    params: &[
        Param::required("text", "str", "the text"),
        Param::required("n", "int", "how many characters; none for negative numbers"),
    ],
    variadic: false,
    operator: None,
    examples: &[Example { code: "'13-702'.left(2)", result: "13" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let args = vec![args::text(&INFO, args, 0)?, args::int(&INFO, args, 1)?];
        Ok(Signature { args, output: Type::String })
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        columns::propagating(args, rows, Type::String, |columns, rows, nulls| {
            let [text, n] = columns else { return Err(Error::internal("left takes two arguments")) };
            let (texts, counts) = (Text::new(text)?, n.primitive::<Int64Type>()?);
            Ok(parts(rows, nulls.as_ref(), |row| {
                let (text, n) = (texts.get(row), usize::try_from(counts.value(n.at(row))).unwrap_or(0));
                &text[..char_offset(text, n)]
            }))
        })
    }
}
