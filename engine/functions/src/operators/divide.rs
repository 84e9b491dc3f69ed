//! `a / b`

use arrow::datatypes::{Float64Type, Int64Type};
use weft_compute::arithmetic::binary_checked;
use weft_core::function::{ArgType, Example, Function, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series, Type};

use super::shared::{infix, numbers};

pub(super) struct Call;

static INFO: Function = infix(
    "divide",
    "/",
    "The quotient as a float, also of integers and decimals; by zero it is infinite or NaN.",
    &[Example { code: "7 / 2", result: "3.5" }, Example { code: "90min / 1h", result: "1.5" }],
);

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        if numbers::pair(args)?.is_some() {
            return Ok(Signature { args: vec![Type::Float64, Type::Float64], output: Type::Float64 });
        }
        let [a, b] = args else { return Err(Error::internal("`/` needs two sides")) };
        let span = match (a.ty, b.ty) {
            (Type::Duration(u), Type::Duration(v)) => Type::Duration(*u.max(v)),
            (Type::Duration(u), Type::Interval) | (Type::Interval, Type::Duration(u)) => Type::Duration(*u),
            (Type::Interval, Type::Interval) => Type::Duration(weft_core::TimeUnit::Nanosecond),
            (x, y) => return Err(Error::type_mismatch(format!("`/` cannot divide {x} by {y}"))),
        };
        Ok(Signature { args: vec![span.clone(), span], output: Type::Float64 })
    }

    fn call(&self, args: &[Series], _: usize, _: &QueryContext) -> Result<Series> {
        let [a, b] = args else { return Err(Error::internal("`/` needs two sides")) };
        if *a.ty() == Type::Float64 {
            return numbers::floats(a, b, |x, y| x / y);
        }
        let f = |x: i64, y: i64| (x as f64 / y as f64, false);
        let fail = |_, _| Error::internal("a quotient of durations does not overflow");
        binary_checked::<Int64Type, Int64Type, Float64Type>(a, b, &Type::Float64, f, fail)
    }
}
