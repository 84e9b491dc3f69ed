//! Whether a condition can be true anywhere in a row group or page, from the bounds of its columns.

use std::cmp::Ordering;
use std::sync::Arc;

use weft_core::expr::ExprKind;
use weft_core::{Expr, Value};

use super::bounds::Bounds;

/// Whether `filter` can be true on some row; `true` where that cannot be told.
pub(super) fn can_match(filter: &Expr, bounds: &dyn Fn(&Arc<str>) -> Option<Bounds>) -> bool {
    match &filter.kind {
        ExprKind::And(parts) => parts.iter().all(|p| can_match(p, bounds)),
        ExprKind::Or(parts) => parts.iter().any(|p| can_match(p, bounds)),
        ExprKind::Literal(Value::Bool(false) | Value::Null) => false,
        ExprKind::InList { input, list } => match input.as_column().and_then(bounds) {
            Some(b) => list.iter().any(|v| compare_can_match("==", &b, v)),
            None => true,
        },
        ExprKind::Call { function, args } => match (function.info().operator.unwrap_or(function.info().name), &args[..]) {
            (operator, [column, literal]) if column.as_column().is_some() => match_literal(operator, column, literal, bounds),
            (operator, [literal, column]) => match_literal(flipped(operator), column, literal, bounds),
            (name, [column]) => match column.as_column().and_then(bounds) {
                Some(b) => null_test_can_match(name, &b),
                None => true,
            },
            _ => true,
        },
        _ => true,
    }
}

/// The operator that says the same with its sides exchanged.
fn flipped(operator: &str) -> &str {
    match operator {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        same => same,
    }
}

fn match_literal(operator: &str, column: &Expr, literal: &Expr, bounds: &dyn Fn(&Arc<str>) -> Option<Bounds>) -> bool {
    match (column.as_column().and_then(bounds), literal.as_literal()) {
        (Some(b), Some(value)) => compare_can_match(operator, &b, value),
        _ => true,
    }
}

fn compare_can_match(operator: &str, bounds: &Bounds, value: &Value) -> bool {
    if !matches!(operator, "==" | "!=" | "<" | "<=" | ">" | ">=") {
        return true;
    }
    if value.is_null() || bounds.nulls.is_some_and(|n| n >= bounds.rows) {
        return false;
    }
    let below = |v: &Option<Value>| v.as_ref().and_then(|v| order(v, value));
    let (min, max) = (below(&bounds.min), below(&bounds.max));
    // NaN is greater than any bound, and statistics do not show it.
    let float = matches!(value, Value::Float(_));
    match operator {
        "==" => min != Some(Ordering::Greater) && (max != Some(Ordering::Less) || is_nan(value)),
        "!=" => float || min != Some(Ordering::Equal) || max != Some(Ordering::Equal),
        "<" => matches!(min, None | Some(Ordering::Less)),
        "<=" => matches!(min, None | Some(Ordering::Less | Ordering::Equal)),
        ">" => float || matches!(max, None | Some(Ordering::Greater)),
        ">=" => float || matches!(max, None | Some(Ordering::Greater | Ordering::Equal)),
        _ => true,
    }
}

fn is_nan(value: &Value) -> bool {
    matches!(value, Value::Float(x) if x.is_nan())
}

fn null_test_can_match(name: &str, bounds: &Bounds) -> bool {
    match name {
        "is_null" => bounds.nulls != Some(0),
        "is_not_null" | "not_null" => bounds.nulls.is_none_or(|n| n < bounds.rows),
        _ => true,
    }
}

/// How two values of one type stand to each other; nothing where they do not compare.
pub(super) fn order(a: &Value, b: &Value) -> Option<Ordering> {
    Some(match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::UInt(a), Value::UInt(b)) => a.cmp(b),
        (Value::Int(_), Value::UInt(_)) => Ordering::Less,
        (Value::UInt(_), Value::Int(_)) => Ordering::Greater,
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b)?,
        (Value::Decimal(a, s), Value::Decimal(b, t)) if s == t => a.cmp(b),
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Binary(a), Value::Binary(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Time(a), Value::Time(b)) | (Value::Timestamp(a), Value::Timestamp(b)) => a.cmp(b),
        (Value::Duration(a), Value::Duration(b)) => a.cmp(b),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ints(min: i64, max: i64) -> Bounds {
        Bounds { min: Some(Value::Int(min)), max: Some(Value::Int(max)), nulls: Some(0), rows: 10 }
    }

    #[test]
    fn comparisons_at_the_edges() {
        let can = |op, n| compare_can_match(op, &ints(3, 5), &Value::Int(n));
        assert_eq!([can("==", 2), can("==", 3), can("==", 5), can("==", 6)], [false, true, true, false]);
        assert_eq!([can("<", 3), can("<", 4), can("<=", 3), can("<=", 2)], [false, true, true, false]);
        assert_eq!([can(">", 5), can(">", 4), can(">=", 5), can(">=", 6)], [false, true, true, false]);
        assert!(can("!=", 3) && !compare_can_match("!=", &ints(3, 3), &Value::Int(3)));
        assert!(can("~", 9));
    }

    #[test]
    fn nulls_and_nan() {
        let nulls = Bounds { nulls: Some(10), rows: 10, ..Bounds::default() };
        assert!(!compare_can_match("==", &nulls, &Value::Int(1)));
        assert!(null_test_can_match("is_null", &nulls) && !null_test_can_match("is_not_null", &nulls));
        assert!(!null_test_can_match("is_null", &ints(1, 2)));
        let floats = Bounds { min: Some(Value::Float(1.0)), max: Some(Value::Float(2.0)), nulls: Some(0), rows: 3 };
        assert!(compare_can_match(">", &floats, &Value::Float(5.0)), "a NaN may stand there");
        assert!(!compare_can_match("<", &floats, &Value::Float(0.5)));
        assert!(!compare_can_match("==", &floats, &Value::Float(5.0)));
    }
}
