//! Estimates of plans over the toy tables: six rows (known) and about a thousand.

use weft_core::source::Estimate::{About, Exact};
use weft_core::{Expr, Value};

use super::*;
use crate::nodes::JoinKind;
use crate::testing::*;

fn rows(plan: &LogicalPlan) -> Option<Estimate> {
    estimate(plan).rows
}

fn spread() -> LogicalPlan {
    // `k` from 0 to 99 in a thousand rows, ten of them null.
    LogicalPlan::scan(spread_source()).unwrap()
}

fn k() -> Expr {
    Expr::column(spread().schema(), "k").unwrap()
}

#[test]
fn known_counts_stay_known_where_every_step_keeps_them() {
    assert_eq!(rows(&numbers()), Some(Exact(6)));
    assert_eq!(rows(&numbers().sort(vec![asc(col("a"))]).unwrap().limit(1, Some(3)).unwrap()), Some(Exact(3)));
    assert_eq!(rows(&numbers().limit(4, Some(3)).unwrap()), Some(Exact(2)));
    assert_eq!(rows(&numbers().tail(9).unwrap()), Some(Exact(6)));
    assert_eq!(rows(&numbers().union(vec![numbers()]).unwrap()), Some(Exact(12)));
    assert_eq!(rows(&numbers().aggregate(vec![], vec![count("n")]).unwrap()), Some(Exact(1)));
    assert_eq!(rows(&little()), None);
    assert_eq!(rows(&little().limit(0, Some(5)).unwrap()), Some(About(5)));
}

#[test]
fn filters_take_their_part() {
    let part = |predicate: Expr| rows(&spread().filter(predicate).unwrap());
    assert_eq!(part(eq(k(), int(7))), Some(About(10)));
    assert_eq!(part(eq(k(), int(700))), Some(About(0)), "past the greatest value");
    assert_eq!(part(ne(k(), int(7))), Some(About(990)));
    assert_eq!(part(call("lt", vec![k(), int(33)])), Some(About(334)));
    assert_eq!(part(gt(int(33), k())), Some(About(334)), "the column may stand on the right");
    assert_eq!(part(not(call("lt", vec![k(), int(33)]))), Some(About(667)));
    assert_eq!(part(Expr::in_list(k(), vec![int(1), int(2), int(500)]).unwrap()), Some(About(20)));
    let null = Expr::literal(weft_core::Type::Int64, Value::Null);
    assert_eq!(part(call("is", vec![k(), null])), Some(About(10)));
    assert_eq!(part(Expr::and(vec![eq(k(), int(7)), eq(k(), int(8))])), Some(About(1)));
}

#[test]
fn bounds_shrink_with_conditions() {
    let kept = spread().filter(Expr::and(vec![gt(k(), int(10)), gt(int(20), k())])).unwrap();
    let column = estimate(&kept).columns[0].clone();
    assert_eq!((column.min, column.max), (Some(Value::Int(10)), Some(Value::Int(20))));
    assert_eq!(column.nulls, Some(Exact(0)));
}

#[test]
fn groups_are_as_many_as_keys_have_values() {
    let grouped = spread().aggregate(vec![named("k", k())], vec![count("n")]).unwrap();
    assert_eq!(rows(&grouped), Some(About(101)), "nulls are a group");
    assert_eq!(rows(&spread().distinct(vec!["k".into()]).unwrap()), Some(About(101)));
    let unknown = spread().aggregate(vec![named("h", heavy(k()))], vec![]).unwrap();
    assert_eq!(rows(&unknown), Some(About(100)));
}

#[test]
fn joins_spread_rows_over_keys() {
    let join = |kind| numbers().join(spread(), kind, vec![key(col("a"), k())], None).unwrap();
    assert_eq!(rows(&join(JoinKind::Inner)), Some(About(60)));
    assert_eq!(rows(&join(JoinKind::Left)), Some(About(60)));
    assert_eq!(rows(&join(JoinKind::Semi)), Some(About(6)));
    assert_eq!(rows(&join(JoinKind::Anti)), Some(About(0)));
    let none = numbers().limit(0, Some(0)).unwrap();
    let none = none.join(spread(), JoinKind::Inner, vec![key(col("a"), k())], None).unwrap();
    assert_eq!(rows(&none), Some(About(0)));
}

#[test]
fn the_most_rows_are_told_only_where_they_are_certain() {
    assert_eq!(most_rows(&numbers().filter(gt(col("a"), int(1))).unwrap()), Some(6));
    assert_eq!(most_rows(&others()), None);
    assert_eq!(most_rows(&others().limit(0, Some(3)).unwrap()), Some(3));
    let join = numbers().join(
        numbers().project(vec![named("z", col("a"))]).unwrap(),
        JoinKind::Inner,
        vec![key(col("a"), col("z"))],
        None,
    );
    assert_eq!(most_rows(&join.unwrap()), None);
}
