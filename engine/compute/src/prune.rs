//! Leaving out rows by what is known of them: whether a filter can, must or cannot be true between a minimum and a maximum.
//!
//! Conservative: what is not understood may be true or not. Bounds may be loose (truncated text). NaN stands in no bound
//! of a file, so the greatest float is never known.

use std::cmp::Ordering;

use weft_core::expr::ExprKind;
use weft_core::{Expr, Type, Value};

use crate::Comparison;

/// What is known of a column in a row group, page or partition.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bounds {
    /// No value is smaller. A value of the column's type.
    pub min: Option<Value>,
    /// No value is greater. A value of the column's type.
    pub max: Option<Value>,
    /// Nulls among the rows.
    pub nulls: Option<u64>,
    /// Rows.
    pub rows: Option<u64>,
}

/// What a filter does to all of the rows that the bounds describe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pruned {
    /// It is true on none.
    Skip,
    /// It may be true on some.
    Keep,
    /// It is true on all.
    All,
}

/// What `filter` (columns by name) does to the rows that `bounds` describes; `bounds` gives nothing for a column of
/// which nothing is known.
pub fn prune(filter: &Expr, bounds: &dyn Fn(&str) -> Option<Bounds>) -> Pruned {
    let outcome = outcome(filter, bounds);
    match (outcome.can_be_true, outcome.can_be_false || outcome.can_be_null) {
        (false, _) => Pruned::Skip,
        (true, false) => Pruned::All,
        (true, true) => Pruned::Keep,
    }
}

/// Which truth values a condition can take on the rows.
#[derive(Debug, Clone, Copy)]
struct Outcome {
    can_be_true: bool,
    can_be_false: bool,
    can_be_null: bool,
}

impl Outcome {
    const UNKNOWN: Outcome = Outcome { can_be_true: true, can_be_false: true, can_be_null: true };
    const NULL: Outcome = Outcome { can_be_true: false, can_be_false: false, can_be_null: true };

    fn certain(truth: bool) -> Self {
        Outcome { can_be_true: truth, can_be_false: !truth, can_be_null: false }
    }

    fn not(self) -> Self {
        Outcome { can_be_true: self.can_be_false, can_be_false: self.can_be_true, can_be_null: self.can_be_null }
    }

    fn and(self, other: Self) -> Self {
        Outcome {
            can_be_true: self.can_be_true && other.can_be_true,
            can_be_false: self.can_be_false || other.can_be_false,
            can_be_null: self.can_be_null && (other.can_be_true || other.can_be_null)
                || other.can_be_null && (self.can_be_true || self.can_be_null),
        }
    }

    fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }
}

fn outcome(filter: &Expr, bounds: &dyn Fn(&str) -> Option<Bounds>) -> Outcome {
    match &filter.kind {
        ExprKind::Literal(Value::Bool(truth)) => Outcome::certain(*truth),
        ExprKind::Literal(Value::Null) => Outcome::NULL,
        ExprKind::And(parts) => parts.iter().map(|p| outcome(p, bounds)).fold(Outcome::certain(true), Outcome::and),
        ExprKind::Or(parts) => parts.iter().map(|p| outcome(p, bounds)).fold(Outcome::certain(false), Outcome::or),
        ExprKind::Column(_) if filter.ty == Type::Bool => compared(filter, Comparison::Equal, &Value::Bool(true), bounds),
        ExprKind::InList { input, list } => in_list(input, list, bounds),
        ExprKind::Call { function, args } => call(function.info().name, args, bounds),
        _ => Outcome::UNKNOWN,
    }
}

fn call(name: &str, args: &[Expr], bounds: &dyn Fn(&str) -> Option<Bounds>) -> Outcome {
    let op = match (name, args) {
        ("not", [x]) => return outcome(x, bounds).not(),
        ("is_null", [x]) => return null_test(x, bounds),
        ("is_not_null", [x]) => return null_test(x, bounds).not(),
        ("startswith", [x, prefix]) => return starts_with(x, prefix, bounds),
        ("is_same", [x, y]) => return same(x, y, bounds),
        ("is_not_same", [x, y]) => return same(x, y, bounds).not(),
        ("equal", _) => Comparison::Equal,
        ("not_equal", _) => Comparison::NotEqual,
        ("less", _) => Comparison::Less,
        ("less_equal", _) => Comparison::LessEqual,
        ("greater", _) => Comparison::Greater,
        ("greater_equal", _) => Comparison::GreaterEqual,
        _ => return Outcome::UNKNOWN,
    };
    let [a, b] = args else { return Outcome::UNKNOWN };
    match (a.as_literal(), b.as_literal()) {
        (None, Some(value)) => compared(a, op, value, bounds),
        (Some(value), None) => compared(b, op.flipped(), value, bounds),
        _ => Outcome::UNKNOWN,
    }
}

/// The bounds of a plain column. Casts are left alone: they may round, wrap around a zone or fail.
fn bounds_of(column: &Expr, bounds: &dyn Fn(&str) -> Option<Bounds>) -> Option<Bounds> {
    bounds(column.as_column()?)
}

fn nulls_of(known: &Bounds) -> (bool, bool) {
    let can_be_null = known.nulls != Some(0);
    let can_be_value = !(known.nulls.is_some() && known.nulls == known.rows);
    (can_be_null, can_be_value)
}

/// A column compared with a value.
fn compared(column: &Expr, op: Comparison, value: &Value, bounds: &dyn Fn(&str) -> Option<Bounds>) -> Outcome {
    if value.is_null() {
        return Outcome::NULL;
    }
    let Some(known) = bounds_of(column, bounds) else { return Outcome::UNKNOWN };
    let (can_be_null, can_be_value) = nulls_of(&known);
    if !can_be_value {
        return Outcome::NULL;
    }
    // NaN is greater than any bound that a file gives.
    let max = if column.ty.is_float() { None } else { known.max.as_ref() };
    // How the column's values can stand to `value`.
    let low = known.min.as_ref().and_then(|m| order(m, value));
    let high = max.and_then(|m| order(m, value));
    let can = |wanted: Ordering| match wanted {
        Ordering::Less => low.is_none_or(Ordering::is_lt),
        Ordering::Greater => high.is_none_or(Ordering::is_gt),
        Ordering::Equal => low.is_none_or(Ordering::is_le) && high.is_none_or(Ordering::is_ge),
    };
    let orders = [Ordering::Less, Ordering::Equal, Ordering::Greater];
    Outcome {
        can_be_true: orders.iter().any(|&o| op.holds(o) && can(o)),
        can_be_false: orders.iter().any(|&o| !op.holds(o) && can(o)),
        can_be_null,
    }
}

/// How two values of one type stand to each other; nothing where that is not plain.
fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Bool(x), Value::Bool(y)) => Some(x.cmp(y)),
        (Value::Int(x), Value::Int(y)) => Some(x.cmp(y)),
        (Value::UInt(x), Value::UInt(y)) => Some(x.cmp(y)),
        (Value::Int(_), Value::UInt(_)) => Some(Ordering::Less),
        (Value::UInt(_), Value::Int(_)) => Some(Ordering::Greater),
        (Value::Float(x), Value::Float(y)) => match (x.is_nan(), y.is_nan()) {
            (false, true) => Some(Ordering::Less),
            // A bound that is NaN bounds nothing.
            (true, _) => None,
            (false, false) => x.partial_cmp(y),
        },
        (Value::Decimal(x, s), Value::Decimal(y, t)) if s == t => Some(x.cmp(y)),
        (Value::String(x), Value::String(y)) => Some(x.as_bytes().cmp(y.as_bytes())),
        (Value::Binary(x), Value::Binary(y)) => Some(x.cmp(y)),
        (Value::Date(x), Value::Date(y)) => Some(x.cmp(y)),
        (Value::Time(x), Value::Time(y))
        | (Value::Timestamp(x), Value::Timestamp(y))
        | (Value::Duration(x), Value::Duration(y)) => Some(x.cmp(y)),
        _ => None,
    }
}

fn in_list(input: &Expr, list: &[Value], bounds: &dyn Fn(&str) -> Option<Bounds>) -> Outcome {
    let mut any = Outcome::certain(false);
    for value in list {
        let hit = compared(input, Comparison::Equal, value, bounds);
        // Null is null for every value of the list, so the parts do not vary there.
        any.can_be_true |= hit.can_be_true;
        any.can_be_null |= hit.can_be_null;
        any.can_be_false &= hit.can_be_false;
    }
    if list.is_empty() {
        return Outcome { can_be_true: false, can_be_false: true, can_be_null: true };
    }
    any
}

fn null_test(x: &Expr, bounds: &dyn Fn(&str) -> Option<Bounds>) -> Outcome {
    let Some(known) = bounds_of(x, bounds) else { return Outcome::UNKNOWN };
    let (can_be_null, can_be_value) = nulls_of(&known);
    Outcome { can_be_true: can_be_null, can_be_false: can_be_value, can_be_null: false }
}

/// `x is value`
fn same(x: &Expr, y: &Expr, bounds: &dyn Fn(&str) -> Option<Bounds>) -> Outcome {
    let (column, value) = match (x.as_literal(), y.as_literal()) {
        (None, Some(value)) => (x, value),
        (Some(value), None) => (y, value),
        _ => return Outcome::UNKNOWN,
    };
    if value.is_null() {
        return null_test(column, bounds);
    }
    let equal = compared(column, Comparison::Equal, value, bounds);
    Outcome { can_be_false: equal.can_be_false || equal.can_be_null, can_be_null: false, ..equal }
}

/// Text with a prefix stands from the prefix up to the next prefix of its length.
fn starts_with(x: &Expr, prefix: &Expr, bounds: &dyn Fn(&str) -> Option<Bounds>) -> Outcome {
    let (Some(Value::String(prefix)), Some(known)) = (prefix.as_literal(), bounds_of(x, bounds)) else {
        return Outcome::UNKNOWN;
    };
    let (can_be_null, can_be_value) = nulls_of(&known);
    if !can_be_value {
        return Outcome::NULL;
    }
    let prefix = prefix.as_bytes();
    let cut = |text: &str| text.as_bytes()[..prefix.len().min(text.len())].cmp(prefix);
    let below = known.max.as_ref().and_then(Value::as_str).is_some_and(|max| cut(max).is_lt());
    let above = known.min.as_ref().and_then(Value::as_str).is_some_and(|min| cut(min).is_gt());
    let inside = |bound: &Option<Value>| bound.as_ref().and_then(Value::as_str).is_some_and(|b| b.as_bytes().starts_with(prefix));
    let all = inside(&known.min) && inside(&known.max);
    Outcome { can_be_true: !below && !above, can_be_false: !all, can_be_null }
}

#[cfg(test)]
mod tests {
    use weft_core::Schema;

    use super::*;

    fn column(ty: Type) -> Expr {
        Expr::column(&Schema::new(vec![weft_core::Field::new("x", ty)]).unwrap(), "x").unwrap()
    }

    fn bounded(min: Value, max: Value, nulls: u64) -> Bounds {
        Bounds { min: Some(min), max: Some(max), nulls: Some(nulls), rows: Some(10) }
    }

    fn check(op: Comparison, value: Value, known: &Bounds, ty: Type) -> Pruned {
        let result = compared(&column(ty), op, &value, &|_| Some(known.clone()));
        match (result.can_be_true, result.can_be_false || result.can_be_null) {
            (false, _) => Pruned::Skip,
            (true, false) => Pruned::All,
            _ => Pruned::Keep,
        }
    }

    #[test]
    fn ranges_decide_comparisons() {
        let known = bounded(Value::Int(10), Value::Int(20), 0);
        let int = |op, n| check(op, Value::Int(n), &known, Type::Int64);
        assert_eq!(int(Comparison::Less, 10), Pruned::Skip);
        assert_eq!(int(Comparison::Less, 11), Pruned::Keep);
        assert_eq!(int(Comparison::Less, 21), Pruned::All);
        assert_eq!(int(Comparison::GreaterEqual, 10), Pruned::All);
        assert_eq!(int(Comparison::Greater, 20), Pruned::Skip);
        assert_eq!(int(Comparison::Equal, 9), Pruned::Skip);
        assert_eq!(int(Comparison::NotEqual, 9), Pruned::All);
        let some_null = bounded(Value::Int(10), Value::Int(20), 1);
        assert_eq!(check(Comparison::Less, Value::Int(21), &some_null, Type::Int64), Pruned::Keep);
        let all_null = bounded(Value::Int(10), Value::Int(20), 10);
        assert_eq!(check(Comparison::Less, Value::Int(15), &all_null, Type::Int64), Pruned::Skip);
    }

    #[test]
    fn floats_may_hide_nan_above_their_maximum() {
        let known = bounded(Value::Float(1.0), Value::Float(2.0), 0);
        assert_eq!(check(Comparison::Greater, Value::Float(5.0), &known, Type::Float64), Pruned::Keep);
        assert_eq!(check(Comparison::Less, Value::Float(1.0), &known, Type::Float64), Pruned::Skip);
        assert_eq!(check(Comparison::Less, Value::Float(5.0), &known, Type::Float64), Pruned::Keep);
        assert_eq!(check(Comparison::Equal, Value::Float(f64::NAN), &known, Type::Float64), Pruned::Keep);
        let zero = bounded(Value::Float(-0.0), Value::Float(0.0), 0);
        assert_eq!(check(Comparison::Less, Value::Float(0.0), &zero, Type::Float64), Pruned::Skip);
    }

    #[test]
    fn logic_and_lists_join_what_their_parts_say() {
        let x = || column(Type::Int64);
        let list = |values: &[i64]| Expr::in_list(x(), values.iter().map(|n| Expr::int(*n)).collect()).unwrap();
        let known = |_: &str| Some(bounded(Value::Int(10), Value::Int(20), 0));
        assert_eq!(prune(&list(&[1, 30]), &known), Pruned::Skip);
        assert_eq!(prune(&list(&[1, 15]), &known), Pruned::Keep);
        assert_eq!(prune(&Expr::and(vec![list(&[1]), list(&[15])]), &known), Pruned::Skip);
        assert_eq!(prune(&Expr::or(vec![list(&[1]), list(&[15])]), &known), Pruned::Keep);
        assert_eq!(prune(&Expr::or(vec![list(&[1]), Expr::bool(true)]), &known), Pruned::All);
        let one = |_: &str| Some(bounded(Value::Int(15), Value::Int(15), 0));
        assert_eq!(prune(&list(&[1, 15]), &one), Pruned::All);
        assert_eq!(prune(&list(&[1]), &|_: &str| None), Pruned::Keep);
    }

    #[test]
    fn prefixes_stand_in_a_range() {
        let known = bounded(Value::string("berlin"), Value::string("bonn"), 0);
        let run = |prefix: &str| {
            let result = starts_with(&column(Type::String), &Expr::string(prefix), &|_| Some(known.clone()));
            (result.can_be_true, result.can_be_false)
        };
        assert_eq!(run("a"), (false, true));
        assert_eq!(run("c"), (false, true));
        assert_eq!(run("bo"), (true, true));
        assert_eq!(run("b"), (true, false));
        assert_eq!(run("berlinx"), (true, true));
    }
}
