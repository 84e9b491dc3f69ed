//! `substr`

use arrow::datatypes::Int64Type;
use weft_core::function::{ArgType, Default, Example, Family, Function, Param, Properties};
use weft_core::function::{QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series, Type};

use crate::kernel::strings::{Text, char_offset, parts};
use crate::kernel::{args, columns};

pub(super) struct Call;

static INFO: Function = Function {
    name: "substr",
    family: Family::String,
    summary: "A part of the text by the position of its first character.",
    params: &[
        Param::required("text", "str", "the text"),
        Param::required("start", "int", "the first character, counted from 0; negative counts from the end"),
        Param::option("length", "int", Default::Int(i64::MAX), "how many characters; all that follow unless given"),
    ],
    variadic: false,
    operator: None,
    examples: &[
        Example { code: "substr('weather', 2, 3)", result: "ath" },
        Example { code: "substr('weather', -3)", result: "her" },
    ],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let args = vec![args::text(&INFO, args, 0)?, args::int(&INFO, args, 1)?, args::int(&INFO, args, 2)?];
        Ok(Signature { args, output: Type::String })
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        columns::propagating(args, rows, Type::String, |columns, rows, nulls| {
            let [text, start, length] = columns else { return Err(Error::internal("substr takes three arguments")) };
            let (texts, starts, lengths) = (Text::new(text)?, start.primitive::<Int64Type>()?, length.primitive::<Int64Type>()?);
            Ok(parts(rows, nulls.as_ref(), |row| {
                part(texts.get(row), starts.value(start.at(row)), lengths.value(length.at(row)))
            }))
        })
    }
}

/// Characters `start .. start + length` as far as they exist; a negative start counts from the end.
fn part(text: &str, start: i64, length: i64) -> &str {
    let start = if start < 0 { (text.chars().count() as i64).saturating_add(start) } else { start };
    let end = usize::try_from(start.saturating_add(length.max(0))).unwrap_or(0);
    let rest = &text[char_offset(text, usize::try_from(start).unwrap_or(0))..];
    &rest[..char_offset(rest, end.saturating_sub(usize::try_from(start).unwrap_or(0)))]
}
