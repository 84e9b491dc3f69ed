//! Groups, distinct rows and joins against plain loops, whatever the threads and sizes.

use std::collections::BTreeMap;
use std::sync::Arc;

use weft_core::expr::NamedExpr;
use weft_core::{AggregateCall, Expr, Field, Schema, Type, Value};
use weft_io::MemorySource;
use weft_plan::LogicalPlan;
use weft_plan::nodes::{JoinKey, JoinKind, NamedAggregate};

use crate::support::Bench;

fn configurations() -> Vec<Bench> {
    let mut all = Vec::new();
    for threads in [1, 2, 8] {
        for rows in [1, 7, 16_384] {
            all.push(Bench::new().set("threads", threads).set("chunk_rows", rows).set("task_rows", rows * 3));
        }
    }
    all
}

/// A table with columns `k` (str, some null) and `v` (int): `n` rows, keys repeat.
fn table(prefix: &str, n: i64, keys: i64) -> (LogicalPlan, Vec<(Option<String>, i64)>) {
    let rows: Vec<(Option<String>, i64)> =
        (0..n).map(|i| ((i % 5 != 3).then(|| format!("key number {}", i * 7 % keys)), i)).collect();
    let (k, v) = (format!("{prefix}k"), format!("{prefix}v"));
    let schema = Schema::new(vec![Field::new(k.as_str(), Type::String), Field::new(v.as_str(), Type::Int64)]).unwrap();
    let values: Vec<Vec<Value>> =
        rows.iter().map(|(k, v)| vec![k.as_deref().map_or(Value::Null, Value::string), Value::Int(*v)]).collect();
    let source = MemorySource::from_rows(schema, &values).unwrap();
    (LogicalPlan::scan(Arc::new(source)).unwrap(), rows)
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_string)
}

fn aggregate(bench: &Bench, plan: &LogicalPlan, name: &str, column: Option<&str>) -> NamedAggregate {
    let args = column.map(|c| Expr::column(plan.schema(), c).unwrap()).into_iter().collect();
    let call = AggregateCall::new(bench.registry.aggregate(name).unwrap(), args).unwrap();
    NamedAggregate { name: name.into(), call }
}

#[test]
fn groups_come_by_first_appearance() {
    for bench in configurations() {
        let (plan, rows) = table("", 500, 11);
        let mut order: Vec<Option<String>> = Vec::new();
        let mut sums: BTreeMap<Option<String>, (i64, i64)> = BTreeMap::new();
        for (k, v) in &rows {
            if !order.contains(k) {
                order.push(k.clone());
            }
            let entry = sums.entry(k.clone()).or_default();
            *entry = (entry.0 + v, entry.1 + 1);
        }
        let keys = vec![NamedExpr { name: "k".into(), expr: Expr::column(plan.schema(), "k").unwrap() }];
        let aggregates = vec![aggregate(&bench, &plan, "sum", Some("v")), aggregate(&bench, &plan, "count", None)];
        let got = bench.rows(&plan.clone().aggregate(keys, aggregates).unwrap());
        let expected: Vec<Vec<Value>> = order
            .iter()
            .map(|k| vec![k.as_deref().map_or(Value::Null, Value::string), Value::Int(sums[k].0), Value::Int(sums[k].1)])
            .collect();
        assert_eq!(got, expected);
    }
}

#[test]
fn no_keys_give_one_row_even_of_nothing() {
    for bench in configurations() {
        let plan = bench.range(0);
        let aggregates = vec![aggregate(&bench, &plan, "count", None), aggregate(&bench, &plan, "sum", Some("id"))];
        let got = bench.rows(&plan.aggregate(Vec::new(), aggregates).unwrap());
        assert_eq!(got, [[Value::Int(0), Value::Null]]);
    }
}

#[test]
fn aggregates_that_observe_order_see_the_order_of_the_input() {
    for bench in configurations() {
        let plan = bench.range(1_000).union(vec![bench.range(3)]).unwrap();
        let aggregates = vec![aggregate(&bench, &plan, "first", Some("id")), aggregate(&bench, &plan, "last", Some("id"))];
        let got = bench.rows(&plan.aggregate(Vec::new(), aggregates).unwrap());
        assert_eq!(got, [[Value::Int(0), Value::Int(2)]]);
    }
}

#[test]
fn distinct_keeps_the_first_row_of_each_key() {
    for bench in configurations() {
        let (plan, rows) = table("", 300, 13);
        let mut seen = Vec::new();
        let first: Vec<i64> = rows
            .iter()
            .filter(|(k, _)| {
                !seen.contains(k) && {
                    seen.push(k.clone());
                    true
                }
            })
            .map(|(_, v)| *v)
            .collect();
        let on = plan.clone().distinct(vec!["k".into()]).unwrap();
        let got: Vec<i64> = bench.rows(&on).iter().map(|r| r[1].as_int().unwrap()).collect();
        assert_eq!(got, first);
        let whole = plan.select_columns(["k"]).unwrap().distinct(Vec::new()).unwrap();
        let got: Vec<Option<String>> = bench.rows(&whole).iter().map(|r| text(&r[0])).collect();
        assert_eq!(got, seen);
    }
}

/// The rows of a join by two loops: left order, then right order.
fn nested_loops(left: &[(Option<String>, i64)], right: &[(Option<String>, i64)], kind: JoinKind, less: bool) -> Vec<Vec<Value>> {
    let row = |k: &Option<String>, v: i64| vec![k.as_deref().map_or(Value::Null, Value::string), Value::Int(v)];
    let mut out = Vec::new();
    for (k, v) in left {
        let matches: Vec<_> = right.iter().filter(|(q, w)| k.is_some() && k == q && (!less || w < v)).collect();
        match kind {
            JoinKind::Semi if !matches.is_empty() => out.push(row(k, *v)),
            JoinKind::Anti if matches.is_empty() => out.push(row(k, *v)),
            JoinKind::Left if matches.is_empty() => out.push([row(k, *v), vec![Value::Null, Value::Null]].concat()),
            JoinKind::Inner | JoinKind::Left => {
                out.extend(matches.iter().map(|(q, w)| [row(k, *v), row(q, *w)].concat()));
            }
            _ => {}
        }
    }
    out
}

#[test]
fn joins_give_what_two_loops_give() {
    for bench in configurations() {
        let (left, left_rows) = table("a", 120, 17);
        let (right, right_rows) = table("b", 90, 23);
        for kind in [JoinKind::Inner, JoinKind::Left, JoinKind::Semi, JoinKind::Anti] {
            for less in [false, true] {
                let key = JoinKey {
                    left: Expr::column(left.schema(), "ak").unwrap(),
                    right: Expr::column(right.schema(), "bk").unwrap(),
                    null_safe: false,
                };
                let condition = less.then(|| {
                    let sides = vec![Expr::column(right.schema(), "bv").unwrap(), Expr::column(left.schema(), "av").unwrap()];
                    Expr::call(bench.registry.scalar("less").unwrap(), sides).unwrap()
                });
                let plan = left.clone().join(right.clone(), kind, vec![key], condition).unwrap();
                assert_eq!(bench.rows(&plan), nested_loops(&left_rows, &right_rows, kind, less), "{kind}, residual {less}");
            }
        }
    }
}

#[test]
fn a_join_with_an_empty_side_keeps_what_the_kind_says() {
    let bench = Bench::new();
    let (left, rows) = table("a", 20, 5);
    let (empty, _) = table("b", 0, 5);
    let key = || JoinKey {
        left: Expr::column(left.schema(), "ak").unwrap(),
        right: Expr::column(empty.schema(), "bk").unwrap(),
        null_safe: false,
    };
    for (kind, expected) in [(JoinKind::Inner, 0), (JoinKind::Left, 20), (JoinKind::Semi, 0), (JoinKind::Anti, 20)] {
        let plan = left.clone().join(empty.clone(), kind, vec![key()], None).unwrap();
        assert_eq!(bench.rows(&plan).len(), expected, "{kind} of {}", rows.len());
    }
}

#[test]
fn groups_past_the_memory_limit_are_counted_from_disk() {
    let bench = Bench::new();
    bench.pool.set_limit(16 << 20);
    let plan = bench.range(1_000_000);
    let keys = vec![NamedExpr { name: "id".into(), expr: Expr::column(plan.schema(), "id").unwrap() }];
    let aggregates = vec![aggregate(&bench, &plan, "count", None)];
    let groups = plan.aggregate(keys, aggregates).unwrap();
    let total = aggregate(&bench, &groups, "count", None);
    assert_eq!(bench.rows(&groups.aggregate(Vec::new(), vec![total]).unwrap()), [[Value::Int(1_000_000)]]);
    assert!(bench.pool.peak() <= 16 << 20);
    assert_eq!(bench.pool.used(), 0);
}
