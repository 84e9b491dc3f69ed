//! Evaluation: guards, selections, encodings.

use std::sync::atomic::Ordering;

use weft_compute::Evaluator;
use weft_core::function::QueryContext;
use weft_core::{Chunk, Expr, Type, Value};

use crate::support::*;

fn evaluator() -> Evaluator {
    Evaluator::new(QueryContext::default())
}

fn is_one_of(input: Expr, list: &[i64]) -> Expr {
    Expr::in_list(input, list.iter().map(|n| Expr::int(*n)).collect()).unwrap()
}

#[test]
fn a_guard_keeps_what_can_fail_from_the_rows_it_excludes() {
    let data = || chunk(vec![ints(&[Some(0), Some(10), None, Some(0), Some(4)])]);
    let (inverted, counter) = inverse(x());
    let guard = is_one_of(x(), &[10, 4]);
    let both = Expr::and(vec![guard.clone(), is_one_of(inverted.clone(), &[100])]);
    let kept = evaluator().filter(&both, data()).unwrap().unwrap().compact().unwrap();
    assert_eq!(int_values(kept.column(0).unwrap()), vec![Some(10)]);
    assert_eq!(counter.seen.load(Ordering::Relaxed), 2);

    let value = evaluator().evaluate(&both, &data()).unwrap();
    let (f, t) = (Value::Bool(false), Value::Bool(true));
    assert_eq!(values(&value), vec![f.clone(), t, Value::Null, f.clone(), f]);

    let case = Expr::case(vec![(guard, inverted)], Some(Expr::int(-1))).unwrap();
    let value = evaluator().evaluate(&case, &data()).unwrap();
    assert_eq!(int_values(&value), vec![Some(-1), Some(100), Some(-1), Some(-1), Some(250)]);
}

#[test]
fn or_and_coalesce_guard_too() {
    let data = chunk(vec![ints(&[Some(0), Some(10), None, Some(0)])]);
    let (inverted, _) = inverse(x());
    let either = Expr::or(vec![is_one_of(x(), &[0]), is_one_of(inverted.clone(), &[100])]);
    let value = evaluator().evaluate(&either, &data).unwrap();
    assert_eq!(values(&value), vec![Value::Bool(true), Value::Bool(true), Value::Null, Value::Bool(true)]);
    assert_eq!(evaluator().filter(&either, data.clone()).unwrap().unwrap().rows(), 3);

    let first = Expr::coalesce(vec![x(), inverted.clone()]).unwrap();
    let value = evaluator().evaluate(&first, &data).unwrap();
    assert_eq!(int_values(&value), vec![Some(0), Some(10), None, Some(0)]);
    let error = evaluator().evaluate(&inverted, &data).unwrap_err();
    assert_eq!(error.message(), "1000 // 0");
}

#[test]
fn rows_outside_the_selection_never_fail() {
    let rows: Vec<Option<i64>> = vec![Some(1), Some(0), Some(2), Some(4), Some(5), Some(8), Some(10), Some(20)];
    let (inverted, _) = inverse(x());
    for selection in [vec![0, 2, 3, 4, 5, 6, 7], vec![0, 7]] {
        let selected = chunk(vec![ints(&rows)]).with_selection(Some(selection.clone().into()));
        let want: Vec<_> = selection.iter().map(|&i| rows[i as usize].map(|x| 1000 / x)).collect();
        assert_eq!(int_values(&evaluator().evaluate(&inverted, &selected).unwrap()), want);
        let projected = evaluator().project(&[inverted.clone(), x()], selected).unwrap();
        let dense = projected.compact().unwrap();
        assert_eq!(int_values(dense.column(0).unwrap()), want);
    }
}

#[test]
fn filters_compose_selections_and_compact_sparse_chunks() {
    let rows: Vec<Option<i64>> = (0..100).map(Some).collect();
    let keep: Vec<i64> = (10..60).collect();
    let data = chunk(vec![ints(&rows)]);
    let half = evaluator().filter(&is_one_of(x(), &keep), data).unwrap().unwrap();
    assert_eq!((half.rows(), half.physical_rows()), (50, 100));
    let few = evaluator().filter(&is_one_of(x(), &[3, 11, 59]), half.clone()).unwrap().unwrap();
    assert_eq!((few.rows(), few.selection().is_none()), (2, true));
    assert_eq!(int_values(few.column(0).unwrap()), vec![Some(11), Some(59)]);
    assert!(evaluator().filter(&is_one_of(x(), &[3]), half.clone()).unwrap().is_none());
    assert_eq!(evaluator().filter(&Expr::bool(true), half.clone()).unwrap().unwrap().rows(), 50);
    assert!(evaluator().filter(&Expr::literal(Type::Bool, Value::Null), half).unwrap().is_none());
}

#[test]
fn constants_and_dictionaries_are_computed_once_for_each_value() {
    let codes: Vec<Option<u32>> = (0..64).map(|i| if i % 9 == 8 { None } else { Some(i % 2) }).collect();
    // The third value is used by no row and must not fail.
    let data: Chunk = chunk(vec![coded(&codes, vec![10, 20, 0])]);
    let (inverted, counter) = inverse(x());
    let value = evaluator().evaluate(&inverted, &data).unwrap();
    let want: Vec<_> = codes.iter().map(|c| c.map(|c| if c == 0 { 100 } else { 50 })).collect();
    assert_eq!(int_values(&value), want);
    assert_eq!(counter.seen.load(Ordering::Relaxed), 2);

    let (constant, counter) = inverse(Expr::int(4));
    let value = evaluator().evaluate(&constant, &data).unwrap();
    assert!(value.as_constant().is_some());
    assert_eq!((value.len(), counter.seen.load(Ordering::Relaxed)), (64, 1));
}
