//! `date`

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Int64Type};
use chrono::NaiveDate;
use weft_core::function::{ArgType, Example, Family, Function, Param, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series, Type};

use super::zones::{Zone, from_units};
use crate::kernel::{args, columns};

pub(super) struct Call;

static INFO: Function = Function {
    name: "date",
    family: Family::Time,
    summary: "The day of a timestamp, in its zone.",
    params: &[Param::required("x", "a timestamp or date", "the point in time")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "date(@2024-03-09T17:45)", result: "2024-03-09" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    /// Timestamps past the calendar have no day.
    fn properties(&self) -> Properties {
        Properties::SIMPLE.fallible()
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let ty = match args::arg(&INFO, args, 0)?.ty {
            Type::Null => Type::Date,
            ty @ (Type::Date | Type::Timestamp(..)) => ty.clone(),
            other => return Err(args::refuse(&INFO, 0, other)),
        };
        Ok(Signature { args: vec![ty], output: Type::Date })
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        let (unit, zone) = match columns::first_type(args)? {
            Type::Timestamp(unit, zone) => (unit, zone),
            _ => return args.first().cloned().ok_or_else(|| Error::internal("no argument")),
        };
        let zone = zone.as_deref().map(Zone::parse).transpose()?;
        columns::propagating(args, rows, Type::Date, |columns, rows, nulls| {
            let units = cast(columns::first(columns)?.array(), &DataType::Int64)?;
            let units = units.as_primitive::<Int64Type>();
            let days = columns::try_primitives::<Date32Type>(rows, nulls, |row| {
                let units = units.value(row);
                let Some(zone) = zone else {
                    let days = units.div_euclid(unit.per_second() * 86_400);
                    return days
                        .try_into()
                        .map_err(|_| Error::value(format!("{units}{unit} after 1970 is outside the calendar")));
                };
                Ok((zone.clock(from_units(units, unit)?).date() - NaiveDate::default()).num_days() as i32)
            })?;
            Ok(Arc::new(days) as ArrayRef)
        })
    }
}
