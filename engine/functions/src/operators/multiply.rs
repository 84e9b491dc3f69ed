//! `a * b`

use weft_core::function::{ArgType, Example, Function, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series, Type};

use super::shared::numbers::{self, Kind};
use super::shared::{infix, times};

pub(super) struct Call;

static INFO: Function = infix(
    "multiply",
    "*",
    "The product. Decimals keep all their digits.",
    &[Example { code: "6 * 7", result: "42" }, Example { code: "1.5 * 2", result: "3.0" }],
);

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.fallible()
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        if let Some(signature) = numbers::resolve(Kind::Multiply, args)? {
            return Ok(signature);
        }
        times::resolve(Kind::Multiply, args).ok_or_else(|| refuse(args))
    }

    fn call(&self, args: &[Series], _: usize, _: &QueryContext) -> Result<Series> {
        let [a, b] = args else { return Err(Error::internal("`*` needs two sides")) };
        if a.ty().is_numeric() && b.ty().is_numeric() {
            numbers::call(Kind::Multiply, a, b)
        } else {
            times::call(Kind::Multiply, a, b)
        }
    }
}

fn refuse(args: &[ArgType<'_>]) -> Error {
    let [a, b] = args else { return Error::internal("`*` needs two sides") };
    let error = Error::type_mismatch(format!("`*` cannot multiply {} by {}", a.ty, b.ty));
    match (a.ty, b.ty) {
        (Type::String, _) | (_, Type::String) => error.with_help("text is cast with `::int`, `::float` or `::decimal(…)`"),
        _ => error,
    }
}
