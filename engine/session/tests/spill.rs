//! What does not fit into memory goes to disk: the same answer, nothing left behind, and clear words when the disk fails.

use std::sync::Arc;
use std::time::Duration;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use weft_core::error::ErrorKind;
use weft_core::expr::SortKey;
use weft_core::{CancelToken, Expr, OperatorMetrics, Value};
use weft_plan::LogicalPlan;

use crate::support::{Bench, ascending, column, descending, named, write_parquet};

pub(crate) const LIMIT: i64 = 16 << 20;

/// With keys and places, more than the limit.
const ROWS: i64 = 90_000;

/// A file of `rows` rows: `id` ascending, `few` with ties and nulls, `x` with NaN, nulls and both zeros, `s` with long, short
/// and missing texts.
pub(crate) fn file(bench: &Bench, rows: i64) -> LogicalPlan {
    let mixed = |i: i64| (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 11;
    let id: ArrayRef = Arc::new(Int64Array::from_iter_values(0..rows));
    let few: ArrayRef =
        Arc::new((0..rows).map(|i| (mixed(i) % 11 != 0).then_some((mixed(i) % 97) as i64)).collect::<Int64Array>());
    let number = |i: i64| match mixed(i) % 13 {
        0 => None,
        1 => Some(f64::NAN),
        2 => Some(-0.0),
        3 => Some(0.0),
        n => Some(n as f64 - mixed(i + 1) as f64),
    };
    let x: ArrayRef = Arc::new((0..rows).map(number).collect::<Float64Array>());
    let text = |i: i64| match mixed(i) % 7 {
        0 => None,
        1 => Some(String::new()),
        2 => Some(format!("kurz {}", mixed(i) % 50)),
        _ => Some(format!(
            "{:016x} ä text that is much longer than a view, and as long as this to fill memory fast: {i}",
            mixed(i) % 60_000
        )),
    };
    let s: ArrayRef = Arc::new((0..rows).map(text).collect::<StringArray>());
    let columns = [("id", id, true), ("few", few, true), ("x", x, true), ("s", s, true)];
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    write_parquet(&bench.path("rows.parquet"), &batch, 20_000, 5_000);
    bench.parquet("rows.parquet").unwrap()
}

/// What identifies a row and shows that its text came along, but takes little memory.
fn short(bench: &Bench, plan: LogicalPlan) -> LogicalPlan {
    let length = bench.call("length", vec![column(&plan, "s")]);
    let columns = vec![named("id", column(&plan, "id")), named("few", column(&plan, "few")), named("length", length)];
    plan.project(columns).unwrap()
}

fn key(plan: &LogicalPlan, name: &str, is_descending: bool, nulls_first: bool) -> SortKey {
    let expr = column(plan, name);
    SortKey { nulls_first, ..if is_descending { descending(expr) } else { ascending(expr) } }
}

/// Sorts by numbers, by texts, by many keys, by one with ties only: with what they are called.
fn sorts(bench: &Bench, plan: &LogicalPlan) -> Vec<(&'static str, LogicalPlan)> {
    let keys = [
        ("by x", vec![key(plan, "x", false, true)]),
        ("by s", vec![key(plan, "s", true, false)]),
        ("by many", vec![key(plan, "few", true, true), key(plan, "s", false, true), key(plan, "x", true, false)]),
        ("by ties", vec![key(plan, "few", false, false)]),
    ];
    keys.into_iter().map(|(name, keys)| (name, short(bench, plan.clone().sort(keys).unwrap()))).collect()
}

/// Runs a plan that must succeed and says how much its operator `name` spilled.
pub(crate) fn run(bench: &Bench, plan: &LogicalPlan, name: &str) -> (Vec<Vec<Value>>, u64) {
    let query = bench.session.start(plan, &CancelToken::new()).unwrap();
    let operators = query.metrics().operators();
    let operator = operators.iter().find(|o| o.name == name).unwrap_or_else(|| panic!("no operator {name}"));
    let rows = crate::support::rows_of(&query.wait().unwrap());
    if operator.spilled.get() > 0 {
        assert!(operator.spill_files.get() > 0 && operator.spill_read.get() >= operator.spilled.get(), "all is read back");
    }
    (rows, operator.spilled.get())
}

pub(crate) fn assert_same(what: &str, rows: &[Vec<Value>], expected: &[Vec<Value>]) {
    assert_eq!(rows.len(), expected.len(), "{what}");
    for (at, (row, wanted)) in rows.iter().zip(expected).enumerate() {
        assert!(row == wanted, "{what}: row {at} is {row:?}, was {wanted:?}");
    }
}

#[test]
fn a_sort_larger_than_the_budget_agrees_with_one_in_memory() {
    let bench = Bench::new();
    let plan = file(&bench, ROWS);
    for (name, sort) in sorts(&bench, &plan) {
        let (expected, spilled) = run(&bench, &sort, "sort");
        assert_eq!(spilled, 0);
        for threads in [1, 2] {
            let small = Bench::new().set("threads", threads).set("memory_limit", LIMIT);
            let what = format!("{name}, {threads} threads");
            let (rows, spilled) = run(&small, &sort, "sort");
            assert!(spilled > 1 << 20, "{what}: {spilled} bytes spilled");
            assert_same(&what, &rows, &expected);
            let peak = small.session.pool().peak();
            assert!(peak <= LIMIT as usize, "{what}: {peak} bytes");
            small.assert_well();
        }
    }
}

#[test]
fn a_sort_gets_by_with_what_others_leave() {
    let bench = Bench::new();
    let plan = file(&bench, ROWS / 6);
    for (name, sort) in sorts(&bench, &plan) {
        let (expected, _) = run(&bench, &sort, "sort");
        let small = Bench::new().set("threads", 1).set("memory_limit", LIMIT);
        let mut other = small.session.pool().reservation("another query");
        other.try_grow(LIMIT as usize - (3 << 20)).unwrap();
        assert_same(name, &run(&small, &sort, "sort").0, &expected);
    }
}

#[test]
fn many_small_runs_are_merged_in_rounds() {
    let bench = Bench::new().set("chunk_rows", 7).set("task_rows", 70);
    let plan = file(&bench, 6_000);
    for (name, sort) in sorts(&bench, &plan) {
        bench.session.set("spill", &Value::string("auto")).unwrap();
        let (expected, _) = run(&bench, &sort, "sort");
        bench.session.set("spill", &Value::string("always")).unwrap();
        for threads in [1, 2, 8] {
            bench.session.set("threads", &Value::Int(threads)).unwrap();
            let (rows, spilled) = run(&bench, &sort, "sort");
            let what = format!("{name}, {threads} threads");
            assert!(spilled > 0, "{what}");
            assert_same(&what, &rows, &expected);
        }
    }
    bench.assert_well();
}

#[test]
fn a_sort_of_nothing_and_of_one_row_spills_too() {
    let bench = Bench::new().set("spill", "always");
    for rows in [0, 1] {
        let plan = bench.range(rows);
        let sort = plan.clone().sort(vec![ascending(column(&plan, "id"))]).unwrap();
        assert_eq!(bench.ints(&sort).len(), rows as usize);
    }
    bench.assert_well();
}

#[test]
fn the_disk_limit_ends_the_query_by_the_name_of_its_operator() {
    let bench = Bench::new().set("memory_limit", LIMIT).set("spill_limit", 1 << 20);
    let plan = file(&bench, ROWS);
    let (_, sort) = sorts(&bench, &plan).remove(1);
    let error = bench.run(&sort).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.message().starts_with("sort would spill "), "{error}");
    assert!(error.message().contains("the spill limit of 1.0 MiB"), "{error}");
    assert!(error.help().is_some_and(|h| h.contains("spill_limit")));
    bench.assert_well();
    bench.session.set("spill_limit", &Value::Int(0)).unwrap();
    assert_eq!(bench.rows(&sort).len(), ROWS as usize);
    bench.assert_well();
}

#[test]
fn a_folder_that_is_gone_is_named_and_another_can_be_set() {
    let bench = Bench::new().set("memory_limit", LIMIT);
    let plan = file(&bench, ROWS);
    let (_, sort) = sorts(&bench, &plan).remove(0);
    let folder = bench.path("spilled");
    std::fs::create_dir(&folder).unwrap();
    bench.session.set("spill_dir", &Value::string("spilled")).unwrap();
    assert_eq!(bench.rows(&sort).len(), ROWS as usize);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "files are left");
    std::fs::remove_dir(&folder).unwrap();
    let error = bench.run(&sort).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    let expected = format!("sort cannot spill to `{}`: there is no such folder", folder.display());
    assert_eq!(error.message(), expected);
    bench.assert_well();
    let error = bench.session.set("spill_dir", &Value::string("nowhere")).unwrap_err();
    assert!(error.message().contains("nowhere"), "{error}");
    assert_eq!(bench.session.settings().spill_dir(), "spilled", "what was refused is not set");
    bench.session.set("spill_dir", &Value::string(".")).unwrap();
    assert_eq!(bench.rows(&sort).len(), ROWS as usize);
    bench.assert_well();
}

#[test]
fn what_a_crash_left_is_removed_before_the_first_file() {
    let bench = Bench::new().set("spill", "always").set("spill_dir", ".");
    let left = bench.path("weft-spill-4194305-left");
    std::fs::write(&left, "left").unwrap();
    let plan = bench.range(10);
    bench.rows(&plan.clone().sort(vec![ascending(column(&plan, "id"))]).unwrap());
    assert!(!left.exists());
}

/// Groups and first rows, nearly as many as rows or large in themselves: what they are, their operator, the plan.
fn groups(bench: &Bench, plan: &LogicalPlan) -> Vec<(&'static str, &'static str, LogicalPlan)> {
    let of = |name: &str| vec![column(plan, name)];
    let by = |names: &[&str]| names.iter().map(|name| named(name, column(plan, name))).collect::<Vec<_>>();
    let many = vec![
        bench.aggregate("n", "count", vec![]),
        bench.aggregate("total", "sum", of("few")),
        bench.aggregate("least", "min", of("s")),
    ];
    let many = plan.clone().aggregate(by(&["s", "id"]), many).unwrap();
    let length = |plan: &LogicalPlan, name: &str| named(name, bench.call("length", vec![column(plan, name)]));
    let kept = |plan: &LogicalPlan, names: &[&str]| names.iter().map(|n| named(n, column(plan, n))).collect::<Vec<_>>();
    let mut shown = kept(&many, &["id", "n", "total"]);
    shown.extend([length(&many, "s"), length(&many, "least")]);
    let kinds = vec![bench.aggregate("kinds", "count_distinct", of("s")), bench.aggregate("n", "count", vec![])];
    let lists = vec![bench.aggregate("ids", "list_agg", of("id")), bench.aggregate("last", "last", of("s"))];
    vec![
        ("as many groups as rows", "group", many.clone().project(shown).unwrap()),
        ("distinct values in groups", "group", plan.clone().aggregate(by(&["few"]), kinds).unwrap()),
        ("values in order", "group", plan.clone().aggregate(by(&["few"]), lists).unwrap()),
        ("first rows", "distinct", short(bench, plan.clone().distinct(vec!["id".into()]).unwrap())),
        ("first rows of texts", "distinct", short(bench, plan.clone().distinct(vec!["s".into()]).unwrap())),
        ("distinct rows", "distinct", short(bench, plan.clone().distinct(vec![]).unwrap())),
    ]
}

#[test]
fn groups_larger_than_the_budget_agree_with_those_in_memory() {
    let bench = Bench::new();
    let plan = file(&bench, ROWS);
    for (name, operator, groups) in groups(&bench, &plan) {
        let (expected, spilled) = run(&bench, &groups, operator);
        assert_eq!(spilled, 0);
        for (threads, spill, limit) in [(1, "auto", LIMIT), (2, "auto", LIMIT), (2, "always", 1 << 30)] {
            let small = Bench::new().set("threads", threads).set("memory_limit", limit).set("spill", spill);
            let what = format!("{name}, {threads} threads, spilling {spill}");
            let (rows, spilled) = run(&small, &groups, operator);
            // These come close to the budget, and whether they pass it depends on what else holds memory then.
            let fits = ["values in order", "first rows of texts", "distinct values in groups"].contains(&name);
            assert!(spilled > 0 || spill == "auto" && fits, "{what}: nothing spilled");
            assert_same(&what, &rows, &expected);
            assert!(small.session.pool().peak() <= limit as usize, "{what}: {} bytes", small.session.pool().peak());
            small.assert_well();
        }
    }
}

/// Few groups, each with more distinct values than the budget holds; one of them has nearly all.
#[test]
fn many_distinct_values_in_few_groups_are_counted_from_disk() {
    let bench = Bench::new().set("memory_limit", LIMIT);
    let plan = bench.range(1_200_000);
    let id = || column(&plan, "id");
    let is_large = bench.call("greater", vec![bench.call("modulo", vec![id(), Expr::int(20)]), Expr::int(0)]);
    let half = bench.call("floor_divide", vec![id(), Expr::int(2)]);
    let kinds = || vec![bench.aggregate("kinds", "count_distinct", vec![half.clone()])];
    for (keys, expected) in [
        (
            vec![named("large", is_large)],
            vec![vec![Value::Bool(false), Value::Int(60_000)], vec![Value::Bool(true), Value::Int(600_000)]],
        ),
        (vec![], vec![vec![Value::Int(600_000)]]),
    ] {
        let (rows, spilled) = run(&bench, &plan.clone().aggregate(keys, kinds()).unwrap(), "group");
        assert!(spilled > 4 << 20, "{spilled} bytes spilled");
        assert_same("distinct values", &rows, &expected);
        assert!(bench.session.pool().peak() <= LIMIT as usize);
        bench.assert_well();
    }
}

/// A list is one value: no disk helps where it does not fit.
#[test]
fn a_group_whose_own_state_does_not_fit_is_refused_by_name() {
    let bench = Bench::new().set("memory_limit", LIMIT);
    let plan = bench.range(4_000_000);
    let list = vec![bench.aggregate("ids", "list_agg", vec![column(&plan, "id")])];
    let error = bench.run(&plan.clone().aggregate(vec![], list).unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Memory, "{error}");
    assert!(error.message().starts_with("group needs "), "{error}");
    assert!(error.help().is_some_and(|h| h.contains("memory_limit")), "{error}");
    bench.assert_well();
    assert_eq!(bench.rows(&plan.clone().aggregate(vec![], vec![bench.aggregate("n", "count", vec![])]).unwrap()).len(), 1);
}

#[test]
fn groups_stop_at_the_disk_limit_by_name() {
    let bench = Bench::new().set("memory_limit", LIMIT).set("spill_limit", 1 << 20);
    let plan = file(&bench, ROWS);
    for (name, operator, groups) in groups(&bench, &plan).into_iter().filter(|(name, ..)| *name != "values in order") {
        let Err(error) = bench.run(&groups) else { continue };
        assert_eq!(error.kind(), ErrorKind::Io, "{name}: {error}");
        let starts = [operator, "sort"].map(|operator| format!("{operator} would spill "));
        assert!(starts.iter().any(|start| error.message().starts_with(start)), "{name}: {error}");
        bench.assert_well();
    }
}

#[test]
fn writing_and_merging_groups_is_interrupted() {
    let bench = Bench::new().set("memory_limit", LIMIT);
    let plan = bench.counted_by(bench.range(2_000_000), "id");
    let plan = plan.clone().aggregate(vec![], vec![bench.aggregate("all", "sum", vec![column(&plan, "n")])]).unwrap();
    assert_asked(&bench, &plan);
    interrupt(&bench, &plan, "group", |o| o.spilled.get() > 0);
    interrupt(&bench, &plan, "group", |o| o.spill_read.get() > 0);
}

/// Bytes that a thread may still write or read after it could have seen that its query was cancelled: a block.
const BLOCK: u64 = 1 << 20;

/// Cancels `plan` as soon as its operator `name` fulfils `reached`; hardly more is written or read after that.
pub(crate) fn interrupt(bench: &Bench, plan: &LogicalPlan, name: &str, reached: impl Fn(&OperatorMetrics) -> bool) {
    // On a busy machine a query may be over before it is noticed how far it is.
    for _ in 0..20 {
        let token = CancelToken::new();
        let query = bench.session.start(plan, &token).unwrap();
        let operators = query.metrics().operators();
        let operator = operators.iter().find(|o| o.name == name).unwrap_or_else(|| panic!("no operator {name}"));
        while !reached(operator) && !query.wait_for(Duration::from_micros(200)) {}
        token.cancel();
        let moved = || operators.iter().map(|o| o.spilled.get() + o.spill_read.get()).sum::<u64>();
        let before = moved();
        let ended = query.wait();
        bench.assert_well();
        let Err(error) = ended else { continue };
        assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
        let threads = bench.session.settings().threads() as u64;
        assert!(moved() - before <= threads * BLOCK, "{} bytes moved after the interrupt", moved() - before);
        return;
    }
    panic!("over before it was interrupted, every time");
}

/// A whole run asks the token at least once for each piece of the disk's work.
pub(crate) fn assert_asked(bench: &Bench, plan: &LogicalPlan) {
    let result = bench.run(plan).unwrap();
    let operators = result.metrics.operators();
    let moved: u64 = operators.iter().map(|o| o.spilled.get() + o.spill_read.get()).sum();
    let rows: u64 = operators.iter().map(|o| o.rows_in.get()).sum();
    let (checks, pieces) = (result.metrics.checks(), moved / BLOCK + rows / 16_384);
    assert!(moved > 0 && checks >= pieces, "{checks} checks for {moved} bytes of disk and {rows} rows");
}

#[test]
fn writing_and_merging_runs_is_interrupted() {
    let bench = Bench::new().set("memory_limit", LIMIT);
    let plan = bench.range(3_000_000);
    let sort = plan.clone().sort(vec![descending(column(&plan, "id"))]).unwrap();
    let sort = sort.aggregate(vec![], vec![bench.aggregate("first", "first", vec![column(&plan, "id")])]).unwrap();
    assert_asked(&bench, &sort);
    interrupt(&bench, &sort, "sort", |o| o.spilled.get() > 0);
    interrupt(&bench, &sort, "sort", |o| o.spill_read.get() > 0);
}
