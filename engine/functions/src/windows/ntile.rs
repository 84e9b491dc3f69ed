//! `ntile`

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use weft_core::function::{ArgType, Example, Family, Function, Param, Signature};
use weft_core::{Result, Type, Value, WindowFunction, WindowKernel, WindowRows};

use super::picked;

pub(super) struct Call;

static INFO: Function = Function {
    name: "ntile",
    family: Family::Window,
    summary: "The partition cut into n buckets of nearly equal size, numbered from 1; the first ones are larger.",
    params: &[Param::required("n", "int", "how many buckets")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "[{x: 10}, {x: 20}, {x: 20}] | select r = ntile(2) over (sort x) | agg { list_agg(r) }", result: "[1, 1, 2]" }],
};

impl WindowFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        picked::rows(&INFO, args, 0, 1)?;
        Ok(Signature { args: vec![Type::Int64], output: Type::Int64 })
    }

    fn bind(&self, _: &[Type], constants: &[Option<Value>], _: &Type) -> Result<Box<dyn WindowKernel>> {
        // More buckets than rows can be are as many as that.
        let buckets = u32::try_from(picked::bound_rows(constants, 0)?).unwrap_or(u32::MAX);
        Ok(Box::new(Buckets(buckets)))
    }

    fn never_null(&self) -> bool {
        true
    }
}

struct Buckets(u32);

impl WindowKernel for Buckets {
    fn evaluate(&self, _: &[ArrayRef], rows: &WindowRows<'_>) -> Result<ArrayRef> {
        let mut numbers = Vec::with_capacity(rows.len());
        rows.each_partition(|partition, part| {
            // The first buckets take the rows that are left over, one each.
            let (size, larger) = (partition.len() as u32 / self.0, partition.len() as u32 % self.0);
            let in_larger = larger * (size + 1);
            numbers.extend(part.map(|row| {
                let at = row - partition.start;
                let bucket = if at < in_larger { at / (size + 1) } else { larger + (at - in_larger) / size.max(1) };
                i64::from(bucket) + 1
            }));
        });
        Ok(Arc::new(Int64Array::from(numbers)))
    }
}
