//! `round`

use std::sync::Arc;

use arrow::array::{Array, ArrayRef};
use arrow::datatypes::{Float32Type, Float64Type};
use weft_core::function::{ArgType, Default, Example, Family, Function, Param, Properties};
use weft_core::function::{QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series, Type};

use crate::kernel::columns::{self, Column};
use crate::kernel::{args, decimals};

pub(super) struct Call;

static INFO: Function = Function {
    name: "round",
    family: Family::Numeric,
    summary: "The nearest number with so many digits after the point; halves go away from zero.",
    params: &[
        Param::required("x", "a number", "the number"),
        Param::option("digits", "int", Default::Int(0), "digits kept; negative ones round to tens, hundreds, …"),
    ],
    variadic: false,
    operator: None,
    examples: &[
        Example { code: "round(2.5)", result: "3.0" },
        Example { code: "round(3.14159, 2)", result: "3.14" },
        Example { code: "round(1250, -2)", result: "1300" },
    ],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.fallible()
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let ty = args::number(&INFO, args, 0)?;
        args::int(&INFO, args, 1)?;
        let digits = args::literal(&INFO, args, 1)?.as_int().unwrap_or(0);
        Ok(Signature { output: rounded_type(&ty, digits), args: vec![ty, Type::Int64] })
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        let ty = columns::first_type(args)?;
        let digits = columns::literal(args, 1)?.as_int().unwrap_or(0);
        let output = rounded_type(&ty, digits);
        columns::propagating(args, rows, output.clone(), |columns, _, _| {
            let input = columns::first(columns)?;
            match ty {
                Type::Float32 => {
                    Ok(Arc::new(input.primitive::<Float32Type>()?.unary::<_, Float32Type>(|x| round(x.into(), digits) as f32)))
                }
                Type::Float64 => Ok(Arc::new(input.primitive::<Float64Type>()?.unary::<_, Float64Type>(|x| round(x, digits)))),
                Type::Decimal { scale, .. } => round_decimals(input, i64::from(scale), digits, &output),
                _ => round_integers(input, digits),
            }
        })
    }
}

/// Decimals lose digits after the point and may gain one before it; all else keeps its type.
fn rounded_type(ty: &Type, digits: i64) -> Type {
    match *ty {
        Type::Decimal { precision, scale } if digits < i64::from(scale) => {
            let kept = digits.clamp(0, 38) as i16;
            let precision = i16::from(precision) - i16::from(scale) + kept + 1;
            Type::Decimal { precision: precision.clamp(1, 38) as u8, scale: kept as i8 }
        }
        ref other => other.clone(),
    }
}

/// Halves away from zero; numbers too great for the power of ten have no digits to lose.
fn round(x: f64, digits: i64) -> f64 {
    let digits = digits.clamp(-400, 400) as i32;
    let power = 10f64.powi(digits.abs());
    let rounded = if digits >= 0 { (x * power).round() / power } else { (x / power).round() * power };
    if rounded.is_finite() {
        rounded
    } else if digits < 0 && x.is_finite() {
        0.0
    } else {
        x
    }
}

fn round_decimals(input: &Column, scale: i64, digits: i64, output: &Type) -> Result<ArrayRef> {
    if digits >= scale {
        return Ok(Arc::clone(input.array()));
    }
    let tens = u32::try_from(-digits.min(0)).unwrap_or(u32::MAX);
    let dropped = u32::try_from(scale - digits).unwrap_or(u32::MAX);
    match (10i128.checked_pow(dropped), 10i128.checked_pow(tens)) {
        (Some(divisor), Some(back)) => {
            decimals::map(input.array(), output, |d| decimals::round_half_away(d, divisor).checked_mul(back))
        }
        _ => decimals::map(input.array(), output, |_| Some(0)),
    }
}

fn round_integers(input: &Column, digits: i64) -> Result<ArrayRef> {
    if digits >= 0 {
        return Ok(Arc::clone(input.array()));
    }
    let Some(tens) = u32::try_from(-digits).ok().and_then(|n| 10i128.checked_pow(n)) else {
        return round_integers(input, -38);
    };
    with_integer!(input.array().data_type(), T => {
        let numbers = input.primitive::<T>()?;
        let rounded = columns::try_primitives::<T>(numbers.len(), numbers.nulls().cloned(), |row| {
            let x = i128::from(numbers.value(row));
            let rounded = decimals::round_half_away(x, tens) * tens;
            rounded.try_into().map_err(|_| Error::value(format!("round({x}, {digits}) does not fit into {}", numbers.data_type())))
        })?;
        Ok(Arc::new(rounded) as ArrayRef)
    }, other => Err(Error::internal(format!("round of {other}"))))
}
