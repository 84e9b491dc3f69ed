//! How a number that is written out adapts to the value it meets.

use weft_core::function::ArgType;
use weft_core::{Type, Value};

/// The type that `arg` counts as beside `other`.
///
/// A decimal literal is a float unless it meets a decimal column, where it keeps its digits; an integer literal has just
/// its digits beside a decimal and is unsigned beside `uint64` where it can be; `null` is of the other's type.
pub(in crate::operators) fn counts_as(arg: &ArgType<'_>, other: &ArgType<'_>) -> Type {
    let decimal_column = other.ty.is_decimal() && other.value.is_none();
    match arg.value {
        _ if *arg.ty == Type::Null => match other.value {
            Some(Value::Decimal(..)) => Type::Float64,
            _ => other.ty.clone(),
        },
        Some(Value::Decimal(digits, scale)) if decimal_column => {
            let whole = digit_count(*digits).max(scale.unsigned_abs()).max(1);
            Type::Decimal { precision: whole.min(38), scale: *scale }
        }
        Some(Value::Decimal(..)) => Type::Float64,
        Some(Value::Int(n)) if decimal_column => Type::Decimal { precision: digit_count(i128::from(*n)).max(1), scale: 0 },
        Some(Value::Int(n)) if *other.ty == Type::UInt64 && *n >= 0 => Type::UInt64,
        _ => arg.ty.clone(),
    }
}

/// Whether the literal fits `ty` as it stands, so that a comparison may happen in `ty`. `0.1` meets a `float32` as the
/// nearest `float32`: that is the value which somebody who wrote 0.1 into the column finds there.
pub(in crate::operators) fn fits(value: &Value, ty: &Type) -> bool {
    match value {
        Value::Int(_) | Value::UInt(_) => (ty.is_integer() || ty.is_decimal()) && value.to_array(ty).is_ok(),
        Value::Decimal(..) => (ty.is_decimal() || *ty == Type::Float32) && value.to_array(ty).is_ok(),
        _ => false,
    }
}

fn digit_count(digits: i128) -> u8 {
    digits.unsigned_abs().checked_ilog10().map_or(0, |n| n as u8 + 1)
}
