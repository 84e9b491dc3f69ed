//! `strftime`

use weft_core::function::{ArgType, Example, Family, Function, Param, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Result, Series, Type};

use crate::kernel::{args, columns, strings};
use crate::time::clock_text::Pattern;

pub(super) struct Call;

static INFO: Function = Function {
    name: "strftime",
    family: Family::Time,
    summary: "A date or time written by a pattern such as `%Y-%m-%d %H:%M`.",
    params: &[
        Param::required("x", "a date, time or timestamp", "the point in time"),
        Param::required("pattern", "str", "the pattern, a plain text"),
    ],
    variadic: false,
    operator: None,
    examples: &[Example { code: "strftime(@2024-03-09, '%d %b %Y')", result: "09 Mar 2024" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.fallible()
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let ty = match args::arg(&INFO, args, 0)?.ty {
            Type::Null => Type::Date,
            ty @ (Type::Date | Type::Time(_) | Type::Timestamp(..)) => ty.clone(),
            other => return Err(args::refuse(&INFO, 0, other)),
        };
        Pattern::new(args::literal_text(&INFO, args, 1)?, &ty)?;
        Ok(Signature { args: vec![ty, Type::String], output: Type::String })
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        let ty = columns::first_type(args)?;
        let pattern = columns::literal(args, 1)?;
        let pattern = Pattern::new(pattern.as_str().unwrap_or_default(), &ty)?;
        columns::propagating(&args[..1], rows, Type::String, |columns, rows, nulls| {
            let column = columns::first(columns)?;
            strings::written(rows, nulls.as_ref(), |row, out| pattern.write(column.array(), row, out))
        })
    }
}
