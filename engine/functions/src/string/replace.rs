//! `replace`

use weft_core::function::{ArgType, Example, Family, Function, Param, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series, Type};

use crate::kernel::strings::{Text, written};
use crate::kernel::{args, columns};

pub(super) struct Call;

static INFO: Function = Function {
    name: "replace",
    family: Family::String,
    summary: "The text with every occurrence of a part replaced.",
    params: &[
        Param::required("text", "str", "the text"),
        Param::required("part", "str", "what is replaced, letter by letter; an empty part replaces nothing"),
        Param::required("by", "str", "what stands there instead"),
    ],
    variadic: false,
    operator: None,
    examples: &[Example { code: "replace('a-b-c', '-', '+')", result: "a+b+c" }],
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
            let [text, part, by] = columns else { return Err(Error::internal("replace takes three arguments")) };
            let (texts, parts, replacements) = (Text::new(text)?, Text::new(part)?, Text::new(by)?);
            written(rows, nulls.as_ref(), |row, out| {
                let (text, part, by) = (texts.get(row), parts.get(row), replacements.get(row));
                if part.is_empty() {
                    out.push_str(text);
                    return Ok(());
                }
                let mut copied = 0;
                for (at, _) in text.match_indices(part) {
                    out.push_str(&text[copied..at]);
                    out.push_str(by);
                    copied = at + part.len();
                }
                out.push_str(&text[copied..]);
                Ok(())
            })
        })
    }
}
