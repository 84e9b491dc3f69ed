//! Comparisons and `in`.

use std::sync::Arc;

use weft_core::error::Result;
use weft_core::expr::CastMode;
use weft_core::{Expr, ExprKind, Type, Value};

use crate::optimize::known::{Relation, as_comparison, compare, not};
use crate::optimize::rule::RuleContext;

/// `x == x` of what is never null; NaN equals itself.
pub(super) fn with_itself(expr: Expr) -> Result<Expr> {
    let Some((relation, left, right)) = as_comparison(&expr) else { return Ok(expr) };
    if left != right || left.nullable || right.nullable || !left.is_deterministic() {
        return Ok(expr);
    }
    Ok(Expr::bool(relation.holds_for_equal()))
}

/// `x == true` is `x`.
pub(super) fn with_truth(expr: Expr, context: &RuleContext<'_>) -> Result<Expr> {
    let Some((relation, left, right)) = as_comparison(&expr) else { return Ok(expr) };
    let truth = |e: &Expr| e.as_literal().and_then(|v| v.as_bool());
    let (tested, value) = match (truth(left), truth(right)) {
        (None, Some(value)) => (left, value),
        (Some(value), None) => (right, value),
        _ => return Ok(expr),
    };
    match relation {
        Relation::Equal if value => Ok(tested.clone()),
        Relation::NotEqual if !value => Ok(tested.clone()),
        Relation::Equal | Relation::NotEqual => Ok(not(context.registry, tested.clone())?.unwrap_or(expr)),
        _ => Ok(expr),
    }
}

/// `x::wide < 5` is `x < 5` in the narrow type, where sources can use it.
pub(super) fn of_cast(expr: Expr, context: &RuleContext<'_>) -> Result<Expr> {
    let rewritten = match (as_comparison(&expr), &expr.kind) {
        (Some((relation, left, right)), _) => {
            if let Some((inner, literal)) = narrowed(left, right) {
                compare(context.registry, relation, inner, literal)?
            } else if let Some((inner, literal)) = narrowed(right, left) {
                compare(context.registry, relation.flipped(), inner, literal)?
            } else {
                None
            }
        }
        (None, ExprKind::InList { input, list }) => narrowed_list(&expr, input, list),
        _ => None,
    };
    Ok(rewritten.unwrap_or(expr))
}

/// The input of a widening cast, and the literal it is compared with in the input's type.
fn narrowed(cast: &Expr, literal: &Expr) -> Option<(Expr, Expr)> {
    let input = widened(cast)?;
    let value = narrow(literal.as_literal()?, &cast.ty, &input.ty)?;
    Some((input.clone(), Expr::literal(input.ty.clone(), value).at(literal.origin)))
}

fn narrowed_list(whole: &Expr, input: &Expr, list: &[Value]) -> Option<Expr> {
    let inner = widened(input)?;
    let values: Option<Arc<[Value]>> = list.iter().map(|v| narrow(v, &input.ty, &inner.ty)).collect();
    let kind = ExprKind::InList { input: Box::new(inner.clone()), list: values? };
    Some(Expr { kind, ..whole.clone() })
}

/// The input of a strict cast that keeps order and tells all values apart.
fn widened(cast: &Expr) -> Option<&Expr> {
    let ExprKind::Cast { input, mode: CastMode::Strict } = &cast.kind else { return None };
    let lossless = match (&input.ty, &cast.ty) {
        (from, to) if from.is_integer() && (to.is_integer() || to.is_decimal()) => {
            weft_core::types::common_type(from, to).as_ref() == Some(to)
        }
        (Type::Int8 | Type::Int16 | Type::Int32 | Type::UInt8 | Type::UInt16 | Type::UInt32, Type::Float64) => true,
        (Type::Decimal { .. }, Type::Decimal { .. }) => {
            weft_core::types::common_type(&input.ty, &cast.ty).as_ref() == Some(&cast.ty)
        }
        (Type::Date, Type::Timestamp(_, None)) => true,
        _ => false,
    };
    lossless.then_some(input)
}

/// A value of type `from` as the same value of the narrower type `to`, where it is one.
fn narrow(value: &Value, from: &Type, to: &Type) -> Option<Value> {
    let whole = |n: i128| i64::try_from(n).ok().map(Value::Int);
    let new = match (value, from, to) {
        (Value::Int(n), _, t) if t.is_integer() => Value::Int(*n),
        (Value::Float(x), _, t) if t.is_integer() && x.fract() == 0.0 && x.abs() < 4e15 => Value::Int(*x as i64),
        (Value::Decimal(digits, scale), _, t) if t.is_integer() => {
            let unit = 10i128.checked_pow(u32::try_from(*scale).ok()?)?;
            (digits % unit == 0).then(|| whole(digits / unit)).flatten()?
        }
        (Value::Decimal(digits, scale), _, Type::Decimal { scale: wanted, .. }) if scale >= wanted => {
            let unit = 10i128.checked_pow(u32::try_from(scale - wanted).ok()?)?;
            (digits % unit == 0).then_some(Value::Decimal(digits / unit, *wanted))?
        }
        (Value::Timestamp(n), Type::Timestamp(unit, None), Type::Date) => {
            let day = unit.per_second().checked_mul(86_400)?;
            (n % day == 0).then(|| i32::try_from(n / day).ok()).flatten().map(Value::Date)?
        }
        _ => return None,
    };
    // Also whether it fits: 300 is no int8.
    new.to_array(to).ok().map(|_| new)
}

/// `x in [a]` is `x == a`; `x in []` is false.
pub(super) fn list_of_few(expr: Expr, context: &RuleContext<'_>) -> Result<Expr> {
    let ExprKind::InList { input, list } = &expr.kind else { return Ok(expr) };
    match &**list {
        [] if !input.nullable => Ok(Expr::bool(false)),
        [only] => {
            let value = Expr::literal(input.ty.clone(), only.clone());
            Ok(compare(context.registry, Relation::Equal, (**input).clone(), value)?.unwrap_or(expr))
        }
        _ => Ok(expr),
    }
}
