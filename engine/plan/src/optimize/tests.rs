//! The optimizer as a whole.

use weft_core::function::QueryContext;
use weft_core::{Expr, Settings, Value};

use super::*;
use crate::nodes::JoinKind;
use crate::testing::*;

fn optimized(plan: &LogicalPlan) -> LogicalPlan {
    optimize(plan, &registry(), &Settings::new(), &QueryContext::default()).unwrap().into_plan()
}

#[test]
fn rules_work_together() {
    let plan = numbers().with_columns(vec![named("c", add(col("b"), int(1)))]).unwrap();
    let plan = plan.filter(gt(col("a"), add(int(1), int(2)))).unwrap().sort(vec![desc(col("b"))]).unwrap();
    let plan = plan.select_columns(["c"]).unwrap().limit(0, Some(2)).unwrap();
    assert_text(&optimized(&plan), "select c = b + 1\n  top take 2, sort b desc\n    scan numbers, 1 of 3: b, where a > 3");
}

#[test]
fn a_chain_of_joins_is_filtered_at_its_sources() {
    let join = numbers().join(others(), JoinKind::Inner, vec![key(col("a"), other("k"))], None).unwrap();
    let plan = join.filter(gt(col("a"), int(2))).unwrap().aggregate(vec![], vec![count("n")]).unwrap();
    assert_text(
        &optimized(&plan),
        "group compute n = count()\n  join inner, on a == k, build left\n    scan numbers, 1 of 3: a, where a > 2\n    scan others, 1 of 2: k, where k > 2",
    );
}

#[test]
fn settings_turn_rules_off() {
    let plan = numbers().filter(gt(col("a"), int(1))).unwrap().limit(0, Some(2)).unwrap();
    let with = |name: &str, value: Value| {
        let mut settings = Settings::new();
        settings.set(name, &value).unwrap();
        optimize(&plan, &registry(), &settings, &QueryContext::default())
    };
    let unchanged = with("optimizer", Value::Bool(false)).unwrap();
    assert!(unchanged.plan().is_same(&plan) && unchanged.steps().is_empty());
    let without = with("optimizer_off", Value::string("filter_into_scan, limit_pushdown")).unwrap();
    assert!(without.plan().is_same(&plan));
    let on = with("optimizer_off", Value::string("")).unwrap();
    assert_text(on.plan(), "take 2\n  scan numbers, where a > 1, take 2");
    let error = with("optimizer_off", Value::string("magic")).unwrap_err();
    assert_eq!(error.message(), "no optimizer rule `magic`");
}

#[test]
fn names_of_rules_are_unique() {
    let names: std::collections::BTreeSet<&str> = rule_names().collect();
    assert_eq!(names.len(), RULES.len());
}

#[test]
fn an_optimized_plan_is_left_alone() {
    for seed in 0..200 {
        let once = optimized(&random_plan(seed));
        assert_eq!(optimized(&once), once, "seed {seed}\n{}", crate::explain(&once));
    }
}

#[test]
fn random_plans_keep_their_columns_rows_and_order() {
    let (mut ran, mut failed) = (0, 0);
    for seed in 0..1500 {
        let plan = random_plan(seed);
        let better = optimized(&plan);
        assert_eq!(shape(&better), shape(&plan), "seed {seed}");
        // What fails as written may succeed optimized (fewer evaluations), never the other way round.
        match interpret(&plan) {
            Ok(rows) => {
                ran += 1;
                assert_same(seed, &plan, &better, rows);
            }
            Err(_) => failed += 1,
        }
    }
    assert!(ran > 700 && failed > 50, "{ran} plans ran, {failed} failed");
}

fn assert_same(seed: u64, plan: &LogicalPlan, better: &LogicalPlan, rows: Rows) {
    let explained = || format!("seed {seed}\n{}\n\noptimized\n{}", crate::explain(plan), crate::explain(better));
    match interpret(better) {
        Ok(again) => assert_eq!(again, rows, "{}", explained()),
        Err(error) => panic!("{error}: {}", explained()),
    }
}

#[test]
fn each_rule_alone_keeps_the_rows() {
    let (registry, query) = (registry(), QueryContext::default());
    for rule in RULES {
        for seed in 0..300 {
            let plan = random_plan(seed);
            let after = run(&[*rule], &plan, &RuleContext { registry: &registry, query: &query }).unwrap().into_plan();
            if let Ok(rows) = interpret(&plan) {
                assert_same(seed, &plan, &after, rows);
            }
        }
    }
}

#[test]
fn what_can_fail_stays_behind_its_guard() {
    let risky = gt(floor_div(int(10), col("a")), int(1));
    let apart = numbers().filter(ne(col("a"), int(0))).unwrap().filter(risky.clone()).unwrap();
    // The source takes the guard, so the rest runs only on what it lets through.
    assert_text(&optimized(&apart), "where (10 // a) > 1\n  scan numbers, where a != 0");
    let before = numbers().filter(risky.clone()).unwrap().filter(ne(col("a"), int(0))).unwrap();
    assert!(interpret(&before).is_err(), "as written it fails");
    let case = Expr::case(vec![(ne(col("a"), int(0)), floor_div(int(10), col("a")))], None).unwrap();
    let guarded = numbers().project(vec![named("c", case)]).unwrap().filter(gt(col("c"), int(1))).unwrap();
    assert_eq!(interpret(&optimized(&guarded)).unwrap(), interpret(&guarded).unwrap());
    let semi =
        numbers().join(others().filter(ne(other("k"), int(0))).unwrap(), JoinKind::Semi, vec![key(col("a"), other("k"))], None);
    let semi = semi.unwrap().filter(risky).unwrap();
    assert_eq!(interpret(&optimized(&semi)).unwrap(), interpret(&semi).unwrap());
}
