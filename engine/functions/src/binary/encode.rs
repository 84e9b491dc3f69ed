//! `encode`

use weft_core::function::{ArgType, Default, Example, Family, Function, Param, Properties};
use weft_core::function::{QueryContext, ScalarFunction, Signature};
use weft_core::{Result, Series, Type};

use super::codecs::{Codec, NAMES};
use crate::kernel::{args, columns, strings};

pub(super) struct Call;

static INFO: Function = Function {
    name: "encode",
    family: Family::Binary,
    summary: "Bytes as text.",
    params: &[Param::required("x", "binary", "what is encoded"), Param::choice("codec", NAMES, Default::Str("utf-8"), "how")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "encode(decode('kite'), 'hex')", result: "6b697465" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.fallible()
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        Codec::parse(args::literal_text(&INFO, args, 1)?)?;
        match args::arg(&INFO, args, 0)?.ty {
            Type::Binary | Type::Null => Ok(Signature { args: vec![Type::Binary, Type::String], output: Type::String }),
            other => Err(args::refuse(&INFO, 0, other)),
        }
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        let codec = columns::literal(args, 1)?;
        let codec = Codec::parse(codec.as_str().unwrap_or("utf-8"))?;
        columns::propagating(&args[..1], rows, Type::String, |columns, rows, nulls| {
            let bytes = columns::first(columns)?.binary()?;
            strings::written(rows, nulls.as_ref(), |row, out| codec.encode(bytes.value(row), out))
        })
    }
}
