//! `a + b`

use weft_core::function::{ArgType, Example, Function, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series, Type};

use super::shared::numbers::{self, Kind};
use super::shared::{infix, times};

pub(super) struct Call;

static INFO: Function = infix(
    "add",
    "+",
    "The sum; a moment moved on by a duration.",
    &[
        Example { code: "1 + 2", result: "3" },
        Example { code: "0.5 + 1", result: "1.5" },
        Example { code: "@2024-01-31 + 1mo", result: "2024-02-29" },
    ],
);

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.fallible()
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        if let Some(signature) = numbers::resolve(Kind::Add, args)? {
            return Ok(signature);
        }
        times::resolve(Kind::Add, args).ok_or_else(|| refuse(args))
    }

    fn call(&self, args: &[Series], _: usize, _: &QueryContext) -> Result<Series> {
        let [a, b] = args else { return Err(Error::internal("`+` needs two sides")) };
        if a.ty().is_numeric() && b.ty().is_numeric() { numbers::call(Kind::Add, a, b) } else { times::call(Kind::Add, a, b) }
    }
}

fn refuse(args: &[ArgType<'_>]) -> Error {
    let [a, b] = args else { return Error::internal("`+` needs two sides") };
    let error = Error::type_mismatch(format!("`+` cannot add {} and {}", a.ty, b.ty));
    match (a.ty, b.ty) {
        (Type::String, _) | (_, Type::String) => error.with_help("text is joined with an f-string, as in f\"{a}{b}\""),
        (Type::Date, t) | (t, Type::Date) if t.is_integer() => error.with_help("days are written 90d, as in `day + 90d`"),
        _ => error,
    }
}
