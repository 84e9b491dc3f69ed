//! `today`

use chrono::NaiveDate;
use weft_core::function::Volatility;
use weft_core::function::{ArgType, Example, Family, Function, Nulls, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::types::TimeUnit;
use weft_core::{Result, Series, Type, Value};

use super::zones::{Zone, from_units};

pub(super) struct Call;

static INFO: Function = Function {
    name: "today",
    family: Family::Time,
    summary: "The day on which the query began, in the session's time zone.",
    params: &[],
    variadic: false,
    operator: None,
    examples: &[Example { code: "today() > @2024-01-01", result: "true" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.nulls(Nulls::Never).volatility(Volatility::Stable).fallible()
    }

    fn resolve(&self, _: &[ArgType<'_>]) -> Result<Signature> {
        Ok(Signature { args: Vec::new(), output: Type::Date })
    }

    fn call(&self, _: &[Series], rows: usize, query: &QueryContext) -> Result<Series> {
        let clock = Zone::parse(&query.time_zone)?.clock(from_units(query.now, TimeUnit::Nanosecond)?);
        let days = (clock.date() - NaiveDate::default()).num_days() as i32;
        Series::constant(Type::Date, &Value::Date(days), rows)
    }
}
