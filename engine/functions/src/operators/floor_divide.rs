//! `a // b`

use weft_core::function::{ArgType, Example, Function, Nulls, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series, Type};

use super::shared::{decimals, infix, integers, numbers};

pub(super) struct Call;

static INFO: Function = infix(
    "floor_divide",
    "//",
    "The quotient rounded down; by zero null (see `on_divide_by_zero`), of floats infinite or NaN.",
    &[
        Example { code: "7 // 2", result: "3" },
        Example { code: "-7 // 2", result: "-4" },
        Example { code: "1 // 0", result: "null" },
    ],
);

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        // Null for zero, so not only where a side is null.
        Properties::SIMPLE.fallible().nulls(Nulls::Handles)
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let Some((a, b)) = numbers::pair(args)? else {
            let [a, b] = args else { return Err(Error::internal("`//` needs two sides")) };
            return Err(Error::type_mismatch(format!("`//` cannot divide {} by {}", a.ty, b.ty)));
        };
        let ty = numbers::meet(&a, &b)?;
        let output = if ty.is_decimal() { Type::Decimal { precision: 38, scale: 0 } } else { ty.clone() };
        Ok(Signature { args: vec![ty.clone(), ty], output })
    }

    fn call(&self, args: &[Series], _: usize, query: &QueryContext) -> Result<Series> {
        let [a, b] = args else { return Err(Error::internal("`//` needs two sides")) };
        let zero_is_null = query.divide_by_zero_is_null;
        match a.ty() {
            Type::Float64 => numbers::floats(a, b, |x, y| (x / y).floor()),
            Type::Float32 => numbers::floats32(a, b, |x, y| (x / y).floor()),
            Type::Decimal { .. } => decimals::divide_down(a, b, false, zero_is_null),
            _ => integers::floor_divide(a, b, zero_is_null),
        }
    }
}
