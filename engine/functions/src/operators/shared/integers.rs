//! Integer arithmetic: exact, or an error that shows the operands.

use arrow::array::ArrowPrimitiveType;
use arrow::datatypes::*;
use weft_compute::arithmetic::{Integer, binary_checked, binary_optional, unary_checked};
use weft_core::{Error, Result, Series, Type};

use super::numbers::Kind;

/// Runs `$run::<T>($args)` with the Arrow type of an integer type.
macro_rules! by_width {
    ($ty:expr, $run:ident($($arg:expr),*)) => {
        match $ty {
            Type::Int8 => $run::<Int8Type>($($arg),*),
            Type::Int16 => $run::<Int16Type>($($arg),*),
            Type::Int32 => $run::<Int32Type>($($arg),*),
            Type::Int64 => $run::<Int64Type>($($arg),*),
            Type::UInt8 => $run::<UInt8Type>($($arg),*),
            Type::UInt16 => $run::<UInt16Type>($($arg),*),
            Type::UInt32 => $run::<UInt32Type>($($arg),*),
            Type::UInt64 => $run::<UInt64Type>($($arg),*),
            other => Err(Error::internal(format!("{other} is no integer type"))),
        }
    };
}

/// `+`, `-`, `*` of two columns of one integer type.
pub(in crate::operators) fn arithmetic(kind: Kind, a: &Series, b: &Series) -> Result<Series> {
    by_width!(a.ty(), checked(kind, a, b))
}

fn checked<T: ArrowPrimitiveType>(kind: Kind, a: &Series, b: &Series) -> Result<Series>
where
    T::Native: Integer,
{
    let fail = |x, y| overflow(a.ty(), format_args!("{x} {} {y}", kind.symbol()));
    match kind {
        Kind::Add => binary_checked::<T, T, T>(a, b, a.ty(), Integer::plus, fail),
        Kind::Subtract => binary_checked::<T, T, T>(a, b, a.ty(), Integer::minus, fail),
        Kind::Multiply => binary_checked::<T, T, T>(a, b, a.ty(), Integer::times, fail),
    }
}

/// "integer overflow: 9223372036854775807 + 1"
pub(in crate::operators) fn overflow(ty: &Type, what: std::fmt::Arguments<'_>) -> Error {
    let error = Error::value(format!("integer overflow: {what}"));
    match ty {
        Type::Int64 | Type::UInt64 => error.with_help("cast a side to decimal or float for larger numbers"),
        narrow => error.with_help(format!("the result must fit into {narrow}; cast a side to int for larger numbers")),
    }
}

/// `//` of two columns of one integer type; zero gives null, or an error.
pub(in crate::operators) fn floor_divide(a: &Series, b: &Series, zero_is_null: bool) -> Result<Series> {
    by_width!(a.ty(), quotient(a, b, zero_is_null))
}

fn quotient<T: ArrowPrimitiveType>(a: &Series, b: &Series, zero_is_null: bool) -> Result<Series>
where
    T::Native: Integer,
{
    binary_optional::<T, T, T>(a, b, a.ty(), |x, y| {
        if y == T::Native::default() {
            return by_zero(zero_is_null, format_args!("{x} // {y}"));
        }
        match x.floor_quotient(y) {
            (_, true) => Err(overflow(a.ty(), format_args!("{x} // {y}"))),
            (value, false) => Ok(Some(value)),
        }
    })
}

/// `%` of two columns of one integer type; zero gives null, or an error.
pub(in crate::operators) fn modulo(a: &Series, b: &Series, zero_is_null: bool) -> Result<Series> {
    by_width!(a.ty(), rest(a, b, zero_is_null))
}

fn rest<T: ArrowPrimitiveType>(a: &Series, b: &Series, zero_is_null: bool) -> Result<Series>
where
    T::Native: Integer,
{
    binary_optional::<T, T, T>(a, b, a.ty(), |x, y| {
        if y == T::Native::default() {
            return by_zero(zero_is_null, format_args!("{x} % {y}"));
        }
        Ok(Some(x.floor_rest(y)))
    })
}

/// Null, or "division by zero: 7 // 0".
pub(in crate::operators) fn by_zero<T>(zero_is_null: bool, what: std::fmt::Arguments<'_>) -> Result<Option<T>> {
    if zero_is_null {
        return Ok(None);
    }
    Err(Error::value(format!("division by zero: {what}")).with_help("`set on_divide_by_zero = \"null\"` gives null instead"))
}

/// `-x` of a signed column.
pub(in crate::operators) fn negate(x: &Series) -> Result<Series> {
    by_width!(x.ty(), negated(x))
}

fn negated<T: ArrowPrimitiveType>(x: &Series) -> Result<Series>
where
    T::Native: Integer,
{
    unary_checked::<T, T>(x, x.ty(), Integer::negated, |n| overflow(x.ty(), format_args!("-({n})")))
}

/// `a ** b` of two columns of one integer type.
pub(in crate::operators) fn power(a: &Series, b: &Series) -> Result<Series> {
    by_width!(a.ty(), raised(a, b))
}

fn raised<T: ArrowPrimitiveType>(a: &Series, b: &Series) -> Result<Series>
where
    T::Native: Integer + TryInto<u32>,
{
    binary_optional::<T, T, T>(a, b, a.ty(), |x, y| {
        let exponent = y.try_into().map_err(|_| Error::value(format!("{x} ** {y} is no integer")))?;
        match x.raised(exponent) {
            (_, true) => Err(overflow(a.ty(), format_args!("{x} ** {y}"))),
            (value, false) => Ok(Some(value)),
        }
    })
}
