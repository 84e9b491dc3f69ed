//! Joins against nested loops.

use std::collections::HashMap;
use std::sync::Arc;

use weft_compute::join::{BuildRow, JoinBuild, JoinBuilder, JoinOptions, JoinSpec, JoinTable};
use weft_core::chunk::Position;
use weft_core::{CancelToken, ErrorKind, MemoryPool, Series, Type, Value};

use super::support::{Rng, ints, strings, types};

fn build(builders: Vec<JoinBuilder>) -> Arc<JoinTable> {
    let cancel = CancelToken::new();
    let build = JoinBuild::new(builders).unwrap();
    std::thread::scope(|scope| {
        for part in 0..2 {
            let (build, cancel) = (&build, &cancel);
            scope.spawn(move || (0..build.partitions()).filter(|p| p % 2 == part).for_each(|p| build.build(p, cancel).unwrap()));
        }
    });
    Arc::new(build.finish().unwrap())
}

fn at(task: u64) -> Position {
    Position { task, row: 0 }
}

/// Joins random rows of two threads and compares pairs, their order and the payload with a map.
fn check(keys: &[Type], null_safe: bool, seed: u64) {
    let pool = MemoryPool::new(1 << 30);
    let mut payload_types = types();
    payload_types.push(Type::Map(Type::String.into(), Type::Int64.into()));
    payload_types.push(Type::Tensor(Type::Float32.into(), None));
    payload_types.push(Type::Image(None));
    // Every type is some check's payload.
    payload_types.rotate_left(seed as usize % 100 % types().len());
    payload_types.truncate(4);
    let options = JoinOptions { ordered: true, marks: true };
    let spec = JoinSpec::new(keys, &vec![null_safe; keys.len()], &payload_types, options).unwrap();
    let mut builders: Vec<JoinBuilder> = (0..2).map(|_| spec.builder(&pool.reservation("join")).unwrap()).collect();
    let mut rng = Rng(seed);
    let mut model: HashMap<Vec<Value>, Vec<Vec<Value>>> = HashMap::new();
    let mut total = 0;
    for task in 0..4u64 {
        let n = [700, 1, 2100, 33][task as usize];
        let columns: Vec<Series> = keys.iter().map(|ty| rng.series(ty, n, 60)).collect();
        let payload: Vec<Series> = payload_types.iter().map(|ty| rng.series(ty, n, 50)).collect();
        builders[task as usize % 2].push(&columns, &payload, n, at(task)).unwrap();
        for row in 0..n {
            let key: Vec<Value> = columns.iter().map(|c| c.value(row).unwrap()).collect();
            model.entry(key).or_default().push(payload.iter().map(|c| c.value(row).unwrap()).collect());
        }
        total += n;
    }
    let table = build(builders);
    assert_eq!(table.rows(), total);
    let mut probe = table.probe();
    let n = 60;
    let columns: Vec<Series> = keys.iter().map(|ty| rng.series(ty, n, 90)).collect();
    probe.begin(&columns, n).unwrap();
    let key = |row: usize| columns.iter().map(|c| c.value(row).unwrap()).collect::<Vec<_>>();
    let matches = |row: usize| {
        let key = key(row);
        let dead = !null_safe && key.iter().any(Value::is_null);
        model.get(&key).filter(|_| !dead).map_or(&[][..], |rows| rows)
    };
    let matched = probe.matched();
    assert!((0..n).all(|row| matched.value(row) != matches(row).is_empty()), "{keys:?}");
    let mut expected = (0..n).flat_map(|row| matches(row).iter().map(move |values| (row, values)));
    let all: Vec<usize> = (0..payload_types.len()).collect();
    while let Some(pairs) = probe.next(777) {
        assert!(pairs.probe.len() <= 777 && pairs.probe.len() == pairs.build.len());
        let payload = table.payload(&all, pairs.build).unwrap();
        let found_keys = table.keys(&(0..keys.len()).collect::<Vec<_>>(), pairs.build).unwrap();
        table.mark(pairs.build).unwrap();
        for (i, &row) in pairs.probe.iter().enumerate() {
            let (want_row, want) = expected.next().unwrap();
            assert_eq!(row as usize, want_row, "{keys:?}");
            let found: Vec<Value> = payload.iter().map(|c| c.value(i).unwrap()).collect();
            assert_eq!(&found, want, "{keys:?}");
            let found: Vec<Value> = found_keys.iter().map(|c| c.value(i).unwrap()).collect();
            assert_eq!(found, key(want_row), "{keys:?}");
        }
    }
    assert!(expected.next().is_none(), "{keys:?}");
    let met: std::collections::HashSet<Vec<Value>> = (0..n).filter(|&r| !matches(r).is_empty()).map(key).collect();
    let marked: usize = met.iter().map(|k| model[k].len()).sum();
    assert_eq!((scan(&table, Some(true)), scan(&table, Some(false)), scan(&table, None)), (marked, total - marked, total));
    drop((probe, table));
    assert_eq!(pool.used(), 0);
}

/// How many rows scans of all partitions yield.
fn scan(table: &Arc<JoinTable>, marked: Option<bool>) -> usize {
    let mut rows = 0;
    for partition in 0..table.partitions() {
        let mut scan = table.scan(partition, marked);
        loop {
            let part = scan.next_rows(100).unwrap();
            assert!(part.len() <= 100);
            if part.is_empty() {
                break;
            }
            rows += part.len();
        }
    }
    rows
}

#[test]
fn joins_on_every_type_find_what_nested_loops_find() {
    for (i, ty) in types().into_iter().enumerate() {
        check(std::slice::from_ref(&ty), i % 2 == 0, i as u64);
        check(&[ty], i % 2 == 1, i as u64 + 100);
    }
}

#[test]
fn joins_on_several_keys_find_what_nested_loops_find() {
    let all = types();
    let mut rng = Rng(7);
    for seed in 0..8 {
        let keys: Vec<Type> = (0..2 + seed % 3).map(|_| all[rng.below(all.len() as u64) as usize].clone()).collect();
        check(&keys, seed % 2 == 0, seed);
    }
}

#[test]
fn nulls_match_only_on_the_keys_that_say_so() {
    let pool = MemoryPool::new(1 << 24);
    let spec = JoinSpec::new(&[Type::Int64, Type::Int64], &[true, false], &[], JoinOptions::default()).unwrap();
    let mut builder = spec.builder(&pool.reservation("join")).unwrap();
    let column = |values: [Option<i64>; 3]| {
        let values: Vec<Value> = values.iter().map(|v| v.map_or(Value::Null, Value::Int)).collect();
        Series::new(Type::Int64, Value::array(&Type::Int64, &values).unwrap()).unwrap()
    };
    let keys = [column([None, Some(1), Some(2)]), column([Some(5), None, Some(6)])];
    builder.push(&keys, &[], 3, at(0)).unwrap();
    let table = build(vec![builder]);
    let mut probe = table.probe();
    probe.begin(&keys, 3).unwrap();
    assert_eq!(probe.matched().iter().collect::<Vec<_>>(), [true, false, true]);
}

#[test]
fn a_missing_row_is_null_and_a_unique_table_has_one_match() {
    let pool = MemoryPool::new(1 << 24);
    let spec = JoinSpec::new(&[Type::String], &[false], &[Type::Int64, Type::String], JoinOptions::default()).unwrap();
    let mut builder = spec.builder(&pool.reservation("join")).unwrap();
    let words = ["one", "a word that is longer than twelve bytes", ""];
    builder.push(&[strings(words)], &[ints([1, 2, 3]), strings(words)], 3, at(0)).unwrap();
    let table = build(vec![builder]);
    assert!(table.is_unique());
    let mut probe = table.probe();
    probe.begin(&[strings([words[1], "two", ""])], 3).unwrap();
    let columns = table.payload(&[1, 0], probe.first_matches()).unwrap();
    let values = |c: &Series| (0..3).map(|r| c.value(r).unwrap()).collect::<Vec<_>>();
    assert_eq!(values(&columns[0]), [Value::string(words[1]), Value::Null, Value::string("")]);
    assert_eq!(values(&columns[1]), [Value::Int(2), Value::Null, Value::Int(3)]);
    assert_eq!(probe.first_matches()[1], BuildRow::NONE);
    assert!(table.payload(&[2], &[]).is_err());
    assert_eq!(table.mark(probe.first_matches()).unwrap_err().kind(), ErrorKind::Internal);
}

#[test]
fn an_empty_build_side_matches_nothing() {
    let pool = MemoryPool::new(1 << 24);
    let spec = JoinSpec::new(&[Type::Int64], &[true], &[], JoinOptions::default()).unwrap();
    let table = build(vec![spec.builder(&pool.reservation("join")).unwrap()]);
    let mut probe = table.probe();
    probe.begin(&[ints([1, 2])], 2).unwrap();
    assert_eq!((probe.matched().count_set_bits(), probe.next(10).is_none()), (0, true));
}

#[test]
fn the_build_side_is_refused_by_the_operators_name_and_cancels() {
    let pool = MemoryPool::new(4 << 20);
    let spec = JoinSpec::new(&[Type::Int64], &[false], &[Type::Int64], JoinOptions::default()).unwrap();
    let mut builder = spec.builder(&pool.reservation("join build")).unwrap();
    let mut push = |n: i64| builder.push(&[ints(n..n + 10_000)], &[ints(0..10_000)], 10_000, at(0));
    let refused = (0..100).find_map(|i| push(i * 10_000).err()).unwrap();
    assert!(refused.message().starts_with("join build needs "), "{refused}");
    let cancel = CancelToken::new();
    cancel.cancel();
    drop(builder);
    let mut builder = spec.builder(&pool.reservation("join build")).unwrap();
    builder.push(&[ints(0..1000)], &[ints(0..1000)], 1000, at(0)).unwrap();
    let build = JoinBuild::new(vec![builder]).unwrap();
    let stopped = (0..build.partitions()).find_map(|p| build.build(p, &cancel).err()).unwrap();
    assert_eq!(stopped.kind(), ErrorKind::Cancelled);
    assert!(build.finish().is_err());
    assert_eq!(pool.used(), 0);
}

#[test]
fn columns_of_other_types_or_lengths_are_refused() {
    let pool = MemoryPool::new(1 << 24);
    let spec = JoinSpec::new(&[Type::String], &[false], &[Type::Int64], JoinOptions::default()).unwrap();
    let mut builder = spec.builder(&pool.reservation("join")).unwrap();
    let bytes = Value::array(&Type::Binary, &[Value::Binary([0xff].as_slice().into())]).unwrap();
    let bytes = Series::new(Type::Binary, bytes).unwrap();
    let key = strings(["a"]);
    for (keys, payload) in [(&bytes, ints([1])), (&key, ints([1, 2])), (&key, strings(["x"]))] {
        let refused = builder.push(std::slice::from_ref(keys), &[payload], 1, at(0)).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Internal);
    }
    let other = JoinSpec::new(&[Type::Int64], &[false], &[], JoinOptions::default()).unwrap();
    let other = other.builder(&pool.reservation("join")).unwrap();
    assert!(JoinBuild::new(vec![builder, other]).is_err());
}
