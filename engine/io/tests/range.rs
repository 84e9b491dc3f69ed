//! `range`

use weft_core::Value;
use weft_core::source::Estimate;

use crate::support::{Scan, all, ints, open, run};

fn range(args: &[(&str, i64)]) -> Vec<Value> {
    let args: Vec<_> = args.iter().map(|(n, v)| (*n, Value::Int(*v))).collect();
    let source = open("range", &args).unwrap();
    let column = all(&*source).values();
    column.into_iter().map(|mut r| r.remove(0)).collect()
}

#[test]
fn one_two_or_three_numbers() {
    assert_eq!(range(&[("start", 3)]), ints(0..3));
    assert_eq!(range(&[("start", 2), ("stop", 5)]), ints(2..5));
    assert_eq!(range(&[("start", 10), ("stop", 0), ("step", -4)]), ints([10, 6, 2]));
    assert_eq!(range(&[("start", 0)]), ints([]));
    assert!(open("range", &[("start", Value::Int(3)), ("step", Value::Int(0))]).is_err());
    assert!(open("range", &[("start", Value::string("x"))]).unwrap_err().message().contains("`start` of `range`"));
}

#[test]
fn tasks_and_chunks_have_their_sizes_and_a_limit_ends_them() {
    let source = open("range", &[("start", Value::Int(25))]).unwrap();
    assert_eq!(source.statistics().rows, Some(Estimate::Exact(25)));
    assert_eq!(source.statistics().columns[0].max, Some(Value::Int(24)));
    let scan = Scan { task_rows: Some(10), chunk_rows: Some(4), ..Scan::default() };
    let scanned = run(&*source, &scan).unwrap();
    let sizes: Vec<Vec<usize>> = scanned.tasks.iter().map(|t| t.iter().map(|c| c.rows()).collect()).collect();
    assert_eq!(sizes, [vec![4, 4, 2], vec![4, 4, 2], vec![4, 1]]);
    assert_eq!(scanned.column(0), ints(0..25));
    let few = run(&*source, &Scan { limit: Some(7), columns: Some(vec![]), ..scan }).unwrap();
    assert_eq!((few.rows(), few.tasks.len()), (7, 1));
}
