//! Failure, panic, interrupt, memory: the runtime gives an error and gives back what it held.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use weft_core::error::ErrorKind;
use weft_core::{Expr, expr::SortKey};
use weft_plan::LogicalPlan;

use crate::support::{Bench, Counted, Trouble};

fn troubled(how: Trouble) -> (Bench, LogicalPlan, Arc<std::sync::atomic::AtomicU64>) {
    let mut source = Counted::new(1_000, 10);
    source.trouble = Some((20, how));
    let begun = Arc::clone(&source.begun);
    (Bench::new(), LogicalPlan::scan(Arc::new(source)).unwrap(), begun)
}

#[test]
fn a_failing_task_ends_the_query_with_its_error() {
    let (bench, plan, begun) = troubled(Trouble::Fail);
    let error = bench.run(&plan).unwrap_err();
    assert_eq!(error.message(), "a broken task");
    assert!(begun.load(Ordering::Relaxed) < 1_000, "the other tasks were run nevertheless");
    assert_eq!(bench.pool.used(), 0);
}

#[test]
fn a_panic_becomes_an_error_and_the_pool_goes_on() {
    let (bench, plan, _) = troubled(Trouble::Panic);
    let error = bench.run(&plan).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Internal);
    assert!(error.message().contains("a task that panics"), "{error}");
    assert_eq!(bench.ints(&bench.range(3)), [0, 1, 2]);
}

#[test]
fn an_interrupt_ends_the_query_and_frees_its_memory() {
    let bench = Bench::new();
    let plan = bench.range(1_000_000_000);
    let key = SortKey { expr: Expr::column(plan.schema(), "id").unwrap(), descending: true, nulls_first: false };
    let handle = bench.start(&plan.sort(vec![key]).unwrap());
    while bench.pool.used() == 0 {
        std::thread::sleep(Duration::from_millis(1));
    }
    let asked = Instant::now();
    handle.cancel();
    assert_eq!(handle.wait().unwrap_err().kind(), ErrorKind::Cancelled);
    // Generous: the bound that matters is asserted as checks per chunk, this one only that it ends at all.
    assert!(asked.elapsed() < Duration::from_secs(5));
    assert_eq!(bench.pool.used(), 0);
}

#[test]
fn the_token_is_asked_at_least_once_a_chunk() {
    let bench = Bench::new().set("chunk_rows", 100);
    let result = bench.run(&bench.range(10_000)).unwrap();
    assert!(result.metrics.checks() >= 100, "{} checks for 100 chunks", result.metrics.checks());
}

#[test]
fn a_sort_past_the_memory_limit_names_itself() {
    let bench = Bench::new();
    bench.pool.set_limit(1 << 20);
    let plan = bench.range(10_000_000);
    let key = SortKey { expr: Expr::column(plan.schema(), "id").unwrap(), descending: true, nulls_first: false };
    let error = bench.run(&plan.sort(vec![key]).unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Memory);
    assert!(error.message().starts_with("sort needs"), "{error}");
    assert_eq!(bench.pool.used(), 0);
}
