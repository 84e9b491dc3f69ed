//! `split`

use std::sync::Arc;

use arrow::array::{ListArray, StringViewBuilder};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::DataType;
use weft_core::function::{ArgType, Example, Family, Function, Param, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series, Type};

use crate::kernel::{args, columns, strings};

pub(super) struct Call;

static INFO: Function = Function {
    name: "split",
    family: Family::String,
    summary: "The parts of the text between separators, as a list.",
    params: &[
        Param::required("text", "str", "the text"),
        Param::required("separator", "str", "what stands between the parts; when empty the text is one part"),
    ],
    variadic: false,
    operator: None,
    examples: &[Example { code: "split('a,b,c', ',')[1]", result: "b" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        args::texts(&INFO, args, Type::list(Type::String))
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        let output = Type::list(Type::String);
        let DataType::List(item) = output.to_arrow() else { return Err(Error::internal("a list that is none")) };
        columns::propagating(args, rows, output, |columns, rows, nulls| {
            let (texts, separators) = strings::pair(columns)?;
            let mut items = StringViewBuilder::new();
            let mut lengths = Vec::with_capacity(rows);
            for row in 0..rows {
                let mut count = 0;
                let mut add = |part: &str| {
                    items.append_value(part);
                    count += 1;
                };
                match separators.get(row) {
                    _ if nulls.as_ref().is_some_and(|n| n.is_null(row)) => {}
                    "" => add(texts.get(row)),
                    separator => texts.get(row).split(separator).for_each(&mut add),
                }
                lengths.push(count);
            }
            Ok(Arc::new(ListArray::try_new(item, OffsetBuffer::from_lengths(lengths), Arc::new(items.finish()), nulls)?))
        })
    }
}
