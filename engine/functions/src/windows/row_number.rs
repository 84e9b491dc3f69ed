//! `row_number`

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use weft_core::function::{ArgType, Example, Family, Function, Signature};
use weft_core::{Result, Type, Value, WindowFunction, WindowKernel, WindowRows};

use super::ranks;

pub(super) struct Call;

static INFO: Function = Function {
    name: "row_number",
    family: Family::Window,
    summary: "The number of the row in its partition, from 1.",
    params: &[],
    variadic: false,
    operator: None,
    examples: &[Example { code: "[{x: 10}, {x: 20}, {x: 20}] | select r = row_number() over (sort x desc) | agg { list_agg(r) }", result: "[3, 1, 2]" }],
};

impl WindowFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn resolve(&self, _: &[ArgType<'_>]) -> Result<Signature> {
        Ok(ranks::whole())
    }

    fn bind(&self, _: &[Type], _: &[Option<Value>], _: &Type) -> Result<Box<dyn WindowKernel>> {
        Ok(Box::new(RowNumber))
    }

    fn never_null(&self) -> bool {
        true
    }
}

struct RowNumber;

impl WindowKernel for RowNumber {
    fn evaluate(&self, _: &[ArrayRef], rows: &WindowRows<'_>) -> Result<ArrayRef> {
        let mut numbers = Vec::with_capacity(rows.len());
        rows.each_partition(|partition, part| numbers.extend(part.map(|row| i64::from(row - partition.start) + 1)));
        Ok(Arc::new(Int64Array::from(numbers)))
    }
}
