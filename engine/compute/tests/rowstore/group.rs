//! Grouping against a map.

use std::collections::HashMap;

use arrow::array::BooleanArray;
use std::sync::Arc;

use weft_compute::Work;
use weft_compute::group::{AggregateInput, GroupAggregate, GroupMerge, GroupSpec, GroupTable};
use weft_core::chunk::Position;
use weft_core::{Aggregator, CancelToken, MemoryPool, Series, Type, Value};

use super::support::{Count, Longest, Rng, Sum, ints, rows, strings, types};

fn aggregate(aggregator: impl Aggregator + 'static, output: Type) -> GroupAggregate {
    GroupAggregate {
        aggregator: Box::new(aggregator),
        output,
        distinct: None,
        observes_order: false,
        origin: weft_core::Origin::NONE,
    }
}

fn input(column: &Series) -> AggregateInput {
    AggregateInput { args: vec![column.to_flat().unwrap()], filter: None }
}

fn at(task: u64, row: u64) -> Position {
    Position { task, row }
}

/// All groups that tables of some threads yield, in order where the spec is.
fn finish(tables: Vec<GroupTable>, ordered: bool, _: &Arc<MemoryPool>) -> Vec<Vec<Value>> {
    let merge = Arc::new(GroupMerge::new(tables).unwrap());
    let read = |task| {
        let mut reader = merge.reader(task).unwrap();
        let mut all = Vec::new();
        while let Some(chunk) = reader.next_chunk(1000).unwrap() {
            assert!(chunk.rows() <= 1000);
            all.extend(rows(&chunk));
        }
        all
    };
    let mut all: Vec<Vec<Value>> = std::thread::scope(|scope| {
        let read = &read;
        let threads: Vec<_> = (0..3)
            .map(|thread| (thread..merge.tasks()).step_by(3).collect::<Vec<_>>())
            .map(|mine| scope.spawn(move || mine.into_iter().flat_map(read).collect::<Vec<_>>()))
            .collect();
        threads.into_iter().flat_map(|t| t.join().unwrap()).collect()
    });
    if ordered && all.first().is_some_and(|r| r.len() > 2) {
        let place = |r: &Vec<Value>| {
            (r[r.len() - 2].to_string().parse::<u64>().unwrap(), r[r.len() - 1].to_string().parse::<u64>().unwrap())
        };
        all.sort_by_key(place);
        all.iter_mut().for_each(|r| r.truncate(r.len() - 2));
    }
    all
}

/// Groups random rows over two threads and compares with a map, for keys of these types.
fn check(keys: &[Type], distinct: u64, seed: u64) {
    let pool = MemoryPool::new(1 << 30);
    let aggregates = vec![aggregate(Count, Type::Int64), aggregate(Sum, Type::Int64), aggregate(Longest, Type::String)];
    let spec = GroupSpec::new(keys.to_vec(), aggregates, true).unwrap();
    let mut tables: Vec<GroupTable> = (0..2).map(|_| spec.table(&pool.spillable("group"), &Work::default()).unwrap()).collect();
    let mut rng = Rng(seed);
    let mut model: HashMap<Vec<Value>, (i64, i64, String)> = HashMap::new();
    let mut order = Vec::new();
    for task in 0..6u64 {
        let n = [1, 3000, 17, 2048, 4097, 500][task as usize];
        let columns: Vec<Series> = keys.iter().map(|ty| rng.series(ty, n, distinct)).collect();
        let numbers = rng.series(&Type::Int64, n, distinct);
        let texts = rng.series(&Type::String, n, distinct);
        let inputs = [AggregateInput::default(), input(&numbers), input(&texts)];
        // Tasks reach the threads out of order; the order is that of the positions all the same.
        tables[task as usize % 2].update(&columns, n, &inputs, at(5 - task, 10)).unwrap();
        for row in 0..n {
            let key: Vec<Value> = columns.iter().map(|c| c.value(row).unwrap()).collect();
            let number = numbers.value(row).unwrap().as_int().unwrap_or(0);
            let text = texts.value(row).unwrap();
            order.push(((5 - task, row), key.clone()));
            let entry = model.entry(key).or_default();
            *entry = (entry.0 + 1, entry.1 + number, std::mem::take(&mut entry.2));
            if text.as_str().is_some_and(|t| t.len() > entry.2.len()) {
                entry.2 = text.as_str().unwrap().to_string();
            }
        }
    }
    order.sort_by_key(|o| o.0);
    let mut seen = std::collections::HashSet::new();
    let first: Vec<Vec<Value>> = order.into_iter().map(|o| o.1).filter(|k| seen.insert(k.clone())).collect();
    let found = finish(tables, true, &pool);
    assert_eq!(found.len(), first.len(), "{keys:?}");
    for (row, key) in found.iter().zip(&first) {
        let (key_found, results) = row.split_at(keys.len());
        assert_eq!(key_found, key, "{keys:?}");
        let (count, sum, longest) = &model[key];
        assert_eq!((results[0].as_int(), results[1].as_int()), (Some(*count), Some(*sum)), "{key:?}");
        assert_eq!(results[2].as_str().map(str::len), Some(longest.len()));
    }
    assert_eq!(pool.used(), 0);
}

#[test]
fn groups_of_every_type_come_by_first_appearance() {
    for (i, ty) in types().into_iter().enumerate() {
        check(&[ty], 40, i as u64);
    }
}

#[test]
fn groups_of_several_keys_are_those_of_a_map() {
    let all = types();
    let mut rng = Rng(99);
    for seed in 0..12 {
        let keys: Vec<Type> = (0..2 + seed % 4).map(|_| all[rng.below(all.len() as u64) as usize].clone()).collect();
        check(&keys, 6, seed);
    }
}

#[test]
fn many_groups_go_through_all_partitions_and_append_when_nothing_repeats() {
    let pool = MemoryPool::new(1 << 30);
    let spec = GroupSpec::new(vec![Type::Int64], vec![aggregate(Sum, Type::Int64)], false).unwrap();
    let mut tables: Vec<GroupTable> = (0..2).map(|_| spec.table(&pool.spillable("group"), &Work::default()).unwrap()).collect();
    for round in 0..2 {
        for (t, table) in tables.iter_mut().enumerate() {
            for start in (0..200_000).step_by(10_000) {
                let keys = ints((start..start + 10_000).map(|k| k * 2 + t as i64));
                table.update(std::slice::from_ref(&keys), 10_000, &[input(&keys)], at(0, 0)).unwrap();
            }
            // Nearly all rows of the first round were new, so that the second was appended without looking.
            assert!(table.groups() > 150_000 * (round + 1), "{}", table.groups());
        }
    }
    let mut found: Vec<(i64, i64)> =
        finish(tables, false, &pool).iter().map(|r| (r[0].as_int().unwrap(), r[1].as_int().unwrap())).collect();
    found.sort_unstable();
    assert_eq!(found.len(), 400_000);
    assert!(found.iter().enumerate().all(|(i, &(k, sum))| k == i as i64 && sum == 2 * k));
    assert_eq!(pool.used(), 0);
}

#[test]
fn without_keys_there_is_always_one_group() {
    let pool = MemoryPool::new(1 << 24);
    let spec = GroupSpec::new(vec![], vec![aggregate(Count, Type::Int64), aggregate(Sum, Type::Int64)], true).unwrap();
    let table = || spec.table(&pool.spillable("group"), &Work::default()).unwrap();
    let mut found = finish(vec![table()], false, &pool);
    assert_eq!(found, [[Value::Int(0), Value::Int(0)]]);
    let (mut one, mut two) = (table(), table());
    one.update(&[], 4, &[AggregateInput::default(), input(&ints([1, 2, 3, 4]))], at(0, 0)).unwrap();
    let filter = Some(BooleanArray::from(vec![Some(true), None, Some(false)]));
    let filtered = [AggregateInput { args: vec![], filter: filter.clone() }, input(&ints([10, 20, 30]))];
    two.update(&[], 3, &filtered, at(1, 0)).unwrap();
    found = finish(vec![one, two, table()], false, &pool);
    assert_eq!(found, [[Value::Int(5), Value::Int(70)]]);
}

#[test]
fn filtered_and_distinct_aggregates_see_only_their_rows() {
    let pool = MemoryPool::new(1 << 26);
    let mut distinct = aggregate(Count, Type::Int64);
    distinct.distinct = Some(vec![Type::Int64]);
    let mut distinct_sum = aggregate(Sum, Type::Int64);
    distinct_sum.distinct = Some(vec![Type::Int64]);
    let aggregates = vec![aggregate(Sum, Type::Int64), distinct, distinct_sum];
    let spec = GroupSpec::new(vec![Type::String], aggregates, true).unwrap();
    let mut tables: Vec<GroupTable> = (0..2).map(|_| spec.table(&pool.spillable("group"), &Work::default()).unwrap()).collect();
    for (task, table) in tables.iter_mut().enumerate() {
        let keys = strings(["a", "b", "a", "a", "b"]);
        let numbers = ints([1, 1, 1, 2, 3 + task as i64]);
        let filter = Some(BooleanArray::from(vec![true, true, false, true, true]));
        let with_filter = AggregateInput { filter: filter.clone(), ..input(&numbers) };
        let inputs = [with_filter.clone(), input(&numbers), with_filter];
        table.update(&[keys], 5, &inputs, at(task as u64, 0)).unwrap();
    }
    let found = finish(tables, true, &pool);
    let int = Value::Int;
    assert_eq!(found, [vec![Value::string("a"), int(6), int(2), int(3)], vec![Value::string("b"), int(9), int(3), int(8)]]);
    assert_eq!(pool.used(), 0);
}

#[test]
fn distinct_counts_without_keys_meet_across_threads() {
    let pool = MemoryPool::new(1 << 28);
    let mut distinct = aggregate(Count, Type::Int64);
    distinct.distinct = Some(vec![Type::Int64]);
    let spec = GroupSpec::new(vec![], vec![distinct], false).unwrap();
    let mut tables: Vec<GroupTable> = (0..3).map(|_| spec.table(&pool.spillable("group"), &Work::default()).unwrap()).collect();
    for (t, table) in tables.iter_mut().enumerate() {
        let numbers = ints((0..50_000).map(|i| i + 25_000 * t as i64));
        table.update(&[], 50_000, &[input(&numbers)], at(0, 0)).unwrap();
    }
    assert_eq!(finish(tables, false, &pool), [[Value::Int(100_000)]]);
}

#[test]
fn the_memory_limit_refuses_by_the_operators_name() {
    let pool = MemoryPool::new(8 << 20);
    let spec = GroupSpec::new(vec![Type::Int64], vec![aggregate(Count, Type::Int64)], false).unwrap();
    let mut table = spec.table(&pool.spillable("group"), &Work::default()).unwrap();
    let mut refused = None;
    for start in (0..10_000_000).step_by(16_384) {
        let keys = ints(start..start + 16_384);
        if let Err(error) = table.update(&[keys], 16_384, &[AggregateInput::default()], at(0, 0)) {
            refused = Some((error, start));
            break;
        }
    }
    let (error, start) = refused.unwrap();
    assert_eq!(error.kind(), weft_core::ErrorKind::Memory);
    assert!(error.message().starts_with("group needs "), "{error}");
    assert!(start > 60_000, "{start}");
    assert!(pool.peak() <= 8 << 20);
    drop(table);
    assert_eq!(pool.used(), 0);
}

#[test]
fn a_cancelled_query_stops_merging() {
    let pool = MemoryPool::new(1 << 26);
    let spec = GroupSpec::distinct(vec![Type::Int64], false).unwrap();
    let cancel = CancelToken::new();
    let mut table = spec.table(&pool.spillable("distinct"), &Work::new(&cancel)).unwrap();
    table.update(&[ints(0..100)], 100, &[], at(0, 0)).unwrap();
    cancel.cancel();
    let merge = Arc::new(GroupMerge::new(vec![table]).unwrap());
    assert_eq!(merge.reader(0).unwrap().next_chunk(100).unwrap_err().kind(), weft_core::ErrorKind::Cancelled);
}

#[test]
fn hashes_do_not_depend_on_the_encoding() {
    let mut rng = Rng(5);
    for ty in types() {
        for _ in 0..6 {
            let column = rng.series(&ty, 100, 20);
            let flat = Series::new(ty.clone(), column.to_flat().unwrap()).unwrap();
            let (mut a, mut b) = (Vec::new(), vec![1, 2, 3]);
            weft_compute::hash::hash_columns(&[column, ints(0..100)], 100, &mut a).unwrap();
            weft_compute::hash::hash_columns(&[flat, ints(0..100)], 100, &mut b).unwrap();
            assert_eq!(a, b, "{ty}");
        }
    }
    let floats = |x: f64| Series::constant(Type::Float64, &Value::Float(x), 1).unwrap();
    let hash = |x: f64| {
        let mut hashes = Vec::new();
        weft_compute::hash::hash_columns(&[floats(x)], 1, &mut hashes).unwrap();
        hashes[0]
    };
    assert_eq!(hash(0.0), hash(-0.0));
    assert_eq!(hash(f64::NAN), hash(f64::from_bits(f64::NAN.to_bits() | 1 << 63 | 5)));
    assert_ne!(hash(0.0), hash(1.0));
}

#[test]
fn keys_of_few_values_are_addressed_directly_while_their_codes_last() {
    let pool = MemoryPool::new(1 << 26);
    let spec = GroupSpec::new(vec![Type::String, Type::Int32], vec![aggregate(Count, Type::Int64)], true).unwrap();
    let mut table = spec.table(&pool.spillable("group"), &Work::default()).unwrap();
    let mut rng = Rng(3);
    let mut model: HashMap<(Value, Value), i64> = HashMap::new();
    for chunk in 0..40u64 {
        // The dictionary changes, repeats values and holds a null; numbers move out of the range seen so far.
        let words: Vec<Value> = (0..4).map(|_| rng.value(&Type::String, 6)).collect();
        let words = Value::array(&Type::String, &words).unwrap();
        let codes = (0..500).map(|_| (rng.below(9) != 0).then(|| rng.below(4) as u32)).collect();
        let names = Series::dictionary(Type::String, codes, words);
        let reach = if chunk % 10 == 9 { 1 << 30 } else { 20 };
        let numbers = (0..500).map(|_| match rng.below(reach + 1) {
            0 => Value::Null,
            n => Value::Int(n as i64 - 8 + 3 * chunk as i64),
        });
        let numbers = Value::array(&Type::Int32, &numbers.collect::<Vec<_>>()).unwrap();
        let numbers = Series::new(Type::Int32, numbers).unwrap();
        for row in 0..500 {
            *model.entry((names.value(row).unwrap(), numbers.value(row).unwrap())).or_default() += 1;
        }
        table.update(&[names, numbers], 500, &[AggregateInput::default()], at(chunk, 0)).unwrap();
    }
    assert_eq!(table.groups(), model.len());
    let found = finish(vec![table], true, &pool);
    assert_eq!(found.len(), model.len());
    assert!(found.iter().all(|r| r[2].as_int() == model.get(&(r[0].clone(), r[1].clone())).copied()));
}

/// The same input into tables that spill after every few chunks and into tables that do not.
#[test]
fn forced_spilling_gives_the_same_groups_for_every_key_type() {
    let folder = std::env::temp_dir();
    let manager = weft_core::spill::SpillManager::new(folder, 0);
    let metrics = weft_core::OperatorMetrics::new("group");
    let pool = MemoryPool::new(1 << 28);
    let mut types: Vec<Vec<Type>> = types().into_iter().map(|t| vec![t]).collect();
    types.push(vec![Type::String, Type::Int32, Type::list(Type::String)]);
    for (seed, keys) in types.iter().enumerate() {
        let results: Vec<Vec<Vec<Value>>> = [false, true]
            .iter()
            .map(|spilling| {
                let mut distinct = aggregate(Count, Type::Int64);
                distinct.distinct = Some(vec![Type::String]);
                let aggregates =
                    vec![aggregate(Count, Type::Int64), aggregate(Sum, Type::Int64), aggregate(Longest, Type::String), distinct];
                let spec = GroupSpec::new(keys.clone(), aggregates, true).unwrap();
                let work = Work::default().spilling(&manager, &metrics);
                let mut tables: Vec<GroupTable> = (0..2).map(|_| spec.table(&pool.spillable("group"), &work).unwrap()).collect();
                let mut rng = Rng(seed as u64);
                for task in 0..8u64 {
                    let n = [1, 3000, 17, 2048, 4097, 500, 1, 900][task as usize];
                    let columns: Vec<Series> = keys.iter().map(|ty| rng.series(ty, n, 400)).collect();
                    let (numbers, texts) = (rng.series(&Type::Int64, n, 90), rng.series(&Type::String, n, 700));
                    let inputs = [AggregateInput::default(), input(&numbers), input(&texts), input(&texts)];
                    let table = &mut tables[task as usize % 2];
                    table.update(&columns, n, &inputs, at(9 - task, 10)).unwrap();
                    if *spilling && task % 3 != 0 {
                        table.spill().unwrap();
                    }
                }
                finish(tables, true, &pool)
            })
            .collect();
        // `Longest` keeps the first of equally long texts: only their lengths are the same in any order.
        let plain = |rows: &[Vec<Value>]| -> Vec<Vec<String>> {
            rows.iter()
                .map(|r| {
                    r.iter()
                        .enumerate()
                        .map(|(i, v)| if i == keys.len() + 2 { v.to_string().len().to_string() } else { v.to_string() })
                        .collect()
                })
                .collect()
        };
        assert_eq!(plain(&results[0]), plain(&results[1]), "{keys:?}");
    }
    assert!(metrics.spilled.get() > 0);
    assert_eq!((pool.used(), manager.files()), (0, 0));
}

/// The first rows of keys, many times more than the budget holds.
#[test]
fn first_rows_and_groups_finish_in_a_small_budget() {
    let manager = weft_core::spill::SpillManager::new(std::env::temp_dir(), 0);
    let metrics = weft_core::OperatorMetrics::new("group");
    let pool = MemoryPool::new(16 << 20);
    let work = Work::default().spilling(&manager, &metrics);
    let spec = GroupSpec::first_rows(vec![Type::Int64], vec![Type::String], true).unwrap();
    let mut tables: Vec<GroupTable> = (0..2).map(|_| spec.table(&pool.spillable("distinct"), &work).unwrap()).collect();
    let chunks = 60u64;
    for chunk in 0..chunks {
        // Every key comes twice, the later chunk first.
        let task = chunks - 1 - chunk;
        let start = (task / 2) as i64 * 16_384;
        let texts: Vec<String> = (start..start + 16_384).map(|k| format!("a text of task {task} and key {k}")).collect();
        let column = strings(texts.iter().map(String::as_str));
        tables[chunk as usize % 2].insert(&[ints(start..start + 16_384)], &[column], 16_384, at(task, 0)).unwrap();
    }
    let found = finish(tables, true, &pool);
    assert_eq!(found.len(), 30 * 16_384);
    for (i, row) in found.iter().enumerate() {
        let task = i / 16_384 * 2;
        assert_eq!(row[0].as_int(), Some(i as i64));
        assert_eq!(row[1], Value::string(format!("a text of task {task} and key {i}")));
    }
    assert!(metrics.spilled.get() > 16 << 20, "{}", metrics.spilled.get());
    assert!(pool.peak() <= 18 << 20, "{}", pool.peak());
    assert_eq!((pool.used(), manager.files()), (0, 0));
}
