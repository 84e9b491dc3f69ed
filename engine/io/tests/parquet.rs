//! `read_parquet`: what is read, what is left out, and what is said of broken files.

use std::path::Path;
use std::sync::Arc;

use arrow::array::types::Int32Type;
use arrow::array::*;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use tempfile::TempDir;
use weft_core::source::{Estimate, FilterSupport, TableSource};
use weft_core::{ErrorKind, Expr, TimeUnit, Type, Value};

use crate::functions::{among, less};
use crate::support::{Scan, all, ints, open_in, run, text};

/// `id` from `first` up, `word` of three words, `x` of random looking text.
fn batch(first: i64, rows: i64) -> RecordBatch {
    let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(first..first + rows));
    let words: ArrayRef = Arc::new((0..rows).map(|i| Some(["red", "green", "blue"][i as usize % 3])).collect::<StringArray>());
    let long = (first..first + rows).map(|i| Some(format!("{:x}-{i}", i.wrapping_mul(0x1e37_79b9_7f4a_7c15))));
    let long: ArrayRef = Arc::new(long.collect::<StringArray>());
    RecordBatch::try_from_iter([("id", ids), ("word", words), ("x", long)]).unwrap()
}

fn write(path: &Path, batch: &RecordBatch, group_rows: usize, page_rows: usize) {
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(group_rows))
        .set_data_page_row_count_limit(page_rows)
        .set_write_batch_size(page_rows.min(1024))
        .set_statistics_enabled(EnabledStatistics::Page)
        .build();
    let mut writer = ArrowWriter::try_new(std::fs::File::create(path).unwrap(), batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn read(folder: &TempDir, path: &str) -> Arc<dyn TableSource> {
    open_in(folder.path(), "read_parquet", &[("path", text(path))]).unwrap()
}

fn fail(folder: &TempDir, path: &str) -> weft_core::Error {
    open_in(folder.path(), "read_parquet", &[("path", text(path))]).unwrap_err()
}

#[test]
fn all_rows_come_back_in_order() {
    let folder = folder();
    write(&folder.path().join("a.parquet"), &batch(0, 1000), 300, 50);
    let source = read(&folder, "a.parquet");
    assert_eq!(source.statistics().rows, Some(Estimate::Exact(1000)));
    assert_eq!(source.statistics().columns[0].min, Some(Value::Int(0)));
    assert_eq!(source.statistics().columns[0].max, Some(Value::Int(999)));
    assert_eq!(source.statistics().columns[1].max, Some(text("red")));
    let scanned = run(&*source, &Scan { chunk_rows: Some(128), ..Scan::default() }).unwrap();
    assert_eq!(scanned.tasks.len(), 4);
    assert_eq!(scanned.column(0), ints(0..1000));
    assert_eq!(scanned.values()[4], [Value::Int(4), text("green"), text("78dde6e5fd29f054-4")]);
    let m = &scanned.metrics;
    assert_eq!((m.files.get(), m.row_groups_read.get(), m.row_groups_pruned.get()), (1, 4, 0));
    assert_eq!((m.pages_read.get(), m.pages_pruned.get()), (3 * 20, 0));
    let size = std::fs::metadata(folder.path().join("a.parquet")).unwrap().len();
    assert!(m.bytes_read.get() > 10_000 && m.bytes_read.get() < size, "{} of {size}", m.bytes_read.get());
}

#[test]
fn text_of_few_values_stays_a_dictionary() {
    let folder = folder();
    write(&folder.path().join("a.parquet"), &batch(0, 5000), 5000, 5000);
    let scanned = all(&*read(&folder, "a.parquet"));
    let chunk = &scanned.tasks[0][0];
    assert!(matches!(chunk.columns()[1].encoding(), weft_core::series::Encoding::Dictionary { .. }));
    assert!(matches!(chunk.columns()[2].encoding(), weft_core::series::Encoding::Flat(_)));
}

#[test]
fn only_wanted_columns_are_read_in_the_order_wanted() {
    let folder = folder();
    write(&folder.path().join("a.parquet"), &batch(0, 1000), 1000, 100);
    let source = read(&folder, "a.parquet");
    let everything = all(&*source).metrics.bytes_read.get();
    let scanned = run(&*source, &Scan { columns: Some(vec![1, 0]), ..Scan::default() }).unwrap();
    assert_eq!(scanned.values()[1], [text("green"), Value::Int(1)]);
    assert_eq!(scanned.metrics.pages_read.get(), 20);
    assert!(scanned.metrics.bytes_read.get() * 2 < everything);
    let none = run(&*source, &Scan { columns: Some(vec![]), ..Scan::default() }).unwrap();
    assert_eq!((none.rows(), none.metrics.bytes_read.get(), none.metrics.files.get()), (1000, 0, 0));
}

#[test]
fn row_groups_and_pages_are_ruled_out_by_their_bounds() {
    let folder = folder();
    write(&folder.path().join("a.parquet"), &batch(0, 1000), 200, 20);
    let source = read(&folder, "a.parquet");
    let filter = among(source.schema(), "id", &ints([205, 207, 230]));
    assert_eq!(source.filter_support(&filter), FilterSupport::Exact);
    let scanned = run(&*source, &Scan { filters: vec![filter], ..Scan::default() }).unwrap();
    assert_eq!(scanned.column(0), ints([205, 207, 230]));
    let m = &scanned.metrics;
    assert_eq!((m.row_groups_read.get(), m.row_groups_pruned.get()), (1, 4));
    assert_eq!((m.pages_read.get(), m.pages_pruned.get()), (6, 24));
    assert_eq!(m.rows_in.get(), 40);
    // Where all rows of a group meet the filter, the filter's column is not read.
    let half = less(source.schema(), "id", Value::Int(400));
    let scanned = run(&*source, &Scan { filters: vec![half], columns: Some(vec![2]), ..Scan::default() }).unwrap();
    assert_eq!((scanned.rows(), scanned.metrics.pages_read.get()), (400, 20));
    let few = less(source.schema(), "id", Value::Int(450));
    let scanned = run(&*source, &Scan { filters: vec![few], columns: Some(vec![2]), ..Scan::default() }).unwrap();
    assert_eq!((scanned.rows(), scanned.metrics.row_groups_pruned.get()), (450, 2));
}

#[test]
fn other_columns_are_decoded_only_where_the_filter_leaves_rows() {
    let folder = folder();
    write(&folder.path().join("a.parquet"), &batch(0, 10_000), 10_000, 100);
    let source = read(&folder, "a.parquet");
    // Values at both ends: every page of `x` could match by its bounds of `word`, few do by the rows left.
    let filter = among(source.schema(), "id", &ints([3, 9_998]));
    let scan = Scan { filters: vec![filter], columns: Some(vec![2, 1]), ..Scan::default() };
    let scanned = run(&*source, &scan).unwrap();
    assert_eq!(scanned.column(1), [text("red"), text("blue")]);
    assert_eq!(scanned.metrics.pages_read.get(), 6);
    let word = among(source.schema(), "word", &[text("green")]);
    let both = vec![word, less(source.schema(), "id", Value::Int(10))];
    let scanned = run(&*source, &Scan { filters: both, columns: Some(vec![0]), ..Scan::default() }).unwrap();
    assert_eq!(scanned.column(0), ints([1, 4, 7]));
    let nothing = among(source.schema(), "word", &[text("violet")]);
    let scanned = run(&*source, &Scan { filters: vec![nothing], ..Scan::default() }).unwrap();
    assert_eq!((scanned.rows(), scanned.metrics.bytes_read.get()), (0, 0));
}

#[test]
fn a_limit_reads_few_of_a_thousand_row_groups() {
    let folder = folder();
    write(&folder.path().join("a.parquet"), &batch(0, 10_000), 10, 10);
    let source = read(&folder, "a.parquet");
    let scanned = run(&*source, &Scan { limit: Some(25), ..Scan::default() }).unwrap();
    assert_eq!(scanned.column(0), ints(0..25));
    assert_eq!((scanned.tasks.len(), scanned.metrics.row_groups_read.get()), (3, 3));
    let filter = among(source.schema(), "word", &[text("blue")]);
    let scan = Scan { limit: Some(4), filters: vec![filter], ..Scan::default() };
    let scanned = run(&*source, &scan).unwrap();
    assert!(scanned.rows() >= 4);
    assert_eq!(scanned.column(0)[..4], ints([2, 5, 8, 11]));
    assert_eq!(scanned.metrics.row_groups_read.get(), 2);
}

#[test]
fn a_limit_opens_no_later_file_and_reads_no_later_page() {
    let folder = folder();
    write(&folder.path().join("a.parquet"), &batch(0, 1000), 1000, 100);
    write(&folder.path().join("b.parquet"), &batch(1000, 1000), 1000, 100);
    std::fs::write(folder.path().join("c.parquet"), b"rubbish that nobody may look at").unwrap();
    let source = read(&folder, "*.parquet");
    let scanned = run(&*source, &Scan { limit: Some(150), ..Scan::default() }).unwrap();
    assert_eq!((scanned.rows(), scanned.metrics.files.get(), scanned.metrics.pages_read.get()), (150, 1, 6));
    let error = run(&*source, &Scan::default()).err().unwrap();
    assert!(error.message().contains("c.parquet` is no Parquet file"), "{error}");
}

#[test]
fn a_big_row_group_becomes_several_tasks() {
    let folder = folder();
    write(&folder.path().join("a.parquet"), &batch(0, 1000), 1000, 50);
    let source = read(&folder, "a.parquet");
    let scanned = run(&*source, &Scan { task_rows: Some(300), chunk_rows: Some(200), ..Scan::default() }).unwrap();
    assert_eq!(scanned.tasks.len(), 4);
    assert_eq!(scanned.column(0), ints(0..1000));
    assert_eq!(scanned.metrics.row_groups_read.get(), 1);
    let filter = among(source.schema(), "id", &ints([10, 650, 999]));
    let scan = Scan { task_rows: Some(300), filters: vec![filter], ..Scan::default() };
    let scanned = run(&*source, &scan).unwrap();
    assert_eq!(scanned.column(0), ints([10, 650, 999]));
    assert_eq!((scanned.metrics.pages_read.get(), scanned.metrics.pages_pruned.get()), (9, 51));
}

#[test]
fn decimals_times_nulls_and_nested_values() {
    let folder = folder();
    let price = Decimal128Array::from(vec![Some(105), None, Some(-7)]).with_precision_and_scale(15, 2).unwrap();
    let wide = Decimal128Array::from(vec![Some(1), Some(2), None]).with_precision_and_scale(38, 3).unwrap();
    let at = TimestampMicrosecondArray::from(vec![Some(1), None, Some(-1)]).with_timezone("UTC");
    let day = Date32Array::from(vec![Some(0), Some(19_000), None]);
    let tags = ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1), None]), None, Some(vec![])]);
    let text_member: ArrayRef = Arc::new(StringArray::from(vec![Some("a"), None, Some("c")]));
    let member = StructArray::try_from(vec![("s", text_member)]).unwrap();
    let batch = RecordBatch::try_from_iter_with_nullable([
        ("price", Arc::new(price) as ArrayRef, true),
        ("wide", Arc::new(wide), true),
        ("at", Arc::new(at), true),
        ("day", Arc::new(day), true),
        ("tags", Arc::new(tags), true),
        ("member", Arc::new(member), false),
    ]);
    write(&folder.path().join("a.parquet"), &batch.unwrap(), 100, 100);
    let source = read(&folder, "a.parquet");
    let types: Vec<String> = source.schema().fields().iter().map(|f| f.ty.to_string()).collect();
    assert_eq!(types, ["decimal(15, 2)", "decimal(38, 3)", "timestamp(\"us\", \"UTC\")", "date", "[int32]", "{s: str}"]);
    let rows = all(&*source).values();
    let list = |items: &[Value]| Value::List(items.to_vec());
    assert_eq!(rows[0][..4], [Value::Decimal(105, 2), Value::Decimal(1, 3), Value::Timestamp(1), Value::Date(0)]);
    assert_eq!(rows[0][4..], [list(&[Value::Int(1), Value::Null]), Value::Struct(vec![text("a")])]);
    assert_eq!(rows[1][4..], [Value::Null, Value::Struct(vec![Value::Null])]);
    assert_eq!(rows[2][..4], [Value::Decimal(-7, 2), Value::Null, Value::Timestamp(-1), Value::Null]);
    let statistics = source.statistics().columns;
    assert_eq!((statistics[0].min.clone(), statistics[0].nulls), (Some(Value::Decimal(-7, 2)), Some(Estimate::Exact(1))));
    let cheap = less(source.schema(), "price", Value::Decimal(0, 2));
    let scanned = run(&*source, &Scan { filters: vec![cheap], columns: Some(vec![0, 5]), ..Scan::default() }).unwrap();
    assert_eq!(scanned.values(), [[Value::Decimal(-7, 2), Value::Struct(vec![text("c")])]]);
    assert_eq!(source.schema().fields()[2].ty, Type::Timestamp(TimeUnit::Microsecond, Some("UTC".into())));
}

#[test]
fn files_that_differ_are_named() {
    let folder = folder();
    write(&folder.path().join("a.parquet"), &batch(0, 10), 10, 10);
    let column = |name: &str, array: ArrayRef| RecordBatch::try_from_iter([(name, array)]).unwrap();
    write(&folder.path().join("b.parquet"), &column("other", Arc::new(Int64Array::from(vec![1]))), 10, 10);
    write(&folder.path().join("c.parquet"), &column("id", Arc::new(StringArray::from(vec!["x"]))), 10, 10);
    write(&folder.path().join("d.parquet"), &column("id", Arc::new(Int32Array::from(vec![7]))), 10, 10);
    let ids = Scan { columns: Some(vec![0]), ..Scan::default() };
    let error = run(&*read(&folder, "[ab].parquet"), &ids).err().unwrap();
    assert!(error.message().contains("b.parquet` has no column `id`"), "{error}");
    let error = run(&*read(&folder, "[ac].parquet"), &ids).err().unwrap();
    assert!(error.message().contains("c.parquet` is str, but int in the first file"), "{error}");
    let widened = run(&*read(&folder, "[ad].parquet"), &ids).unwrap();
    assert_eq!(widened.column(0)[10], Value::Int(7));
}

#[test]
fn columns_can_be_chosen_at_the_source() {
    let folder = folder();
    write(&folder.path().join("a.parquet"), &batch(0, 10), 10, 10);
    let chosen = |names: &[&str]| {
        let names = Value::List(names.iter().map(|n| text(n)).collect());
        open_in(folder.path(), "read_parquet", &[("path", text("a.parquet")), ("columns", names)])
    };
    let source = chosen(&["word", "id"]).unwrap();
    assert_eq!(all(&*source).values()[1], [text("green"), Value::Int(1)]);
    let error = chosen(&["wrod"]).unwrap_err();
    assert!(error.help().unwrap().starts_with("nearest: `word`"), "{:?}", error.help());
}

#[test]
fn broken_files_are_told_apart() {
    let folder = folder();
    let path = folder.path().join("a.parquet");
    write(&path, &batch(0, 1000), 100, 100);
    let bytes = std::fs::read(&path).unwrap();
    let put = |bytes: &[u8]| std::fs::write(folder.path().join("b.parquet"), bytes).unwrap();
    put(&bytes[..bytes.len() / 2]);
    assert!(fail(&folder, "b.parquet").message().ends_with("b.parquet` is truncated: it begins as Parquet but has no footer"));
    put(b"");
    assert!(fail(&folder, "b.parquet").message().contains("b.parquet` is empty"));
    put(b"a,b\n1,2\n1,2\n");
    assert!(fail(&folder, "b.parquet").message().contains("b.parquet` is no Parquet file"));
    put(b"PAR1aaaaaaaaaaaaPARE");
    assert_eq!(fail(&folder, "b.parquet").kind(), ErrorKind::Unsupported);
    assert!(fail(&folder, "nothing.parquet").help().unwrap().contains("`a.parquet`"));
    assert!(fail(&folder, "").message().contains("empty"));
    assert!(fail(&folder, "s3://b/k").message().contains("`s3://`"));
    // Every third byte of a small file damaged in turn: an answer each time, never a panic.
    write(&path, &batch(0, 6), 3, 3);
    let bytes = std::fs::read(&path).unwrap();
    for i in (0..bytes.len()).step_by(3) {
        let mut damaged = bytes.clone();
        damaged[i] ^= 0x55;
        put(&damaged);
        if let Ok(source) = open_in(folder.path(), "read_parquet", &[("path", text("b.parquet"))]) {
            let _ = run(&*source, &Scan::default());
        }
    }
}

#[test]
fn a_footer_that_miscounts_the_files_rows_loses_none() {
    use parquet::file::metadata::{FileMetaData, ParquetMetaData, ParquetMetaDataReader, ParquetMetaDataWriter};
    let folder = folder();
    let path = folder.path().join("a.parquet");
    write(&path, &batch(0, 10), 4, 4);
    let bytes = std::fs::read(&path).unwrap();
    let metadata = ParquetMetaDataReader::new().parse_and_finish(&bytes::Bytes::from(bytes.clone())).unwrap();
    let file = metadata.file_metadata();
    let empty = FileMetaData::new(file.version(), 0, None, None, file.schema_descr_ptr(), None);
    let wrong = ParquetMetaData::new(empty, metadata.row_groups().to_vec());
    let footer = u32::from_le_bytes(bytes[bytes.len() - 8..bytes.len() - 4].try_into().unwrap()) as usize;
    let mut patched = bytes[..bytes.len() - 8 - footer].to_vec();
    ParquetMetaDataWriter::new(&mut patched, &wrong).finish().unwrap();
    std::fs::write(folder.path().join("b.parquet"), &patched).unwrap();
    assert_eq!(all(&*read(&folder, "b.parquet")).rows(), 10);
}

#[test]
fn a_changed_file_has_another_validator_and_is_read_anew() {
    let folder = folder();
    let path = folder.path().join("a.parquet");
    write(&path, &batch(0, 10), 10, 10);
    let source = read(&folder, "a.parquet");
    let before = source.validator().unwrap();
    assert_eq!(source.validator().unwrap(), before);
    assert_eq!(all(&*source).rows(), 10);
    write(&path, &batch(0, 20), 10, 10);
    assert_ne!(source.validator().unwrap(), before);
    assert_eq!(all(&*source).rows(), 20);
}

#[test]
fn an_interrupt_ends_the_scan() {
    let folder = folder();
    write(&folder.path().join("a.parquet"), &batch(0, 100), 10, 10);
    let source = read(&folder, "a.parquet");
    let request = crate::support::request(&*source, &Scan::default());
    request.context.cancel.cancel();
    let error = source.scan(request).unwrap().next_task().err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
}

#[test]
fn filters_that_can_fail_are_left_to_others() {
    let folder = folder();
    write(&folder.path().join("a.parquet"), &batch(0, 10), 10, 10);
    let source = read(&folder, "a.parquet");
    let word = Expr::column(source.schema(), "word").unwrap();
    let cast = word.cast(Type::Bool, weft_core::expr::CastMode::Strict);
    assert_eq!(source.filter_support(&cast), FilterSupport::None);
}
