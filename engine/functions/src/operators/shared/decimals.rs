//! Decimal arithmetic: exact; checked only where a result can have more than 38 digits.

use arrow::array::ArrowPrimitiveType;
use arrow::datatypes::{Decimal64Type, Decimal128Type};
use weft_compute::arithmetic::{Integer, binary_checked, binary_optional, unary_checked};
use weft_core::value::text::decimal_text;
use weft_core::{Error, Result, Series, Type};

use super::integers::by_zero;
use super::numbers::Kind;

/// The largest digits of a decimal.
const LIMIT: i128 = 10i128.pow(38);

/// The type of the result of `+`, `-` (sides of one scale) or `*`.
pub(in crate::operators) fn result_type(kind: Kind, a: &Type, b: &Type) -> Result<Type> {
    match kind {
        Kind::Add | Kind::Subtract => weft_core::types::decimal_add_type(a, b),
        Kind::Multiply => weft_core::types::decimal_multiply_type(a, b),
    }
    .ok_or_else(|| {
        Error::type_mismatch(format!("{a} {} {b} has more than 38 digits after the point", kind.symbol()))
            .with_help("cast one side to float or to a decimal of fewer digits")
    })
}

/// `+`, `-`, `*` of two decimal columns.
pub(in crate::operators) fn arithmetic(kind: Kind, a: &Series, b: &Series) -> Result<Series> {
    let ty = result_type(kind, a.ty(), b.ty())?;
    match (narrow(&ty), narrow(a.ty()), narrow(b.ty())) {
        (true, ..) => narrow_result(kind, a, b, &ty),
        (false, true, true) => wide_result::<Decimal64Type, Decimal64Type>(kind, a, b, &ty),
        (false, true, false) => wide_result::<Decimal64Type, Decimal128Type>(kind, a, b, &ty),
        (false, false, true) => wide_result::<Decimal128Type, Decimal64Type>(kind, a, b, &ty),
        (false, false, false) => wide_result::<Decimal128Type, Decimal128Type>(kind, a, b, &ty),
    }
}

/// Whether values are stored in 64 bits.
fn narrow(ty: &Type) -> bool {
    matches!(ty, Type::Decimal { precision, .. } if *precision <= 18)
}

fn scale_of(ty: &Type) -> i8 {
    if let Type::Decimal { scale, .. } = ty { *scale } else { 0 }
}

fn narrow_result(kind: Kind, a: &Series, b: &Series, ty: &Type) -> Result<Series> {
    type D = Decimal64Type;
    let fail = |x: i64, y: i64| overflow(kind, a.ty(), x.into(), b.ty(), y.into());
    match kind {
        Kind::Add => binary_checked::<D, D, D>(a, b, ty, Integer::plus, fail),
        Kind::Subtract => binary_checked::<D, D, D>(a, b, ty, Integer::minus, fail),
        Kind::Multiply => binary_checked::<D, D, D>(a, b, ty, Integer::times, fail),
    }
}

fn wide_result<A: ArrowPrimitiveType, B: ArrowPrimitiveType>(kind: Kind, a: &Series, b: &Series, ty: &Type) -> Result<Series>
where
    A::Native: Into<i128>,
    B::Native: Into<i128>,
{
    type W = Decimal128Type;
    let fail = |x: A::Native, y: B::Native| overflow(kind, a.ty(), x.into(), b.ty(), y.into());
    let past = |(value, wrapped): (i128, bool)| (value, wrapped | (value >= LIMIT) | (value <= -LIMIT));
    match kind {
        Kind::Add => binary_checked::<A, B, W>(a, b, ty, |x, y| past(x.into().plus(y.into())), fail),
        Kind::Subtract => binary_checked::<A, B, W>(a, b, ty, |x, y| past(x.into().minus(y.into())), fail),
        // Sides of at most 18 digits cannot pass 36: one widening multiplication, nothing to check.
        Kind::Multiply if narrow(a.ty()) && narrow(b.ty()) => {
            binary_checked::<A, B, W>(a, b, ty, |x, y| (x.into().wrapping_mul(y.into()), false), fail)
        }
        Kind::Multiply => binary_checked::<A, B, W>(a, b, ty, |x, y| past(product(x.into(), y.into())), fail),
    }
}

/// A product that is mostly of small numbers: 128-bit overflow checks cost several multiplications.
fn product(x: i128, y: i128) -> (i128, bool) {
    let small = |n: i128| n == i128::from(n as i64);
    if small(x) && small(y) { (x.wrapping_mul(y), false) } else { x.times(y) }
}

fn overflow(kind: Kind, a: &Type, x: i128, b: &Type, y: i128) -> Error {
    let (x, y) = (decimal_text(x, scale_of(a)), decimal_text(y, scale_of(b)));
    Error::value(format!("decimal overflow: {x} {} {y} has more than 38 digits", kind.symbol()))
        .with_help("cast one side to float or to a decimal of fewer digits")
}

/// `//` (whole, as decimal(38, 0)) or `%` of two columns of one decimal type; zero gives null, or an error.
pub(in crate::operators) fn divide_down(a: &Series, b: &Series, rest: bool, zero_is_null: bool) -> Result<Series> {
    let ty = if rest { a.ty().clone() } else { Type::Decimal { precision: 38, scale: 0 } };
    match (narrow(a.ty()), rest) {
        (true, true) => divided::<Decimal64Type, Decimal64Type>(a, b, &ty, rest, zero_is_null),
        (true, false) => divided::<Decimal64Type, Decimal128Type>(a, b, &ty, rest, zero_is_null),
        (false, _) => divided::<Decimal128Type, Decimal128Type>(a, b, &ty, rest, zero_is_null),
    }
}

fn divided<T: ArrowPrimitiveType, U: ArrowPrimitiveType>(
    a: &Series,
    b: &Series,
    ty: &Type,
    rest: bool,
    zero_is_null: bool,
) -> Result<Series>
where
    T::Native: Into<i128>,
    U::Native: TryFrom<i128>,
{
    let scale = scale_of(a.ty());
    binary_optional::<T, T, U>(a, b, ty, |x, y| {
        let (x, y): (i128, i128) = (x.into(), y.into());
        if y == 0 {
            let symbol = if rest { "%" } else { "//" };
            return by_zero(zero_is_null, format_args!("{} {symbol} {}", decimal_text(x, scale), decimal_text(y, scale)));
        }
        let value = if rest { x.floor_rest(y) } else { x.floor_quotient(y).0 };
        U::Native::try_from(value).map(Some).map_err(|_| Error::internal("a remainder wider than its divisor"))
    })
}

/// `-x` of a decimal column.
pub(in crate::operators) fn negate(x: &Series) -> Result<Series> {
    let fail = || Error::value("decimal overflow in `-`");
    if narrow(x.ty()) {
        return unary_checked::<Decimal64Type, Decimal64Type>(x, x.ty(), Integer::negated, |_| fail());
    }
    unary_checked::<Decimal128Type, Decimal128Type>(x, x.ty(), Integer::negated, |_| fail())
}
