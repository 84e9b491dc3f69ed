//! `length`

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::Int64Type;
use weft_core::function::{ArgType, Example, Family, Function, Param, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series, Type};

use crate::kernel::{args, columns};

pub(super) struct Call;

static INFO: Function = Function {
    name: "length",
    family: Family::String,
    summary: "Characters of a text, bytes of a binary, items of a list.",
    params: &[Param::required("x", "str, binary or a list", "what is counted")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "length('straße')", result: "6" }, Example { code: "[1, 2, 3].length()", result: "3" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let ty = match args::arg(&INFO, args, 0)?.ty {
            Type::Null => Type::String,
            ty @ (Type::String | Type::Binary | Type::List(_) | Type::FixedList(..) | Type::Embedding(..)) => ty.clone(),
            other => return Err(args::refuse(&INFO, 0, other)),
        };
        Ok(Signature { args: vec![ty], output: Type::Int64 })
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        columns::propagating(args, rows, Type::Int64, |columns, rows, nulls| {
            let array = columns::first(columns)?.array();
            let lengths = if let Some(texts) = array.as_string_view_opt() {
                columns::primitives::<Int64Type>(rows, nulls, |row| characters(texts.value(row)))
            } else if let Some(bytes) = array.as_binary_view_opt() {
                columns::primitives::<Int64Type>(rows, nulls, |row| bytes.value(row).len() as i64)
            } else if let Some(lists) = array.as_list_opt::<i32>() {
                columns::primitives::<Int64Type>(rows, nulls, |row| i64::from(lists.value_length(row)))
            } else if let Some(lists) = array.as_fixed_size_list_opt() {
                columns::primitives::<Int64Type>(rows, nulls, |_| i64::from(lists.value_length()))
            } else {
                return Err(Error::internal(format!("length of {}", array.data_type())));
            };
            Ok(Arc::new(lengths) as ArrayRef)
        })
    }
}

fn characters(text: &str) -> i64 {
    (if text.is_ascii() { text.len() } else { text.chars().count() }) as i64
}
