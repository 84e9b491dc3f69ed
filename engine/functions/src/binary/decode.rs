//! `decode`

use std::sync::Arc;

use arrow::array::BinaryViewBuilder;
use weft_core::function::{ArgType, Default, Example, Family, Function, Param, Properties};
use weft_core::function::{QueryContext, ScalarFunction, Signature};
use weft_core::{Result, Series, Type};

use super::codecs::{Codec, NAMES};
use crate::kernel::{args, columns};

pub(super) struct Call;

static INFO: Function = Function {
    name: "decode",
    family: Family::Binary,
    summary: "The bytes that a text stands for.",
    params: &[Param::required("x", "str", "what is decoded"), Param::choice("codec", NAMES, Default::Str("utf-8"), "how")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "length(decode('Zm9v', 'base64'))", result: "3" }],
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
            Type::String | Type::Null => Ok(Signature { args: vec![Type::String, Type::String], output: Type::Binary }),
            other => Err(args::refuse(&INFO, 0, other)),
        }
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        let codec = columns::literal(args, 1)?;
        let codec = Codec::parse(codec.as_str().unwrap_or("utf-8"))?;
        columns::propagating(&args[..1], rows, Type::Binary, |columns, rows, nulls| {
            let texts = columns::first(columns)?.strings()?;
            let mut out = BinaryViewBuilder::with_capacity(rows);
            let mut bytes = Vec::new();
            for row in 0..rows {
                if nulls.as_ref().is_some_and(|n| n.is_null(row)) {
                    out.append_null();
                    continue;
                }
                bytes.clear();
                codec.decode(texts.value(row), &mut bytes)?;
                out.append_value(&bytes);
            }
            Ok(Arc::new(out.finish()))
        })
    }
}
