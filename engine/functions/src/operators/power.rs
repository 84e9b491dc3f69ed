//! `a ** b`

use weft_core::function::{ArgType, Example, Function, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series, Type, Value};

use super::shared::{infix, integers, numbers};

pub(super) struct Call;

static INFO: Function = infix(
    "power",
    "**",
    "The left side to the power of the right: an integer where an integer has a whole exponent written out, else a float.",
    &[Example { code: "2 ** 10", result: "1024" }, Example { code: "2 ** 0.5", result: "1.4142135623730951" }],
);

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.fallible()
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let [a, b] = args else { return Err(Error::internal("`**` needs two sides")) };
        let Some((x, _)) = numbers::pair(args)? else {
            return Err(Error::type_mismatch(format!("`**` cannot raise {} to {}", a.ty, b.ty)));
        };
        let whole = matches!(b.value, Some(Value::Int(n)) if *n >= 0);
        let ty = if whole && x.is_integer() && a.ty.is_integer() {
            if x.is_unsigned_integer() { Type::UInt64 } else { Type::Int64 }
        } else {
            Type::Float64
        };
        Ok(Signature { args: vec![ty.clone(), ty.clone()], output: ty })
    }

    fn call(&self, args: &[Series], _: usize, _: &QueryContext) -> Result<Series> {
        let [a, b] = args else { return Err(Error::internal("`**` needs two sides")) };
        if *a.ty() == Type::Float64 { numbers::floats(a, b, f64::powf) } else { integers::power(a, b) }
    }
}
