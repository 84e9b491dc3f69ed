//! `a - b`

use weft_core::function::{ArgType, Example, Function, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series, Type};

use super::shared::numbers::{self, Kind};
use super::shared::{infix, times};

pub(super) struct Call;

static INFO: Function = infix(
    "subtract",
    "-",
    "The difference; a moment moved back, or the time between two.",
    &[Example { code: "5 - 7", result: "-2" }, Example { code: "@2024-03-01 - 1d", result: "2024-02-29" }],
);

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.fallible()
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        if let Some(signature) = numbers::resolve(Kind::Subtract, args)? {
            return Ok(signature);
        }
        times::resolve(Kind::Subtract, args).ok_or_else(|| refuse(args))
    }

    fn call(&self, args: &[Series], _: usize, _: &QueryContext) -> Result<Series> {
        let [a, b] = args else { return Err(Error::internal("`-` needs two sides")) };
        if a.ty().is_numeric() && b.ty().is_numeric() {
            numbers::call(Kind::Subtract, a, b)
        } else {
            times::call(Kind::Subtract, a, b)
        }
    }
}

fn refuse(args: &[ArgType<'_>]) -> Error {
    let [a, b] = args else { return Error::internal("`-` needs two sides") };
    let error = Error::type_mismatch(format!("`-` cannot subtract {} from {}", b.ty, a.ty));
    match (a.ty, b.ty) {
        (Type::Date, t) if t.is_integer() => error.with_help("days are written 90d, as in `day - 90d`"),
        _ => error,
    }
}
