//! `now`

use weft_core::function::Volatility;
use weft_core::function::{ArgType, Example, Family, Function, Nulls, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::types::TimeUnit;
use weft_core::{Result, Series, Type, Value};

pub(super) struct Call;

static INFO: Function = Function {
    name: "now",
    family: Family::Time,
    summary: "The time at which the query began, in UTC: the same for all its rows.",
    params: &[],
    variadic: false,
    operator: None,
    examples: &[Example { code: "now() > @2024-01-01T00:00Z", result: "true" }],
};

fn output() -> Type {
    Type::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.nulls(Nulls::Never).volatility(Volatility::Stable)
    }

    fn resolve(&self, _: &[ArgType<'_>]) -> Result<Signature> {
        Ok(Signature { args: Vec::new(), output: output() })
    }

    fn call(&self, _: &[Series], rows: usize, query: &QueryContext) -> Result<Series> {
        Series::constant(output(), &Value::Timestamp(query.now.div_euclid(1_000)), rows)
    }
}
