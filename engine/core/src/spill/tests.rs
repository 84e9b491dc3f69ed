//! Files, faults, and columns that come back as they were.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringViewArray, UInt32Array};

use super::*;
use crate::chunk::{Chunk, Position};
use crate::error::ErrorKind;
use crate::metrics::OperatorMetrics;
use crate::schema::Field;
use crate::series::{Encoding, Series};
use crate::types::{ImageMode, TimeUnit, Type};
use crate::value::Value;

fn manager(limit: u64) -> (tempfile::TempDir, Arc<SpillManager>) {
    let folder = tempfile::tempdir().unwrap();
    let manager = SpillManager::new(folder.path(), limit);
    (folder, manager)
}

/// Bytes that do not shrink.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u8
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn blocks_are_read_while_more_are_written_and_the_disk_is_free_in_the_end() {
    let (folder, manager) = manager(0);
    let metrics = OperatorMetrics::new("sort");
    let mut writer = manager.create("sort", &metrics).unwrap();
    let (flat, random) = (vec![7u8; 300_000], noise(100_000));
    let first = writer.write_block(&[&flat[..100_000], &flat[100_000..]]).unwrap();
    let second = writer.write_block(&[&random]).unwrap();
    let empty = writer.write_block(&[]).unwrap();
    assert!(first.stored_bytes() < 10_000, "{first:?}");
    assert_eq!((second.stored_bytes(), second.bytes()), (100_000, 100_000), "what does not shrink is stored as it is");
    let file = Arc::clone(writer.file());
    let mut out = vec![1; 5];
    for (block, bytes) in [(&second, &random), (&first, &flat), (&empty, &Vec::new())] {
        file.read_block(block, &mut out).unwrap();
        assert!(out == *bytes);
    }
    let third = writer.write_block(&[b"abc"]).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut out = Vec::new();
                file.read_block(&third, &mut out).unwrap();
                assert_eq!(out, b"abc");
            });
        }
    });
    let on_disk = (first.stored_bytes() + second.stored_bytes() + 3) as u64;
    assert_eq!((manager.used(), manager.files(), metrics.spilled.get(), metrics.spill_files.get()), (on_disk, 1, on_disk, 1));
    assert!(metrics.spill_read.get() >= on_disk);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "no name is left, whatever happens to the process");
    drop(file);
    drop(writer.finish());
    assert_eq!((manager.used(), manager.files()), (0, 0));
}

#[test]
fn the_limit_refuses_and_says_which_setting_it_is() {
    let (_folder, manager) = manager(150_000);
    let mut writer = manager.create("group", &OperatorMetrics::new("group")).unwrap();
    let block = writer.write_block(&[&noise(100_000)]).unwrap();
    let error = writer.write_block(&[&noise(100_000)]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    let expected = "group would spill 97.7 KiB more than the spill limit of 146.5 KiB allows (97.7 KiB on disk)";
    assert_eq!(error.message(), expected);
    assert!(error.help().is_some_and(|h| h.contains("spill_limit")));
    let mut out = Vec::new();
    writer.file().read_block(&block, &mut out).unwrap();
    drop(writer);
    let mut writer = manager.create("group", &OperatorMetrics::new("group")).unwrap();
    writer.write_block(&[&noise(100_000)]).unwrap();
}

#[test]
fn a_folder_that_is_gone_or_closed_is_an_error_that_names_it() {
    let (folder, manager) = manager(0);
    let path = folder.path().join("gone");
    std::fs::create_dir(&path).unwrap();
    manager.configure(&path, 0);
    let metrics = OperatorMetrics::new("join");
    let mut writer = manager.create("join", &metrics).unwrap();
    std::fs::remove_dir(&path).unwrap();
    // What is open goes on; what is new cannot begin.
    let block = writer.write_block(&[b"still here"]).unwrap();
    let mut out = Vec::new();
    writer.file().read_block(&block, &mut out).unwrap();
    let Err(error) = manager.create("join", &metrics) else { panic!("a file in a folder that is not there") };
    assert_eq!(error.kind(), ErrorKind::Io);
    assert_eq!(error.message(), format!("join cannot spill to `{}`: there is no such folder", path.display()));
    assert!(error.help().is_some_and(|h| h.contains("spill_dir")));
    assert_eq!(manager.files(), 1);
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    manager.configure(&file, 0);
    assert!(manager.create("join", &metrics).is_err());
    assert!(SpillManager::check(&file).is_err());
    manager.configure(folder.path(), 0);
    manager.create("join", &metrics).unwrap();
}

#[test]
fn what_crashed_processes_left_is_removed_and_nothing_else() {
    let (folder, manager) = manager(0);
    let own = format!("weft-spill-{}-x", std::process::id());
    for name in ["weft-spill-4194305-abc", &own, "weft-spill-x-1", "mine.csv"] {
        std::fs::write(folder.path().join(name), "left").unwrap();
    }
    drop(manager.create("sort", &OperatorMetrics::new("sort")).unwrap());
    let mut left: Vec<String> =
        std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    left.sort();
    assert_eq!(left, ["mine.csv", &own, "weft-spill-x-1"]);
}

/// Writes chunks of one column each and reads them back.
fn round_trip(series: &[Series]) -> Vec<Chunk> {
    let (_folder, manager) = manager(0);
    let types: Arc<[Type]> = series.iter().map(|s| s.ty().clone()).collect();
    let rows = series[0].len();
    let writer = manager.create("sort", &OperatorMetrics::new("sort")).unwrap();
    let mut spill = ChunkSpill::new(types, writer).unwrap();
    let chunk = Chunk::new(series.to_vec(), rows).unwrap().at(Position { task: 3, row: 9 });
    let selected: Arc<[u32]> = (0..rows as u32).step_by(3).collect();
    let at = [spill.write(&chunk).unwrap(), spill.write(&chunk.clone().with_selection(Some(selected))).unwrap()];
    let early = spill.reader().read(&at[0]).unwrap();
    let reader = spill.finish();
    let read: Vec<Chunk> = at.iter().map(|at| reader.read(at).unwrap()).collect();
    assert_eq!(early.rows(), read[0].rows());
    assert!(read.iter().all(|c| c.position == Position { task: 3, row: 9 }));
    read
}

fn assert_same(series: &Series, read: &Series, rows: impl Iterator<Item = usize>) {
    assert_eq!(read.ty(), series.ty());
    for (at, row) in rows.enumerate() {
        assert_eq!(read.value(at).unwrap(), series.value(row).unwrap(), "{} row {row}", series.ty());
    }
}

fn flat(ty: Type, values: &[Value]) -> Series {
    let array = Value::array(&ty, values).unwrap();
    Series::new(ty, array).unwrap()
}

fn some_columns() -> Vec<Series> {
    let text = |n: i64| Value::string(if n % 5 == 0 { String::new() } else { format!("a longer text, number {n} ä") });
    let column = |ty: Type, value: &dyn Fn(i64) -> Value| {
        let values: Vec<Value> = (0..100).map(|n| if n % 7 == 3 { Value::Null } else { value(n) }).collect();
        flat(ty, &values)
    };
    let pair = Type::Struct(vec![Field::new("a", Type::Int32), Field::new("b", Type::String)].into());
    vec![
        column(Type::Int64, &|n| Value::Int(n * n - 50)),
        column(Type::Bool, &|n| Value::Bool(n % 2 == 0)),
        column(Type::Float64, &|n| Value::Float(if n == 5 { f64::NAN } else { n as f64 / 3.0 })),
        column(Type::String, &text),
        column(Type::Decimal { precision: 15, scale: 2 }, &|n| Value::Decimal(i128::from(n), 2)),
        column(Type::Decimal { precision: 38, scale: 2 }, &|n| Value::Decimal(i128::from(n) << 70, 2)),
        column(Type::Date, &|n| Value::Date(n as i32 - 50)),
        column(Type::Timestamp(TimeUnit::Microsecond, Some("Europe/Berlin".into())), &Value::Timestamp),
        column(Type::Binary, &|n| Value::Binary(vec![n as u8; n as usize].into())),
        column(Type::list(Type::String), &|n| Value::List((0..n % 4).map(text).collect())),
        column(pair, &|n| Value::Struct(vec![Value::Int(n), text(n)])),
        Series::nulls(Type::Null, 100),
        Series::nulls(Type::Image(Some(ImageMode::RGB)), 100),
        Series::constant(Type::String, &Value::string("the same in all rows, and long"), 100).unwrap(),
    ]
}

#[test]
fn columns_of_all_kinds_come_back_whole_sliced_and_selected() {
    let columns = some_columns();
    let read = round_trip(&columns);
    for (index, column) in columns.iter().enumerate() {
        assert_same(column, &read[0].columns()[index], 0..100);
        assert_same(column, &read[1].columns()[index], (0..100).step_by(3));
    }
    assert!(read[0].columns()[13].as_constant().is_some());
    let sliced: Vec<Series> = columns.iter().map(|c| c.slice(13, 41)).collect();
    let read = round_trip(&sliced);
    for (index, column) in columns.iter().enumerate() {
        assert_same(column, &read[0].columns()[index], 13..54);
    }
    let none: Vec<Series> = columns.iter().map(|c| c.slice(50, 0)).collect();
    assert_eq!(round_trip(&none)[0].rows(), 0);
}

#[test]
fn dictionaries_stay_unless_they_are_larger_than_the_chunk() {
    let values: ArrayRef = Arc::new(StringViewArray::from(vec!["x", "a text too long for a view", "never used"]));
    let codes = UInt32Array::from(vec![Some(1), None, Some(0), Some(1)]);
    let small = Series::dictionary(Type::String, codes, Arc::clone(&values));
    let read = round_trip(std::slice::from_ref(&small));
    assert!(matches!(read[0].columns()[0].encoding(), Encoding::Dictionary { .. }));
    assert_same(&small, &read[0].columns()[0], 0..4);
    let large = small.slice(0, 2);
    let read = round_trip(std::slice::from_ref(&large));
    assert!(matches!(read[0].columns()[0].encoding(), Encoding::Flat(_)));
    assert_same(&large, &read[0].columns()[0], 0..2);
}

#[test]
fn a_few_rows_of_a_large_column_take_little_on_disk_and_in_memory() {
    let texts: Vec<String> = (0..10_000).map(|n| format!("a text that lies in a buffer, number {n}")).collect();
    let all = Series::new(Type::String, Arc::new(StringViewArray::from_iter_values(&texts))).unwrap();
    let few = all.slice(5_000, 10);
    assert!(few.memory_bytes() > 100_000);
    let read = round_trip(std::slice::from_ref(&few));
    assert_same(&few, &read[0].columns()[0], 0..10);
    assert!(read[0].memory_bytes() < 2_000, "{} bytes", read[0].memory_bytes());
    let flat = read[0].columns()[0].to_flat().unwrap();
    assert_eq!(flat.as_string_view().len(), 10);
}
