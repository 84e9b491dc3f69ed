//! What `floor` and `ceil` share: integers stay, floats keep their type, decimals lose their fraction.

use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::{Float32Type, Float64Type};
use weft_core::function::{ArgType, Function, Signature};
use weft_core::{Error, Result, Series, Type};

use crate::kernel::{args, columns, decimals};

/// The types of `floor` and `ceil`.
pub(super) fn resolve(info: &Function, args: &[ArgType<'_>]) -> Result<Signature> {
    let ty = args::number(info, args, 0)?;
    let output = match ty {
        Type::Decimal { precision, scale } => whole_decimal(precision, scale),
        ref other => other.clone(),
    };
    Ok(Signature { args: vec![ty], output })
}

/// A decimal without fraction, one digit longer since 9.9 becomes 10.
pub(super) fn whole_decimal(precision: u8, scale: i8) -> Type {
    let whole = i16::from(precision) - i16::from(scale) + 1;
    Type::Decimal { precision: whole.clamp(1, 38) as u8, scale: 0 }
}

/// `float` on floats, `decimal` (of digits and the power of ten that is 1) on decimals.
pub(super) fn call(args: &[Series], rows: usize, float: fn(f64) -> f64, decimal: fn(i128, i128) -> i128) -> Result<Series> {
    let ty = columns::first_type(args)?;
    if ty.is_integer() {
        return args.first().cloned().ok_or_else(|| Error::internal("no argument"));
    }
    let output = match ty {
        Type::Decimal { precision, scale } => whole_decimal(precision, scale),
        ref other => other.clone(),
    };
    columns::propagating(args, rows, output.clone(), |columns, _, _| {
        let input = columns::first(columns)?;
        let result: ArrayRef = match ty {
            Type::Float32 => Arc::new(input.primitive::<Float32Type>()?.unary::<_, Float32Type>(|x| float(x.into()) as f32)),
            Type::Decimal { scale, .. } => {
                let one = decimals::power_of_ten(scale.unsigned_abs().into())?;
                decimals::map(input.array(), &output, |digits| Some(decimal(digits, one)))?
            }
            _ => Arc::new(input.primitive::<Float64Type>()?.unary::<_, Float64Type>(float)),
        };
        Ok(result)
    })
}
