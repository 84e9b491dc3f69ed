//! `sign`

use std::cmp::Ordering;
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::Int64Type;
use weft_core::function::{ArgType, Example, Family, Function, Monotonicity, Param, Properties};
use weft_core::function::{QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series, Type};

use crate::kernel::{args, columns};

pub(super) struct Call;

static INFO: Function = Function {
    name: "sign",
    family: Family::Numeric,
    summary: "-1 for negative numbers, 0 for zero, 1 for positive ones; NaN for NaN.",
    params: &[Param::required("x", "a number", "the number")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "sign(-3)", result: "-1" }, Example { code: "sign(0)", result: "0" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.monotonic(Monotonicity::Increasing)
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let ty = args::number(&INFO, args, 0)?;
        if ty.is_float() {
            return Ok(Signature { args: vec![Type::Float64], output: Type::Float64 });
        }
        Ok(Signature { args: vec![ty], output: Type::Int64 })
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        if columns::first_type(args)? == Type::Float64 {
            return columns::float_to_float(args, rows, |x| if x == 0.0 || x.is_nan() { x + 0.0 } else { x.signum() });
        }
        columns::propagating(args, rows, Type::Int64, |columns, _, _| {
            let input = columns::first(columns)?;
            with_number!(input.array().data_type(), T => {
                let zero = <T as arrow::array::ArrowPrimitiveType>::Native::default();
                let signs = input.primitive::<T>()?.unary::<_, Int64Type>(|x| match x.partial_cmp(&zero) {
                    Some(Ordering::Less) => -1,
                    Some(Ordering::Greater) => 1,
                    _ => 0,
                });
                Ok(Arc::new(signs) as ArrayRef)
            }, other => Err(Error::internal(format!("sign of {other}"))))
        })
    }
}
