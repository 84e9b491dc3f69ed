//! `contains`

use memchr::memmem::Finder;
use weft_core::function::{ArgType, Example, Family, Function, Param, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series, Type};

use crate::kernel::strings::Text;
use crate::kernel::{args, columns};

pub(super) struct Call;

static INFO: Function = Function {
    name: "contains",
    family: Family::String,
    summary: "Whether another text occurs in the text.",
    params: &[Param::required("text", "str", "the text"), Param::required("part", "str", "what is looked for, letter by letter")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "'New York'.contains('Yo')", result: "true" }],
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
        columns::propagating(args, rows, Type::Bool, |columns, rows, nulls| {
            let [text, part] = columns else { return Err(Error::internal("contains takes two arguments")) };
            let (texts, parts) = (Text::new(text)?, Text::new(part)?);
            if part.is_constant() {
                let finder = Finder::new(parts.get(0));
                return Ok(columns::booleans(rows, nulls, |row| finder.find(texts.get(row).as_bytes()).is_some()));
            }
            Ok(columns::booleans(rows, nulls, |row| texts.get(row).contains(parts.get(row))))
        })
    }
}
