//! `appearance`

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use weft_core::function::{ArgType, Example, Family, Function, Signature};
use weft_core::window::run_of;
use weft_core::{Result, Type, Value, WindowFunction, WindowKernel, WindowRows};

use super::ranks;

pub(super) struct Call;

static INFO: Function = Function {
    name: "appearance",
    family: Family::Window,
    summary: "Where in the input the partition first appears, counted from 0: partitions sorted by it come in the order in which they were met.",
    params: &[],
    variadic: false,
    operator: None,
    examples: &[Example { code: "[{k: \"b\"}, {k: \"a\"}, {k: \"b\"}] | select n = appearance() over (by k) | agg { list_agg(n) }", result: "[0, 1, 0]" }],
};

impl WindowFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn resolve(&self, _: &[ArgType<'_>]) -> Result<Signature> {
        Ok(ranks::whole())
    }

    fn bind(&self, _: &[Type], _: &[Option<Value>], _: &Type) -> Result<Box<dyn WindowKernel>> {
        Ok(Box::new(First))
    }

    fn never_null(&self) -> bool {
        true
    }

    fn reads_appearance(&self) -> bool {
        true
    }
}

struct First;

impl WindowKernel for First {
    fn evaluate(&self, _: &[ArrayRef], rows: &WindowRows<'_>) -> Result<ArrayRef> {
        let mut places = Vec::with_capacity(rows.len());
        rows.each_partition(|_, part| {
            let partition = run_of(rows.partitions, part.start);
            places.resize(places.len() + part.len(), rows.appearance[partition] as i64);
        });
        Ok(Arc::new(Int64Array::from(places)))
    }
}
