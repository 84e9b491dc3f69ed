//! `floor`

use weft_core::function::{ArgType, Example, Family, Function, Monotonicity, Param, Properties};
use weft_core::function::{QueryContext, ScalarFunction, Signature};
use weft_core::{Result, Series};

use super::whole;

pub(super) struct Call;

static INFO: Function = Function {
    name: "floor",
    family: Family::Numeric,
    summary: "The greatest whole number that is not above.",
    params: &[Param::required("x", "a number", "the number")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "floor(-1.5)", result: "-2.0" }, Example { code: "floor(7)", result: "7" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.monotonic(Monotonicity::Increasing)
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        whole::resolve(&INFO, args)
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        whole::call(args, rows, f64::floor, |digits, one| digits.div_euclid(one))
    }
}
