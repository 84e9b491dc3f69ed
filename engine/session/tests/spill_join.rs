//! Joins whose build side goes to disk: the same pairs in the same order as in memory, and clear words when the disk fails.

use weft_core::error::ErrorKind;
use weft_core::{CancelToken, Value};
use weft_plan::LogicalPlan;
use weft_plan::nodes::JoinKind;

use crate::spill::{LIMIT, assert_asked, assert_same, file, interrupt, run};
use crate::support::{Bench, column, descending, named, rows_of, same};

const KINDS: [JoinKind; 6] = [JoinKind::Inner, JoinKind::Left, JoinKind::Right, JoinKind::Full, JoinKind::Semi, JoinKind::Anti];

/// The rows of a file, and the same under other names: with `k`, which repeats itself and is null at times, on the left,
/// and `key`, of which the left knows two thirds, on the right.
fn sides(bench: &Bench, rows: i64) -> (LogicalPlan, LogicalPlan) {
    let plan = file(bench, rows);
    let modulo = |name: &str, by: i64| bench.call("modulo", vec![column(&plan, name), weft_core::Expr::int(by)]);
    let k = bench.call(
        "add",
        vec![modulo("id", rows * 2 / 3), bench.call("multiply", vec![column(&plan, "few"), weft_core::Expr::int(0)])],
    );
    let left = vec![named("id", column(&plan, "id")), named("k", k), named("x", column(&plan, "x"))];
    let key = bench.call("modulo", vec![column(&plan, "id"), weft_core::Expr::int(rows * 9 / 10)]);
    let right = vec![
        named("key", key),
        named("at", column(&plan, "id")),
        named("s", column(&plan, "s")),
        named("few", column(&plan, "few")),
    ];
    (plan.clone().project(left).unwrap(), plan.project(right).unwrap())
}

/// The join with the text's length for the text, so that the result takes little.
fn joined(bench: &Bench, (left, right): (LogicalPlan, LogicalPlan), kind: JoinKind, residual: bool) -> LogicalPlan {
    let key = same(column(&left, "k"), column(&right, "key"));
    let both = left.clone().join(right.clone(), JoinKind::Inner, vec![], None).unwrap();
    let condition = residual.then(|| bench.call("less", vec![column(&both, "id"), column(&both, "at")]));
    let join = left.join(right, kind, vec![key], condition).unwrap();
    if !kind.shows_right() {
        return join;
    }
    let length = bench.call("length", vec![column(&join, "s")]);
    let mut shown: Vec<_> = ["id", "k", "x", "at", "few"].iter().map(|name| named(name, column(&join, name))).collect();
    shown.push(named("length", length));
    join.project(shown).unwrap()
}

#[test]
fn joins_larger_than_the_budget_agree_with_those_in_memory() {
    let bench = Bench::new();
    for kind in KINDS {
        for residual in [false, true] {
            let join = joined(&bench, sides(&bench, 60_000), kind, residual);
            let (expected, spilled) = run(&bench, &join, "join build");
            assert!(spilled == 0 && !expected.is_empty());
            for (threads, spill, limit) in [(1, "auto", LIMIT), (2, "auto", LIMIT), (2, "always", 1 << 30)] {
                let what = format!("{kind}, residual {residual}, {threads} threads, spilling {spill}");
                // A chunk must fit into what other threads leave of so small a limit.
                let small = Bench::new().set("threads", threads).set("chunk_rows", 1_000).set("memory_limit", limit);
                let small = small.set("spill", spill);
                // The rows are summed up on the way, so that all memory is the join's: their number, and where each stands.
                let (rows, spilled) = run(&small, &join, "join build");
                // Without columns of the right side its rows are small.
                assert!(spilled > 0 || spill == "auto" && !kind.shows_right(), "{what}: nothing spilled");
                assert_same(&what, &rows, &expected);
                let peak = small.session.pool().peak();
                assert!(peak <= limit as usize, "{what}: {peak} bytes");
                small.assert_well();
            }
        }
    }
}

#[test]
fn a_join_below_a_sum_needs_no_order() {
    let bench = Bench::new();
    for kind in KINDS {
        let join = joined(&bench, sides(&bench, 60_000), kind, false);
        let sums = vec![bench.aggregate("n", "count", vec![]), bench.aggregate("ids", "sum", vec![column(&join, "id")])];
        let plan = join.aggregate(vec![], sums).unwrap();
        let (expected, _) = run(&bench, &plan, "group");
        let small = Bench::new().set("threads", 2).set("spill", "always");
        let result = small.session.run(&plan, &CancelToken::new()).unwrap();
        assert_same(&kind.to_string(), &rows_of(&result), &expected);
        let operators = result.metrics.operators();
        assert!(operators.iter().all(|o| o.name != "sort"), "{kind} was sorted");
        drop(result);
        small.assert_well();
    }
}

/// Two joins in one pipeline, both on disk, with an order above.
#[test]
fn joins_on_disk_follow_each_other() {
    let bench = Bench::new().set("threads", 2);
    let join = joined(&bench, sides(&bench, 9_000), JoinKind::Left, false);
    let ids = bench.range(5_000);
    let third = ids.clone().project(vec![named("third", column(&ids, "id"))]).unwrap();
    let key = same(column(&join, "at"), column(&third, "third"));
    let both = join.join(third, JoinKind::Full, vec![key], None).unwrap();
    let sorted = both.clone().sort(vec![descending(column(&both, "few"))]).unwrap();
    for plan in [both, sorted] {
        bench.session.set("spill", &Value::string("auto")).unwrap();
        let expected = bench.rows(&plan);
        bench.session.set("spill", &Value::string("always")).unwrap();
        for threads in [1, 2, 8] {
            bench.session.set("threads", &Value::Int(threads)).unwrap();
            assert_same(&format!("{threads} threads"), &bench.rows(&plan), &expected);
            bench.assert_well();
        }
    }
}

/// All build rows have one key: no hash tells them apart.
#[test]
fn one_key_with_more_rows_than_fit_is_refused_by_name() {
    let bench = Bench::new().set("memory_limit", LIMIT);
    let many = bench.range(1_000_000);
    let zero = bench.call("multiply", vec![column(&many, "id"), weft_core::Expr::int(0)]);
    let right = many.clone().project(vec![named("key", zero), named("at", column(&many, "id"))]).unwrap();
    let left = bench.range(1_000_000);
    let key = same(column(&left, "id"), column(&right, "key"));
    let join = left.join(right, JoinKind::Left, vec![key], None).unwrap();
    let counted = join.aggregate(vec![], vec![bench.aggregate("n", "count", vec![])]).unwrap();
    let error = bench.run(&counted).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Memory, "{error}");
    assert!(error.message().starts_with("join needs "), "{error}");
    bench.assert_well();
    bench.session.set("memory_limit", &Value::string("1GB")).unwrap();
    assert_eq!(bench.ints(&counted), [1_999_999]);
    bench.assert_well();
}

/// A join of two ranges that does not fit, summed up.
fn large(bench: &Bench, rows: i64) -> LogicalPlan {
    let left = bench.range(rows);
    let right = left.clone().project(vec![named("key", column(&left, "id")), named("at", column(&left, "id"))]).unwrap();
    let key = same(column(&left, "id"), column(&right, "key"));
    let join = left.join(right, JoinKind::Left, vec![key], None).unwrap();
    let sum = vec![bench.aggregate("all", "sum", vec![column(&join, "at")])];
    join.aggregate(vec![], sum).unwrap()
}

#[test]
fn the_disk_ends_a_join_by_its_name_and_the_next_one_works() {
    let bench = Bench::new().set("memory_limit", LIMIT).set("spill_limit", 1 << 20);
    let plan = large(&bench, 1_500_000);
    let error = bench.run(&plan).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.message().starts_with("join would spill "), "{error}");
    bench.assert_well();
    bench.session.set("spill_limit", &Value::Int(0)).unwrap();
    let folder = bench.path("spilled");
    std::fs::create_dir(&folder).unwrap();
    bench.session.set("spill_dir", &Value::string("spilled")).unwrap();
    let expected = [1_499_999 * 750_000];
    assert_eq!(bench.ints(&plan), expected);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "files are left");
    std::fs::remove_dir(&folder).unwrap();
    let error = bench.run(&plan).unwrap_err();
    assert!(error.message().starts_with("join cannot spill to "), "{error}");
    bench.assert_well();
    bench.session.set("spill_dir", &Value::string(".")).unwrap();
    assert_eq!(bench.ints(&plan), expected);
    bench.assert_well();
}

#[test]
fn writing_and_joining_parts_is_interrupted() {
    let bench = Bench::new().set("memory_limit", LIMIT);
    let plan = large(&bench, 1_500_000);
    assert_asked(&bench, &plan);
    interrupt(&bench, &plan, "join build", |o| o.spilled.get() > 0);
    interrupt(&bench, &plan, "join left", |o| o.spilled.get() > 0);
    interrupt(&bench, &plan, "join build", |o| o.spill_read.get() > 0);
}
