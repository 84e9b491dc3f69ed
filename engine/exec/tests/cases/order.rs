//! Sort, top-n, first and last rows: the order of the input counts, whatever the threads and sizes.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use weft_core::Expr;
use weft_core::expr::SortKey;
use weft_plan::LogicalPlan;

use crate::support::{Bench, Counted};

fn configurations() -> Vec<Bench> {
    let mut all = Vec::new();
    for threads in [1, 2, 8] {
        for rows in [1, 7, 16_384] {
            all.push(Bench::new().set("threads", threads).set("chunk_rows", rows).set("task_rows", rows * 3));
        }
    }
    all
}

fn key(plan: &LogicalPlan, name: &str, descending: bool) -> SortKey {
    SortKey { expr: Expr::column(plan.schema(), name).unwrap(), descending, nulls_first: false }
}

#[test]
fn rows_come_in_the_order_of_the_source() {
    for bench in configurations() {
        assert_eq!(bench.ints(&bench.range(500)), (0..500).collect::<Vec<_>>());
    }
}

#[test]
fn the_first_and_the_last_rows_are_those_of_the_order() {
    for bench in configurations() {
        let first = bench.range(500).limit(3, Some(40)).unwrap();
        assert_eq!(bench.ints(&first), (3..43).collect::<Vec<_>>());
        let last = bench.range(500).tail(10).unwrap();
        assert_eq!(bench.ints(&last), (490..500).collect::<Vec<_>>());
        let none = bench.range(5).limit(7, None).unwrap();
        assert_eq!(bench.ints(&none), Vec::<i64>::new());
        let all = bench.range(20).limit(0, None).unwrap();
        assert_eq!(bench.ints(&all).len(), 20);
    }
}

#[test]
fn a_union_keeps_the_order_of_its_parts() {
    for bench in configurations() {
        let plan = bench.range(30).union(vec![bench.range(4), bench.range(0), bench.range(2)]).unwrap();
        let expected: Vec<i64> = (0..30).chain(0..4).chain(0..2).collect();
        assert_eq!(bench.ints(&plan), expected);
        assert_eq!(bench.ints(&plan.clone().limit(29, Some(3)).unwrap()), [29, 0, 1]);
    }
}

#[test]
fn sort_is_stable_and_top_n_is_its_beginning() {
    for bench in configurations() {
        let plan = bench.range(300);
        let down = plan.clone().sort(vec![key(&plan, "id", true)]).unwrap();
        assert_eq!(bench.ints(&down), (0..300).rev().collect::<Vec<_>>());
        let twice = plan.clone().union(vec![plan.clone()]).unwrap();
        let sorted = twice.clone().sort(vec![key(&plan, "id", false)]).unwrap();
        assert_eq!(bench.ints(&sorted), (0..300).flat_map(|n| [n, n]).collect::<Vec<_>>());
        let node = weft_plan::nodes::TopN { input: twice, keys: vec![key(&plan, "id", true)], offset: 3, limit: 4 };
        assert_eq!(bench.ints(&LogicalPlan::new(node.into()).unwrap()), [298, 297, 297, 296]);
    }
}

#[test]
fn a_limit_stops_the_source() {
    let source = Counted::new(1_000, 100);
    let begun = Arc::clone(&source.begun);
    let bench = Bench::new().set("threads", 2);
    let plan = LogicalPlan::scan(Arc::new(source)).unwrap().limit(0, Some(150)).unwrap();
    assert_eq!(bench.ints(&plan), (0..150).collect::<Vec<_>>());
    let begun = begun.load(Ordering::Relaxed);
    assert!(begun <= 4, "{begun} of 1,000 tasks were begun for two tasks' rows");
}
