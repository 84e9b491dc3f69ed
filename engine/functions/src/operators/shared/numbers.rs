//! Which types numbers meet in, and the way to the kernel of that type.

use arrow::datatypes::{Float32Type, Float64Type};
use weft_compute::arithmetic::binary_checked;
use weft_core::function::{ArgType, Signature};
use weft_core::types::common_type;
use weft_core::{Error, Result, Series, Type};

use super::literals::counts_as;
use super::{decimals, integers};

/// The operations that all kinds of numbers share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::operators) enum Kind {
    Add,
    Subtract,
    Multiply,
}

impl Kind {
    pub(in crate::operators) fn symbol(self) -> &'static str {
        match self {
            Kind::Add => "+",
            Kind::Subtract => "-",
            Kind::Multiply => "*",
        }
    }
}

/// The two sides as they count, where both are numbers (or null).
pub(in crate::operators) fn pair(args: &[ArgType<'_>]) -> Result<Option<(Type, Type)>> {
    let [a, b] = args else { return Err(Error::internal("an infix operator without two sides")) };
    let (x, y) = (counts_as(a, b), counts_as(b, a));
    Ok(match (x, y) {
        (Type::Null, Type::Null) => Some((Type::Int64, Type::Int64)),
        (x, y) if x.is_numeric() && y.is_numeric() => Some((x, y)),
        _ => None,
    })
}

/// The one type in which two numbers are compared, divided down and so on. 16-bit floats are computed in 32 bits.
pub(in crate::operators) fn meet(a: &Type, b: &Type) -> Result<Type> {
    match common_type(a, b) {
        Some(Type::Float16) => Ok(Type::Float32),
        Some(ty) => Ok(ty),
        None => Err(Error::internal(format!("{a} and {b} do not meet"))),
    }
}

/// The types of `+`, `-`, `*` where both sides are numbers.
pub(in crate::operators) fn resolve(kind: Kind, args: &[ArgType<'_>]) -> Result<Option<Signature>> {
    let Some((a, b)) = pair(args)? else { return Ok(None) };
    let ty = meet(&a, &b)?;
    if !ty.is_decimal() {
        return Ok(Some(Signature { args: vec![ty.clone(), ty.clone()], output: ty }));
    }
    let (mut a, mut b) = (as_decimal(&a)?, as_decimal(&b)?);
    if kind != Kind::Multiply {
        let scale = scale(&a).max(scale(&b));
        (a, b) = (rescaled(&a, scale), rescaled(&b, scale));
    }
    let output = decimals::result_type(kind, &a, &b)?;
    Ok(Some(Signature { args: vec![a, b], output }))
}

/// An integer or decimal type as the decimal type that holds it.
pub(in crate::operators) fn as_decimal(ty: &Type) -> Result<Type> {
    if ty.is_decimal() {
        return Ok(ty.clone());
    }
    let nothing = Type::Decimal { precision: 1, scale: 0 };
    common_type(ty, &nothing).ok_or_else(|| Error::internal(format!("{ty} is no decimal")))
}

fn scale(ty: &Type) -> i8 {
    if let Type::Decimal { scale, .. } = ty { *scale } else { 0 }
}

fn rescaled(ty: &Type, to: i8) -> Type {
    match ty {
        Type::Decimal { precision, scale } => {
            let precision = (i16::from(*precision) + i16::from(to) - i16::from(*scale)).clamp(1, 38) as u8;
            Type::Decimal { precision, scale: to }
        }
        other => other.clone(),
    }
}

/// `+`, `-`, `*` of two number columns of the resolved types.
pub(in crate::operators) fn call(kind: Kind, a: &Series, b: &Series) -> Result<Series> {
    match (a.ty(), kind) {
        (Type::Float64, Kind::Add) => floats(a, b, |x, y| x + y),
        (Type::Float64, Kind::Subtract) => floats(a, b, |x, y| x - y),
        (Type::Float64, Kind::Multiply) => floats(a, b, |x, y| x * y),
        (Type::Float32, Kind::Add) => floats32(a, b, |x, y| x + y),
        (Type::Float32, Kind::Subtract) => floats32(a, b, |x, y| x - y),
        (Type::Float32, Kind::Multiply) => floats32(a, b, |x, y| x * y),
        (Type::Decimal { .. }, _) => decimals::arithmetic(kind, a, b),
        _ => integers::arithmetic(kind, a, b),
    }
}

/// `f` of two float64 columns.
pub(in crate::operators) fn floats(a: &Series, b: &Series, f: impl Fn(f64, f64) -> f64) -> Result<Series> {
    type T = Float64Type;
    binary_checked::<T, T, T>(a, b, &Type::Float64, |x, y| (f(x, y), false), |_, _| cannot_fail())
}

/// `f` of two float32 columns.
pub(in crate::operators) fn floats32(a: &Series, b: &Series, f: impl Fn(f32, f32) -> f32) -> Result<Series> {
    type T = Float32Type;
    binary_checked::<T, T, T>(a, b, &Type::Float32, |x, y| (f(x, y), false), |_, _| cannot_fail())
}

fn cannot_fail() -> Error {
    Error::internal("float arithmetic does not overflow")
}
