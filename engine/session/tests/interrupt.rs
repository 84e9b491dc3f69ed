//! An interrupt ends a query wherever it is, gives all memory back and leaves the session ready.

use std::sync::Arc;
use std::time::{Duration, Instant};

use weft_core::error::ErrorKind;
use weft_core::{CancelToken, Expr, OperatorMetrics, Type, Value};
use weft_plan::LogicalPlan;
use weft_plan::nodes::JoinKind;

use crate::support::{Bench, ascending, column, named, same, table};

/// Far more than a debug build needs; a query that does not notice would take minutes.
const SOON: Duration = Duration::from_secs(3);
const ENDLESS: i64 = 1_000_000_000_000;

/// Runs `plan` until the operator `name` fulfils `reached`, cancels it and checks what the session promises.
fn interrupt(bench: &Bench, plan: &LogicalPlan, name: &str, reached: impl Fn(&OperatorMetrics) -> bool) {
    let token = CancelToken::new();
    let query = bench.session.start(plan, &token).unwrap();
    let metrics = Arc::clone(query.metrics());
    let operator = |name: &str| metrics.operators().into_iter().find(|o| o.name.starts_with(name));
    let operator = operator(name).unwrap_or_else(|| panic!("no operator {name}"));
    while !reached(&operator) {
        assert!(!query.wait_for(Duration::from_micros(200)), "over before {name} was where it should be interrupted");
    }
    let start = Instant::now();
    token.cancel();
    let error = query.wait().expect_err(name);
    assert!(start.elapsed() < SOON, "{name} took {:?} to stop", start.elapsed());
    assert_eq!(error.kind(), ErrorKind::Cancelled, "{name}: {error}");
    assert_eq!(bench.session.pool().used(), 0, "{name} still holds memory");
    // Nobody works on it any more.
    let count = || metrics.operators().iter().map(|o| o.rows_in.get() + o.rows_out.get()).sum::<u64>();
    let (rows, checks) = (count(), metrics.checks());
    std::thread::sleep(Duration::from_millis(20));
    assert_eq!((count(), metrics.checks()), (rows, checks), "{name} goes on");
    bench.assert_well();
}

fn begun(operator: &OperatorMetrics) -> bool {
    operator.rows_in.get() > 50_000
}

fn sealed(operator: &OperatorMetrics) -> bool {
    operator.rows_out.get() > 0
}

/// Numbers in an order that is no order.
fn shuffled(bench: &Bench, rows: i64) -> LogicalPlan {
    let plan = bench.range(rows);
    let mixed = bench.call("multiply", vec![column(&plan, "id"), Expr::int(7_919)]);
    let mixed = bench.call("modulo", vec![mixed, Expr::int(1_000_003)]);
    plan.project(vec![named("k", mixed)]).unwrap()
}

#[test]
fn a_scan_is_interrupted() {
    let bench = Bench::new();
    let plan = bench.range(ENDLESS);
    let odd = bench.call("multiply", vec![column(&plan, "id"), Expr::int(2)]);
    let none = bench.call("equal", vec![odd, Expr::int(-1)]);
    let plan = plan.filter(none).unwrap();
    interrupt(&bench, &plan, "scan", |o| o.rows_out.get() > 100_000);
}

#[test]
fn a_group_is_interrupted() {
    let bench = Bench::new();
    let plan = bench.counted_by(shuffled(&bench, ENDLESS / 100), "k");
    interrupt(&bench, &plan, "group", begun);
}

#[test]
fn the_merge_of_groups_is_interrupted() {
    let bench = Bench::new();
    let plan = bench.counted_by(shuffled(&bench, 1_500_000), "k");
    interrupt(&bench, &plan, "group", sealed);
}

#[test]
fn a_sort_is_interrupted() {
    let bench = Bench::new();
    let plan = shuffled(&bench, ENDLESS / 100);
    let plan = plan.clone().sort(vec![ascending(column(&plan, "k"))]).unwrap();
    interrupt(&bench, &plan, "sort", begun);
}

#[test]
fn the_merge_of_a_sort_is_interrupted() {
    let bench = Bench::new();
    let plan = shuffled(&bench, 1_500_000);
    let plan = plan.clone().sort(vec![ascending(column(&plan, "k"))]).unwrap();
    interrupt(&bench, &plan, "sort", sealed);
}

#[test]
fn a_distinct_is_interrupted() {
    let bench = Bench::new();
    let plan = shuffled(&bench, ENDLESS / 100).distinct(vec![]).unwrap();
    interrupt(&bench, &plan, "distinct", begun);
}

/// Windows over many partitions and over one, with frames that need a tree.
fn windowed(bench: &Bench, rows: i64, parts: i64) -> LogicalPlan {
    let plan = shuffled(bench, rows);
    let keys = if parts > 1 { vec![bench.call("modulo", vec![column(&plan, "k"), Expr::int(parts)])] } else { vec![] };
    let sum = bench.aggregate("sum", "sum", vec![column(&plan, "k")]);
    let calls = vec![bench.window("rank", "rank", vec![]), bench.over_rows(sum, Some(-500), Some(500))];
    plan.clone().window(keys, vec![ascending(column(&plan, "k"))], calls).unwrap()
}

#[test]
fn a_window_is_interrupted() {
    let bench = Bench::new();
    interrupt(&bench, &windowed(&bench, ENDLESS / 100, 1_000), "window", begun);
    interrupt(&bench, &windowed(&bench, 1_000_000, 1_000), "window", sealed);
    interrupt(&bench, &windowed(&bench, 1_000_000, 1), "window", sealed);
}

fn joined(bench: &Bench, left: LogicalPlan, right: LogicalPlan, kind: JoinKind, residual: Option<Expr>) -> LogicalPlan {
    let left_key = left.schema().fields()[0].name.clone();
    let right = right.clone().project(vec![named("r", column(&right, &right.schema().fields()[0].name))]).unwrap();
    let key = same(column(&left, &left_key), column(&right, "r"));
    bench.session.set("optimizer_off", &Value::string("build_side")).unwrap();
    left.join(right, kind, vec![key], residual).unwrap()
}

#[test]
fn the_build_of_a_join_is_interrupted() {
    let bench = Bench::new();
    let plan = joined(&bench, bench.range(10), shuffled(&bench, ENDLESS / 100), JoinKind::Inner, None);
    interrupt(&bench, &plan, "join build", begun);
    let plan = joined(&bench, bench.range(ENDLESS), shuffled(&bench, 1_000_000), JoinKind::Semi, None);
    interrupt(&bench, &plan, "join build", sealed);
}

#[test]
fn the_probe_of_a_join_is_interrupted() {
    let bench = Bench::new();
    for kind in [JoinKind::Inner, JoinKind::Left, JoinKind::Semi, JoinKind::Anti] {
        let plan = joined(&bench, bench.range(ENDLESS), bench.range(10), kind, None);
        let plan = plan.aggregate(vec![], vec![bench.aggregate("n", "count", vec![])]).unwrap();
        interrupt(&bench, &plan, &format!("join {kind}"), begun);
    }
}

#[test]
fn a_join_of_one_key_with_itself_is_interrupted_even_if_no_pair_comes_out() {
    let bench = Bench::new();
    // Every left row meets every right row: pairs without end from a single chunk.
    let rows: Vec<Vec<Value>> = (0..100_000).map(|i| vec![Value::Int(1), Value::Int(i)]).collect();
    let left = table(&[("k", Type::Int64), ("v", Type::Int64)], &rows);
    let right = table(&[("q", Type::Int64), ("w", Type::Int64)], &rows);
    let both = bench.call("add", vec![column(&left, "v"), column(&right, "w")]);
    let never = bench.call("less", vec![both, Expr::int(0)]);
    for kind in [JoinKind::Inner, JoinKind::Left, JoinKind::Semi, JoinKind::Anti] {
        let key = same(column(&left, "k"), column(&right, "q"));
        let plan = left.clone().join(right.clone(), kind, vec![key], Some(never.clone())).unwrap();
        interrupt(&bench, &plan, &format!("join {kind}"), |o| o.rows_in.get() > 0);
    }
}

#[test]
fn a_token_that_is_cancelled_already_stops_the_query_at_once() {
    let bench = Bench::new();
    let token = CancelToken::new();
    token.cancel();
    let outcome = bench.session.start(&bench.range(ENDLESS), &token).and_then(weft_session::Query::wait);
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Cancelled);
    bench.assert_well();
}

#[test]
fn an_interrupt_does_not_reach_other_queries() {
    let bench = Bench::new();
    let (token, other) = (CancelToken::new(), CancelToken::new());
    let endless = bench.session.start(&bench.counted_by(shuffled(&bench, ENDLESS / 100), "k"), &token).unwrap();
    let query = bench.session.start(&bench.counted_by(shuffled(&bench, 300_000), "k"), &other).unwrap();
    token.cancel();
    assert_eq!(endless.wait().unwrap_err().kind(), ErrorKind::Cancelled);
    assert_eq!(query.wait().unwrap().partition.rows(), Some(300_000));
    bench.assert_well();
}

#[test]
fn the_token_is_asked_at_least_once_a_chunk_in_every_operator() {
    let bench = Bench::new().set("chunk_rows", 1_000).set("task_rows", 5_000);
    let numbers = || shuffled(&bench, 100_000);
    let k = || column(&numbers(), "k");
    let even = bench.call("equal", vec![bench.call("modulo", vec![k(), Expr::int(2)]), Expr::int(0)]);
    let plans = [
        ("where", numbers().filter(even).unwrap()),
        ("group", bench.counted_by(numbers(), "k")),
        ("sort", numbers().sort(vec![ascending(k())]).unwrap()),
        ("top-n", numbers().sort(vec![ascending(k())]).unwrap().limit(0, Some(50_000)).unwrap()),
        ("distinct", numbers().distinct(vec![]).unwrap()),
        ("join", joined(&bench, numbers(), numbers(), JoinKind::Left, None)),
        ("window", windowed(&bench, 100_000, 100)),
        ("take", numbers().limit(1, Some(90_000)).unwrap()),
        ("tail", numbers().tail(90_000).unwrap()),
    ];
    for (what, plan) in plans {
        let result = bench.run(&plan).unwrap();
        let operators = result.metrics.operators();
        let chunks: u64 = operators.iter().map(|o| o.rows_in.get().max(o.rows_out.get()).div_ceil(1_000)).sum();
        let seen: Vec<_> = operators.iter().map(|o| (&o.name, o.rows_in.get(), o.rows_out.get())).collect();
        assert!(result.metrics.checks() >= chunks, "{what}: {} checks, {chunks} chunks, {seen:?}", result.metrics.checks());
    }
}
