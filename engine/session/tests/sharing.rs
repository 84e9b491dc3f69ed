//! Queries at the same time: fair turns, own snapshots, and nothing left of those that are dropped.

use std::sync::Arc;
use std::time::{Duration, Instant};

use weft_core::{CancelToken, Expr, Value};
use weft_session::Query;

use crate::support::{Bench, column, named, rows_of};

fn count(bench: &Bench, rows: i64) -> weft_plan::LogicalPlan {
    let plan = bench.range(rows);
    let key = bench.call("modulo", vec![column(&plan, "id"), Expr::int(1_000)]);
    bench.counted_by(plan.project(vec![named("k", key)]).unwrap(), "k")
}

fn start(bench: &Bench, plan: &weft_plan::LogicalPlan) -> Query {
    bench.session.start(plan, &CancelToken::new()).unwrap()
}

#[test]
fn a_small_query_does_not_wait_for_a_large_one() {
    let bench = Bench::new();
    let large = start(&bench, &count(&bench, 10_000_000_000));
    let small = start(&bench, &count(&bench, 2_000_000));
    let result = small.wait().unwrap();
    assert_eq!(result.partition.rows(), Some(1_000));
    assert!(rows_of(&result).iter().all(|r| r[1] == Value::Int(2_000)));
    assert!(!large.wait_for(Duration::ZERO), "the large one cannot be done");
    let (ours, theirs) = (result.metrics.tasks_done.get(), large.metrics().tasks_done.get());
    assert!(theirs > 0 && theirs < 20 * ours, "tasks done meanwhile: {theirs} of the large one, {ours} of the small one");
    drop((large, result));
    wait_until_free(&bench);
}

#[test]
fn equal_queries_both_finish_with_their_own_rows() {
    let bench = Bench::new();
    let queries: Vec<Query> = (1..=4).map(|n| start(&bench, &count(&bench, n * 500_000))).collect();
    for (query, n) in queries.into_iter().zip(1..) {
        let rows = rows_of(&query.wait().unwrap());
        assert_eq!(rows.len(), 1_000);
        assert!(rows.iter().enumerate().all(|(i, r)| *r == [Value::Int(i as i64), Value::Int(n * 500)]));
    }
    bench.assert_well();
}

#[test]
fn a_session_is_used_from_several_threads() {
    let bench = Arc::new(Bench::new());
    let thread = |n: i64| {
        let bench = Arc::clone(&bench);
        std::thread::spawn(move || (0..5).map(|i| bench.rows(&count(&bench, n * 100_000 + i * 1_000)).len()).sum::<usize>())
    };
    let threads: Vec<_> = (1..=4).map(thread).collect();
    assert!(threads.into_iter().all(|t| t.join().unwrap() == 5_000));
    bench.assert_well();
}

#[test]
fn settings_of_a_running_query_stay() {
    let bench = Bench::new();
    let query = start(&bench, &count(&bench, 3_000_000));
    bench.session.set("chunk_rows", &Value::Int(1)).unwrap();
    bench.session.set("threads", &Value::Int(1)).unwrap();
    assert_eq!(query.wait().unwrap().partition.rows(), Some(1_000));
    bench.session.set("chunk_rows", &Value::Int(16_384)).unwrap();
    bench.assert_well();
}

#[test]
fn a_query_that_is_dropped_halfway_gives_its_memory_back() {
    let bench = Bench::new();
    let plan = bench.range(10_000_000_000);
    let key = bench.call("negate", vec![column(&plan, "id")]);
    let plan = plan.sort(vec![crate::support::ascending(key)]).unwrap();
    let query = start(&bench, &plan);
    while bench.session.pool().used() < 20 << 20 {
        assert!(!query.wait_for(Duration::from_micros(200)), "over too early");
    }
    drop(query);
    wait_until_free(&bench);
}

/// Dropping does not wait for the workers, which have at most a chunk to do.
fn wait_until_free(bench: &Bench) {
    let start = Instant::now();
    while bench.session.pool().used() > 0 {
        assert!(start.elapsed() < Duration::from_secs(3), "{} bytes are still held", bench.session.pool().used());
        std::thread::sleep(Duration::from_millis(1));
    }
    bench.assert_well();
}
