//! `exp`

use weft_core::function::{ArgType, Example, Family, Function, Monotonicity, Param, Properties};
use weft_core::function::{QueryContext, ScalarFunction, Signature};
use weft_core::{Result, Series};

use crate::kernel::{args, columns};

pub(super) struct Call;

static INFO: Function = Function {
    name: "exp",
    family: Family::Numeric,
    summary: "e to the power of the number.",
    params: &[Param::required("x", "a number", "the exponent")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "exp(0)", result: "1.0" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.monotonic(Monotonicity::Increasing)
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        args::float_to_float(&INFO, args)
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        columns::float_to_float(args, rows, f64::exp)
    }
}
