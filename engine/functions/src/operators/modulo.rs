//! `a % b`

use weft_core::function::{ArgType, Example, Function, Nulls, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series, Type};

use super::shared::{decimals, infix, integers, numbers};

pub(super) struct Call;

static INFO: Function = infix(
    "modulo",
    "%",
    "What `//` leaves over: it has the sign of the right side; by zero null.",
    &[Example { code: "7 % 3", result: "1" }, Example { code: "-7 % 3", result: "2" }],
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
            let [a, b] = args else { return Err(Error::internal("`%` needs two sides")) };
            return Err(Error::type_mismatch(format!("`%` cannot divide {} by {}", a.ty, b.ty)));
        };
        let ty = numbers::meet(&a, &b)?;
        let output = ty.clone();
        Ok(Signature { args: vec![ty.clone(), ty], output })
    }

    fn call(&self, args: &[Series], _: usize, query: &QueryContext) -> Result<Series> {
        let [a, b] = args else { return Err(Error::internal("`%` needs two sides")) };
        let zero_is_null = query.divide_by_zero_is_null;
        match a.ty() {
            Type::Float64 => numbers::floats(a, b, rest64),
            Type::Float32 => numbers::floats32(a, b, rest32),
            Type::Decimal { .. } => decimals::divide_down(a, b, true, zero_is_null),
            _ => integers::modulo(a, b, zero_is_null),
        }
    }
}

/// The rest of a division that rounds down: the sign of the divisor.
fn rest64(x: f64, y: f64) -> f64 {
    let rest = x % y;
    if rest != 0.0 && (rest < 0.0) != (y < 0.0) { rest + y } else { rest }
}

fn rest32(x: f32, y: f32) -> f32 {
    let rest = x % y;
    if rest != 0.0 && (rest < 0.0) != (y < 0.0) { rest + y } else { rest }
}
