//! What can fail is evaluated only where the written plan lets it, with the optimizer on and off.

use arrow::array::RecordBatch;
use weft_core::error::ErrorKind;
use weft_core::expr::CastMode;
use weft_core::{Error, Expr, Origin, Type, Value};
use weft_plan::LogicalPlan;
use weft_plan::nodes::JoinKind;

use crate::support::{Bench, ascending, batch, column, named, same, table, write_parquet};

/// A session in which division by zero is an error.
fn strict() -> Bench {
    Bench::new().set("on_divide_by_zero", "error")
}

/// `x` with zeros, `s` with numbers only where `x` is not zero.
fn risky() -> LogicalPlan {
    let row = |i: i64| match i % 3 {
        0 => vec![Value::Int(0), Value::string("no number")],
        1 => vec![Value::Int(i), Value::string(i.to_string())],
        _ => vec![Value::Int(-i), Value::string((-i).to_string())],
    };
    table(&[("x", Type::Int64), ("s", Type::String)], &(0..100).map(row).collect::<Vec<_>>())
}

fn ten_by(bench: &Bench, x: Expr) -> Expr {
    bench.call("floor_divide", vec![Expr::int(10), x])
}

fn not_zero(bench: &Bench, x: Expr) -> Expr {
    bench.call("not_equal", vec![x, Expr::int(0)])
}

/// The plan runs with the optimizer on and off, in small and large chunks, to the same rows.
fn assert_same_rows(bench: &Bench, what: &str, plan: &LogicalPlan) -> Vec<Vec<Value>> {
    let mut all = Vec::new();
    for optimizer in [true, false] {
        for chunk_rows in [1, 7, 16_384] {
            bench.session.set("optimizer", &Value::Bool(optimizer)).unwrap();
            bench.session.set("chunk_rows", &Value::Int(chunk_rows)).unwrap();
            let result = bench.run(plan);
            let rows = result.unwrap_or_else(|e| panic!("{what}, optimizer {optimizer}, chunks of {chunk_rows}: {e}"));
            all.push(crate::support::rows_of(&rows));
        }
    }
    assert!(all.windows(2).all(|w| w[0] == w[1]), "{what}: {all:?}");
    all.swap_remove(0)
}

fn fails(bench: &Bench, plan: &LogicalPlan) -> Vec<Error> {
    let run = |optimizer: bool| {
        bench.session.set("optimizer", &Value::Bool(optimizer)).unwrap();
        bench.run(plan).unwrap_err()
    };
    vec![run(true), run(false)]
}

#[test]
fn filters_guard_what_comes_after_them() {
    let bench = strict();
    let x = column(&risky(), "x");
    let kept = || risky().filter(not_zero(&bench, x.clone())).unwrap();
    let division = || ten_by(&bench, x.clone());
    let big = |e: Expr| bench.call("greater", vec![e, Expr::int(0)]);
    let quotient = || kept().with_columns(vec![named("q", division())]).unwrap();
    assert_eq!(assert_same_rows(&bench, "derive", &quotient()).len(), 66);
    let plans = [
        ("a second filter", kept().filter(big(division())).unwrap()),
        ("a filter on what was derived", quotient().filter(big(column(&quotient(), "q"))).unwrap()),
        ("one condition", risky().filter(Expr::and(vec![not_zero(&bench, x.clone()), big(division())])).unwrap()),
        ("a group's key", bench.counted_by(quotient(), "q")),
        ("a sort key", kept().sort(vec![ascending(division())]).unwrap()),
        ("a top-n", kept().sort(vec![ascending(division())]).unwrap().limit(2, Some(5)).unwrap()),
        ("an aggregate", kept().aggregate(vec![], vec![bench.aggregate("a", "sum", vec![division()])]).unwrap()),
        ("a union", quotient().union(vec![quotient()]).unwrap().filter(big(column(&quotient(), "q"))).unwrap()),
        ("a distinct", quotient().select_columns(["q"]).unwrap().distinct(vec![]).unwrap()),
    ];
    for (what, plan) in &plans {
        assert!(!assert_same_rows(&bench, what, plan).is_empty(), "{what}");
    }
}

#[test]
fn casts_after_filters_see_only_what_passed() {
    let bench = strict();
    let s = column(&risky(), "s");
    let number = || s.clone().cast(Type::Int64, CastMode::Strict);
    let kept = || risky().filter(not_zero(&bench, column(&risky(), "x"))).unwrap();
    let derived = || kept().with_columns(vec![named("n", number())]).unwrap();
    let rows = assert_same_rows(&bench, "a cast", &derived());
    assert!(rows.iter().all(|r| r[0] == r[2]));
    let small = bench.call("less", vec![number(), Expr::int(10)]);
    assert_same_rows(&bench, "a filter on a cast", &kept().filter(small).unwrap());
    for error in fails(&bench, &risky().with_columns(vec![named("n", number())]).unwrap()) {
        assert_eq!(error.kind(), ErrorKind::Value);
        assert!(error.message().contains("no number"), "{error}");
    }
}

#[test]
fn branches_and_alternatives_guard() {
    let bench = strict();
    let x = column(&risky(), "x");
    let (division, is_zero) = (ten_by(&bench, x.clone()), bench.call("equal", vec![x.clone(), Expr::int(0)]));
    let positive = bench.call("greater", vec![division.clone(), Expr::int(0)]);
    let first = Expr::case(vec![(is_zero.clone(), Expr::int(-1))], Some(division.clone())).unwrap();
    let nulled = Expr::case(vec![(not_zero(&bench, x.clone()), x.clone())], None).unwrap();
    let other = Expr::coalesce(vec![Expr::case(vec![(is_zero.clone(), Expr::int(7))], None).unwrap(), division]).unwrap();
    let either = Expr::or(vec![is_zero, positive]);
    let exprs = vec![named("case", first), named("other", other), named("either", either), named("null", ten_by(&bench, nulled))];
    let rows = assert_same_rows(&bench, "branches", &risky().project(exprs).unwrap());
    assert_eq!(rows[0], [Value::Int(-1), Value::Int(7), Value::Bool(true), Value::Null]);
    assert_eq!(rows[1], [Value::Int(10), Value::Int(10), Value::Bool(true), Value::Int(10)]);
    assert_eq!(rows[2], [Value::Int(-5), Value::Int(-5), Value::Bool(false), Value::Int(-5)]);
}

#[test]
fn limits_and_joins_exclude_rows_too() {
    let bench = strict();
    // Rows 1 and 2 are not zero; row 3 is.
    let two = risky().limit(1, Some(2)).unwrap();
    let divided = |plan: LogicalPlan| {
        let division = ten_by(&bench, column(&plan, "x"));
        plan.with_columns(vec![named("q", division)]).unwrap()
    };
    assert_eq!(assert_same_rows(&bench, "after a limit", &divided(two)).len(), 2);
    let right = table(&[("y", Type::Int64)], &[vec![Value::Int(1)], vec![Value::Int(-2)], vec![Value::Int(-2)]]);
    for (kind, rows) in [(JoinKind::Inner, 3), (JoinKind::Semi, 2)] {
        let key = same(column(&risky(), "x"), column(&right, "y"));
        let joined = risky().join(right.clone(), kind, vec![key], None).unwrap();
        let q = divided(joined);
        let positive = bench.call("not_equal", vec![column(&q, "q"), Expr::int(99)]);
        assert_eq!(assert_same_rows(&bench, "after a join", &q.filter(positive).unwrap()).len(), rows, "{kind}");
    }
    // A residual is only asked of pairs whose keys match.
    let key = same(column(&risky(), "x"), column(&right, "y"));
    let residual = bench.call("not_equal", vec![ten_by(&bench, column(&risky(), "x")), Expr::int(10)]);
    let joined = risky().join(right, JoinKind::Inner, vec![key], Some(residual)).unwrap();
    assert_eq!(assert_same_rows(&bench, "a residual", &joined).len(), 2);
}

#[test]
fn filters_in_a_parquet_scan_guard_those_that_stay_behind() {
    let bench = strict();
    let rows: RecordBatch = batch(0, 1_000);
    write_parquet(&bench.path("a.parquet"), &rows, 200, 50);
    let plan = bench.parquet("a.parquet").unwrap();
    let id = column(&plan, "id");
    let risky = bench.call("less", vec![ten_by(&bench, id.clone()), Expr::int(2)]);
    let kept = plan.filter(not_zero(&bench, id.clone())).unwrap();
    let found = assert_same_rows(&bench, "a file", &kept.clone().filter(risky.clone()).unwrap());
    assert_eq!(found.len(), 999 - 5);
    // Pushed through a limit, the second filter would see other rows.
    let first = kept.limit(0, Some(6)).unwrap().filter(risky).unwrap();
    assert_eq!(assert_same_rows(&bench, "a limit between", &first).len(), 1);
}

#[test]
fn an_overflow_is_an_error_with_its_place() {
    let bench = Bench::new();
    let rows: Vec<Vec<Value>> = [i64::MAX, 1, -1].iter().map(|&n| vec![Value::Int(n)]).collect();
    let plan = table(&[("n", Type::Int64)], &rows);
    let n = column(&plan, "n");
    let added = bench.call("add", vec![n.clone(), Expr::int(1)]).at(Origin::new(3, 10, 15));
    for error in fails(&bench, &plan.clone().project(vec![named("m", added)]).unwrap()) {
        assert_eq!((error.kind(), error.origin().place()), (ErrorKind::Value, Some((3, 10, 15))), "{error}");
        assert!(error.message().contains(&i64::MAX.to_string()), "{error}");
    }
    // Partial sums may overflow, the whole may not.
    let sum = |plan: &LogicalPlan| {
        let mut sum = bench.aggregate("s", "sum", vec![column(plan, "n")]);
        sum.call = sum.call.at(Origin::new(4, 1, 7));
        plan.clone().aggregate(vec![], vec![sum]).unwrap()
    };
    assert_eq!(assert_same_rows(&bench, "a sum", &sum(&plan)), [[Value::Int(i64::MAX)]]);
    let two = table(&[("n", Type::Int64)], &rows[..2]);
    for error in fails(&bench, &sum(&two)) {
        assert_eq!((error.kind(), error.origin().place()), (ErrorKind::Value, Some((4, 1, 7))), "{error}");
        assert!(error.message().contains("sum"), "{error}");
    }
    bench.assert_well();
}

#[test]
fn places_reach_errors_from_every_kind_of_step() {
    let bench = strict();
    let place = Origin::new(2, 5, 12);
    let division = || ten_by(&bench, column(&risky(), "x")).at(place);
    let is_one = || bench.call("equal", vec![division(), Expr::int(1)]);
    let right = table(&[("y", Type::Int64)], &[vec![Value::Int(1)]]);
    let key = same(division(), column(&right, "y"));
    let plans = [
        ("where", risky().filter(is_one()).unwrap()),
        ("derive", risky().with_columns(vec![named("q", division())]).unwrap()),
        ("sort", risky().sort(vec![ascending(division())]).unwrap()),
        ("group", risky().aggregate(vec![named("q", division())], vec![]).unwrap()),
        ("agg", risky().aggregate(vec![], vec![bench.aggregate("q", "max", vec![division()])]).unwrap()),
        ("join", risky().join(right, JoinKind::Inner, vec![key], None).unwrap()),
    ];
    for (what, plan) in &plans {
        for error in fails(&bench, plan) {
            assert_eq!((error.kind(), error.origin().place()), (ErrorKind::Value, Some((2, 5, 12))), "{what}: {error}");
        }
    }
    bench.assert_well();
}
