//! Windows over more rows than fit: the same results in the same order as in memory, and clear words when the disk fails.

use weft_core::error::ErrorKind;
use weft_core::{CancelToken, Value};
use weft_plan::LogicalPlan;

use crate::spill::{LIMIT, assert_asked, assert_same, file, interrupt, run};
use crate::support::{Bench, ascending, column, named, rows_of};

/// With keys and places, more than the limit.
const ROWS: i64 = 120_000;

/// Places in the order of `x`, counts of what is near, and where each partition began, in one number, over partitions by
/// `keys`; and the text's length, so that the result takes little.
fn windows(bench: &Bench, plan: &LogicalPlan, keys: &[&str]) -> LogicalPlan {
    let partition = keys.iter().map(|key| column(plan, key)).collect();
    let calls = vec![
        bench.window("place", "row_number", vec![]),
        bench.over_rows(bench.aggregate("near", "count", vec![column(plan, "x")]), Some(-3), Some(0)),
        bench.window("first", "appearance", vec![]),
    ];
    let ranked = plan.clone().window(partition, vec![ascending(column(plan, "x"))], calls).unwrap();
    // All in one number, digits beside digits.
    let all = ["place", "first"].iter().fold(column(&ranked, "near"), |all, name| {
        let shifted = bench.call("multiply", vec![all, weft_core::Expr::int(ROWS)]);
        bench.call("add", vec![shifted, column(&ranked, name)])
    });
    let length = bench.call("length", vec![column(&ranked, "s")]);
    let shown = [("id", column(&ranked, "id")), ("all", all), ("length", length)];
    ranked.project(shown.into_iter().map(|(name, expr)| named(name, expr)).collect()).unwrap()
}

/// Partitions of many rows, of few, of one key that is computed, and by several keys.
fn cases(bench: &Bench, plan: &LogicalPlan) -> Vec<(&'static str, LogicalPlan)> {
    let parity = bench.call("modulo", vec![column(plan, "id"), weft_core::Expr::int(1_000)]);
    let mut all: Vec<_> = ["id", "few", "x", "s"].iter().map(|name| named(name, column(plan, name))).collect();
    all.push(named("k", parity));
    let computed = plan.clone().project(all).unwrap();
    vec![
        ("by few", windows(bench, plan, &["few"])),
        ("by text", windows(bench, plan, &["s"])),
        ("by a computed key", windows(bench, &computed, &["k"])),
        ("by two", windows(bench, &computed, &["few", "k"])),
    ]
}

#[test]
fn windows_larger_than_the_budget_agree_with_those_in_memory() {
    let bench = Bench::new();
    let plan = file(&bench, ROWS);
    for (name, windows) in cases(&bench, &plan) {
        let (expected, spilled) = run(&bench, &windows, "window");
        assert!(spilled == 0 && expected.len() == ROWS as usize);
        for (threads, spill, limit) in [(1, "auto", LIMIT), (2, "auto", LIMIT), (2, "always", 1 << 30)] {
            let what = format!("{name}, {threads} threads, spilling {spill}");
            let small = Bench::new().set("threads", threads).set("chunk_rows", 1_000).set("memory_limit", limit);
            let small = small.set("spill", spill);
            let (rows, spilled) = run(&small, &windows, "window");
            assert!(spilled > 1 << 20, "{what}: {spilled} bytes spilled");
            assert_same(&what, &rows, &expected);
            let peak = small.session.pool().peak();
            assert!(peak <= limit as usize, "{what}: {peak} bytes");
            small.assert_well();
        }
    }
}

#[test]
fn windows_below_a_sum_need_no_order() {
    let bench = Bench::new();
    let plan = file(&bench, 20_000);
    for (name, windows) in cases(&bench, &plan) {
        let sums = vec![bench.aggregate("n", "count", vec![]), bench.aggregate("all", "sum", vec![column(&windows, "all")])];
        let plan = windows.aggregate(vec![], sums).unwrap();
        let (expected, _) = run(&bench, &plan, "window");
        let small = Bench::new().set("threads", 2).set("spill", "always");
        let result = small.session.run(&plan, &CancelToken::new()).unwrap();
        assert_same(name, &rows_of(&result), &expected);
        let operators = result.metrics.operators();
        assert!(operators.iter().any(|o| o.name == "window" && o.spilled.get() > 0), "{name} was not spilled");
        assert!(operators.iter().all(|o| o.name != "sort"), "{name} was sorted");
        drop(result);
        small.assert_well();
    }
}

/// A count over partitions of ten rows each, summed up.
fn large(bench: &Bench, rows: i64) -> LogicalPlan {
    let plan = bench.range(rows);
    let key = bench.call("modulo", vec![column(&plan, "id"), weft_core::Expr::int(rows / 10)]);
    let calls = vec![bench.window("place", "row_number", vec![])];
    let ranked = plan.window(vec![key], vec![], calls).unwrap();
    let sum = vec![bench.aggregate("all", "sum", vec![column(&ranked, "place")])];
    ranked.aggregate(vec![], sum).unwrap()
}

#[test]
fn the_disk_ends_a_window_by_its_name_and_the_next_one_works() {
    let bench = Bench::new().set("memory_limit", LIMIT).set("spill_limit", 1 << 20);
    let plan = large(&bench, 1_000_000);
    let error = bench.run(&plan).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.message().starts_with("window would spill "), "{error}");
    bench.assert_well();
    bench.session.set("spill_limit", &Value::Int(0)).unwrap();
    assert_eq!(bench.ints(&plan), [5_500_000]);
    bench.assert_well();
}

#[test]
fn a_window_without_keys_that_does_not_fit_is_refused_by_name() {
    let bench = Bench::new().set("memory_limit", LIMIT);
    let plan = bench.range(2_000_000);
    let ranked = plan.window(vec![], vec![], vec![bench.window("place", "row_number", vec![])]).unwrap();
    let sum = vec![bench.aggregate("all", "sum", vec![column(&ranked, "place")])];
    let error = bench.run(&ranked.aggregate(vec![], sum).unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Memory);
    assert!(error.message().starts_with("window needs "), "{error}");
    bench.assert_well();
}

#[test]
fn writing_and_computing_parts_is_interrupted() {
    let bench = Bench::new().set("memory_limit", LIMIT);
    let plan = large(&bench, 2_000_000);
    assert_asked(&bench, &plan);
    interrupt(&bench, &plan, "window", |o| o.spilled.get() > 0);
    interrupt(&bench, &plan, "window", |o| o.spill_read.get() > 0);
}
