//! Before and after.

use weft_core::expr::CastMode;
use weft_core::{Expr, Type, Value};

use super::Simplify;
use crate::optimize::rule::Rule;
use crate::testing::*;

/// The predicate after the rule, as the language writes it.
fn simple(predicate: Expr) -> String {
    let with = registry();
    let query = weft_core::function::QueryContext::default();
    let context = crate::optimize::RuleContext { registry: &with, query: &query };
    let mut plan = numbers().filter(predicate).unwrap();
    for _ in 0..3 {
        plan = Simplify.apply(&plan, &context).unwrap();
    }
    let crate::Node::Filter(filter) = plan.node() else { panic!("{plan:?}") };
    filter.predicate.to_string()
}

fn flag() -> Expr {
    gt(col("a"), col("b"))
}

#[test]
fn negation() {
    assert_eq!(simple(not(not(flag()))), "a > b");
    assert_eq!(simple(not(flag())), "a <= b");
    assert_eq!(simple(not(gt(col("x"), float(1.0)))), "x <= 1.0", "NaN is the greatest value, so this holds for it too");
    assert_eq!(simple(not(Expr::or(vec![flag(), gt(col("b"), int(1))]))), "(a <= b) and (b <= 1)");
    assert_eq!(simple(not(Expr::and(vec![flag(), gt(col("b"), int(1))]))), "(a <= b) or (b <= 1)");
}

#[test]
fn connectives() {
    assert_eq!(simple(Expr::and(vec![flag(), Expr::bool(true)])), "a > b");
    assert_eq!(simple(Expr::and(vec![flag(), Expr::bool(false)])), "false");
    assert_eq!(simple(Expr::or(vec![flag(), Expr::bool(true)])), "true");
    assert_eq!(simple(Expr::or(vec![flag(), Expr::bool(false)])), "a > b");
    assert_eq!(simple(Expr::and(vec![flag(), flag()])), "a > b");
    assert_eq!(simple(Expr::and(vec![gt(random(), int(1)), gt(random(), int(1))])), "(random() > 1) and (random() > 1)");
    let null = Expr::literal(Type::Bool, Value::Null);
    assert_eq!(simple(Expr::and(vec![flag(), null])), "(a > b) and null");
}

#[test]
fn the_same_on_both_sides() {
    // `a` is never null in the test table, `b` may be.
    assert_eq!(simple(eq(col("a"), col("a"))), "true");
    assert_eq!(simple(ne(col("a"), col("a"))), "false");
    assert_eq!(simple(eq(col("b"), col("b"))), "b == b");
    assert_eq!(simple(eq(random(), random())), "random() == random()");
}

#[test]
fn truth_is_itself() {
    assert_eq!(simple(eq(flag(), Expr::bool(true))), "a > b");
    assert_eq!(simple(eq(Expr::bool(false), flag())), "a <= b");
    assert_eq!(simple(ne(flag(), Expr::bool(true))), "a <= b");
}

#[test]
fn casts_are_compared_in_the_column_type() {
    let small = |n: i64| gt(col("a").cast(Type::Int64, CastMode::Strict), int(n));
    let narrow = Expr::column(little().schema(), "i").unwrap();
    let wide = narrow.clone().cast(Type::Int64, CastMode::Strict);
    assert_eq!(simple(small(3)), "a > 3");
    assert_eq!(simple_over_little(gt(wide.clone(), int(3))), "i > 3");
    assert_eq!(simple_over_little(gt(int(3), wide.clone())), "i < 3");
    assert_eq!(simple_over_little(gt(wide.clone(), int(300))), "i::int > 300", "no int8 is 300");
    let floating = narrow.clone().cast(Type::Float64, CastMode::Strict);
    assert_eq!(simple_over_little(gt(floating, float(2.5))), "i::float > 2.5");
    let listed = Expr::in_list(wide, vec![int(1), int(2)]).unwrap();
    assert_eq!(simple_over_little(listed), "i in [1, 2]");
    let tried = narrow.cast(Type::Int64, CastMode::Try);
    assert_eq!(simple_over_little(gt(tried, int(3))), "i::?int > 3");
}

#[test]
fn dates_are_compared_as_dates() {
    let day = Expr::column(little().schema(), "d").unwrap().cast(Type::timestamp(), CastMode::Strict);
    let at = |micros: i64| Expr::literal(Type::timestamp(), Value::Timestamp(micros));
    assert_eq!(simple_over_little(gt(day.clone(), at(86_400_000_000))), "d > @1970-01-02");
    assert!(simple_over_little(gt(day, at(86_400_000_001))).starts_with("d::"));
}

#[test]
fn lists_of_few() {
    assert_eq!(simple(Expr::in_list(col("a"), vec![int(1)]).unwrap()), "a == 1");
    assert_eq!(simple(Expr::in_list(col("a"), vec![]).unwrap()), "false");
    assert_eq!(simple(Expr::in_list(col("b"), vec![]).unwrap()), "b in []");
}

#[test]
fn branches() {
    let case = |first: Expr, second: Expr| {
        let branches = vec![(first, col("a")), (second, col("b"))];
        gt(Expr::case(branches, Some(int(7))).unwrap(), int(1))
    };
    assert_eq!(simple(case(Expr::bool(true), flag())), "a > 1");
    assert_eq!(simple(case(Expr::bool(false), flag())), "case { a > b => b, else => 7 } > 1");
    assert_eq!(simple(case(flag(), Expr::bool(true))), "case { a > b => a, else => b } > 1");
    let coalesce = |parts| gt(Expr::coalesce(parts).unwrap(), int(1));
    assert_eq!(simple(coalesce(vec![col("b"), col("a"), int(3)])), "(b ?? a) > 1");
    assert_eq!(simple(coalesce(vec![col("a"), int(3)])), "a > 1");
}

fn simple_over_little(predicate: Expr) -> String {
    let with = registry();
    let query = weft_core::function::QueryContext::default();
    let context = crate::optimize::RuleContext { registry: &with, query: &query };
    let plan = Simplify.apply(&little().filter(predicate).unwrap(), &context).unwrap();
    let crate::Node::Filter(filter) = plan.node() else { panic!("{plan:?}") };
    filter.predicate.to_string()
}
