//! Plans over real sources run to the same rows after a trip through JSON.

use weft_core::{CancelToken, Expr, Value};
use weft_plan::nodes::JoinKind;
use weft_plan::{LogicalPlan, from_json, to_json};

use crate::support::{Bench, ascending, batch, column, named, same, write_parquet};

fn again(bench: &Bench, plan: &LogicalPlan) -> LogicalPlan {
    let text = to_json(plan).unwrap();
    let read = from_json(&text, bench.session.registry(), &bench.session.open_context(&CancelToken::new())).unwrap();
    assert_eq!(to_json(&read).unwrap(), text, "the second writing differs");
    read
}

/// A plan as written and as optimized, each before and after the trip, gives the same rows.
fn assert_survives(bench: &Bench, plan: &LogicalPlan) {
    let rows = bench.rows(plan);
    assert!(!rows.is_empty());
    assert_eq!(bench.rows(&again(bench, plan)), rows);
    let optimized = bench.session.optimize(plan, &CancelToken::new()).unwrap().into_plan();
    bench.session.set("optimizer", &Value::Bool(false)).unwrap();
    assert_eq!(bench.rows(&again(bench, &optimized)), rows, "optimized");
    bench.session.set("optimizer", &Value::Bool(true)).unwrap();
}

fn sources(bench: &Bench) -> Vec<(LogicalPlan, &'static str)> {
    write_parquet(&bench.path("a.parquet"), &batch(0, 2_000), 300, 50);
    let lines: String = (0..500).map(|i| format!("{i},\"name, {}\"\n", i % 7)).collect();
    std::fs::write(bench.path("b.csv"), format!("n,name\n{lines}")).unwrap();
    let literal = crate::support::table(
        &[("n", weft_core::Type::Int64), ("x", weft_core::Type::Float64)],
        &[
            vec![Value::Int(1), Value::Float(f64::NAN)],
            vec![Value::Null, Value::Float(-0.0)],
            vec![Value::Int(i64::MIN), Value::Null],
        ],
    );
    let tpch = bench.open("tpch", &[("table", Value::string("nation")), ("scale", Value::Float(0.01))]).unwrap();
    vec![
        (bench.parquet("a.parquet").unwrap(), "id"),
        (bench.csv("b.csv").unwrap(), "n"),
        (bench.range(1_000), "id"),
        (literal, "n"),
        (tpch, "n_nationkey"),
    ]
}

#[test]
fn scans_of_every_source_survive() {
    let bench = Bench::new();
    for (plan, _) in sources(&bench) {
        assert_survives(&bench, &plan);
    }
}

#[test]
fn pipelines_over_every_source_survive() {
    let bench = Bench::new();
    for (plan, key) in sources(&bench) {
        let k = column(&plan, key);
        let some = bench.call("is_not_null", vec![k.clone()]);
        let seventh = bench.call("modulo", vec![k.clone(), Expr::int(7)]);
        let derived = plan.clone().filter(some).unwrap().with_columns(vec![named("seventh", seventh)]).unwrap();
        assert_survives(&bench, &bench.counted_by(derived.clone(), "seventh"));
        assert_survives(
            &bench,
            &derived.clone().sort(vec![ascending(column(&derived, "seventh"))]).unwrap().limit(1, Some(20)).unwrap(),
        );
        assert_survives(&bench, &derived.clone().select_columns(["seventh"]).unwrap().distinct(vec![]).unwrap());
        let right = bench.range(3).project(vec![named("r", column(&bench.range(3), "id"))]).unwrap();
        for kind in [JoinKind::Inner, JoinKind::Left, JoinKind::Semi] {
            let keys = vec![same(column(&derived, "seventh"), column(&right, "r"))];
            assert_survives(&bench, &derived.clone().join(right.clone(), kind, keys, None).unwrap());
        }
        let both = bench.call("make_list", vec![column(&derived, "seventh"), Expr::int(1)]);
        let lists = derived.clone().with_columns(vec![named("both", both)]).unwrap();
        assert_survives(&bench, &lists.explode(vec!["both".into()], Some("at".into()), true).unwrap());
        assert_survives(&bench, &derived.clone().union(vec![derived.clone().tail(2).unwrap()]).unwrap());
    }
}

#[test]
fn a_plan_over_a_file_that_is_gone_names_it_when_it_is_read() {
    let bench = Bench::new();
    write_parquet(&bench.path("a.parquet"), &batch(0, 10), 10, 10);
    let text = to_json(&bench.parquet("a.parquet").unwrap()).unwrap();
    std::fs::remove_file(bench.path("a.parquet")).unwrap();
    let error = from_json(&text, bench.session.registry(), &bench.session.open_context(&CancelToken::new())).unwrap_err();
    assert!(error.message().contains("a.parquet"), "{error}");
    bench.assert_well();
}
