//! Our decoder of flat Parquet columns gives what the Parquet crate's own reader gives.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::*;
use arrow::compute::cast;
use arrow::datatypes::DataType;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, Encoding};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder, WriterVersion};
use weft_core::source::TableSource;
use weft_core::{Expr, Schema, Value};

use crate::corpora::{corpus, files};
use crate::functions::{among, less};
use crate::support::{Scan, ints, open_in, run, text};

/// Numbers that look random, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }
}

/// A column of each kind; in those that may be null one value of `nulls` is.
fn batch(rows: usize, nulls: u64, seed: u64) -> RecordBatch {
    let mut numbers = Numbers(seed);
    let mut some = |below: u64| -> Vec<Option<u64>> {
        (0..rows).map(|_| (!numbers.next().is_multiple_of(nulls)).then(|| numbers.next() % below)).collect()
    };
    let wide = some(u64::MAX);
    let small = some(200);
    let words: Vec<Option<String>> =
        some(40).into_iter().map(|n| n.map(|n| "织wörd".repeat(n as usize % 7) + &n.to_string())).collect();
    let long: Vec<Option<String>> =
        some(1 << 30).into_iter().map(|n| n.map(|n| format!("{n}").repeat(n as usize % 30))).collect();
    let signed = |n: &Option<u64>| n.map(|n| n as i64 - (1 << 29));
    let columns: Vec<(&str, ArrayRef, bool)> = vec![
        ("id", Arc::new(Int64Array::from_iter_values(0..rows as i64)), false),
        ("few", Arc::new(small.iter().map(|n| n.map(|n| n as i64 / 20)).collect::<Int64Array>()), true),
        ("i8", Arc::new(small.iter().map(|n| n.map(|n| (n as i16 - 100) as i8)).collect::<Int8Array>()), true),
        ("u16", Arc::new(wide.iter().map(|n| n.map(|n| n as u16)).collect::<UInt16Array>()), true),
        ("u32", Arc::new(wide.iter().map(|n| n.map(|n| n as u32 * 2)).collect::<UInt32Array>()), true),
        ("i64", Arc::new(wide.iter().map(signed).collect::<Int64Array>()), true),
        ("day", Arc::new(wide.iter().map(|n| signed(n).map(|n| n as i32)).collect::<Date32Array>()), true),
        ("at", Arc::new(wide.iter().map(signed).collect::<TimestampMicrosecondArray>()), true),
        ("f32", Arc::new(wide.iter().map(|n| n.map(|n| n as f32 / 3.0)).collect::<Float32Array>()), true),
        (
            "f64",
            Arc::new(small.iter().map(|n| n.map(|n| if n == 3 { f64::NAN } else { n as f64 })).collect::<Float64Array>()),
            true,
        ),
        ("yes", Arc::new(small.iter().map(|n| n.map(|n| n < 70)).collect::<BooleanArray>()), true),
        ("price", decimals(&wide, 15, 2), true),
        ("coin", decimals(&small, 7, 3), true),
        ("huge", decimals(&wide, 38, 10), true),
        ("word", Arc::new(words.into_iter().collect::<StringArray>()), true),
        ("long", Arc::new(long.iter().cloned().collect::<StringArray>()), true),
        ("raw", Arc::new(long.iter().map(|t| t.as_ref().map(|t| t.as_bytes())).collect::<BinaryArray>()), true),
    ];
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

fn decimals(values: &[Option<u64>], precision: u8, scale: i8) -> ArrayRef {
    let values = values.iter().map(|n| n.map(|n| i128::from(n) - 90)).collect::<Decimal128Array>();
    Arc::new(values.with_precision_and_scale(precision, scale).unwrap())
}

/// The rows as the Parquet crate reads them, values in their storage types.
fn crate_rows(path: &Path, schema: &Schema) -> parquet::errors::Result<Vec<Vec<Value>>> {
    let mut rows = Vec::new();
    for batch in ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?.build()? {
        let batch = batch?;
        let columns = batch.columns().iter().zip(schema.fields());
        let columns: Vec<_> = columns.map(|(c, f)| (cast(c, &f.ty.to_arrow()).unwrap(), f.ty.clone())).collect();
        rows.extend((0..batch.num_rows()).map(|i| columns.iter().map(|(c, ty)| Value::from_array(c, i, ty).unwrap()).collect()));
    }
    Ok(rows)
}

fn assert_same(ours: &[Vec<Value>], theirs: &[&Vec<Value>], how: &str) {
    assert_eq!(ours.len(), theirs.len(), "{how}");
    for (row, (a, b)) in ours.iter().zip(theirs).enumerate() {
        assert_eq!(format!("{a:?}"), format!("{b:?}"), "row {row}, {how}");
    }
}

fn source(path: &Path) -> Arc<dyn TableSource> {
    open_in(Path::new("/"), "read_parquet", &[("path", text(path.to_str().unwrap()))]).unwrap()
}

/// Ways to write the columns, by name.
fn writers() -> Vec<(&'static str, WriterPropertiesBuilder)> {
    let base = || {
        WriterProperties::builder()
            .set_max_row_group_row_count(Some(700))
            .set_data_page_row_count_limit(90)
            .set_write_batch_size(30)
            .set_statistics_enabled(EnabledStatistics::Page)
    };
    let plain = || base().set_dictionary_enabled(false);
    let delta = |names: &[&str], mut builder: WriterPropertiesBuilder, encoding: Encoding| {
        for name in names {
            builder = builder.set_column_encoding((*name).into(), encoding);
        }
        builder
    };
    let integers = ["id", "few", "i8", "u16", "u32", "i64", "day", "at", "coin", "price"];
    let split = ["i64", "f32", "f64", "id", "huge", "day"];
    vec![
        ("dictionaries", base()),
        ("dictionaries that overflow", base().set_dictionary_page_size_limit(200)),
        ("without a page index", base().set_offset_index_disabled(true).set_statistics_enabled(EnabledStatistics::None)),
        ("plain", plain()),
        ("plain in version 2", plain().set_writer_version(WriterVersion::PARQUET_2_0).set_compression(Compression::SNAPPY)),
        (
            "dictionaries in version 2",
            base().set_writer_version(WriterVersion::PARQUET_2_0).set_compression(Compression::LZ4_RAW),
        ),
        ("differences", delta(&integers, plain(), Encoding::DELTA_BINARY_PACKED)),
        ("lengths", delta(&["word", "long", "raw"], plain(), Encoding::DELTA_LENGTH_BYTE_ARRAY)),
        ("prefixes", delta(&["word", "long", "raw", "huge"], plain(), Encoding::DELTA_BYTE_ARRAY)),
        ("split streams", delta(&split, plain(), Encoding::BYTE_STREAM_SPLIT)),
    ]
}

#[test]
fn every_way_of_writing_reads_the_same_under_every_filter() {
    let folder = tempfile::tempdir().unwrap();
    for (number, (how, writer)) in writers().into_iter().enumerate() {
        let nulls = [2, 9, u64::MAX, 400][number % 4];
        let batch = batch(1_500, nulls, number as u64 + 1);
        let path = folder.path().join(format!("{number}.parquet"));
        let mut file = ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), Some(writer.build())).unwrap();
        file.write(&batch).unwrap();
        file.close().unwrap();
        let source = source(&path);
        let expected = crate_rows(&path, source.schema()).unwrap();
        let schema = source.schema().clone();
        let column = |name: &str| schema.index_of(name).unwrap();
        let any: Vec<usize> = vec![column("long"), column("few"), column("id"), column("price"), column("raw")];
        let all: Vec<usize> = (0..schema.len()).collect();
        let scattered: Vec<i64> = (0..1_500).filter(|i| i * i % 83 == 7).collect();
        let words: Vec<Value> = expected.iter().take(5).map(|r| r[column("word")].clone()).filter(|v| !v.is_null()).collect();
        let filters: Vec<Vec<Expr>> = vec![
            vec![],
            vec![less(&schema, "id", Value::Int(3))],
            vec![among(&schema, "id", &ints(scattered.iter().copied()))],
            vec![less(&schema, "few", Value::Int(8))],
            vec![less(&schema, "few", Value::Int(3)), less(&schema, "id", Value::Int(1_234))],
            vec![among(&schema, "word", &words)],
        ];
        let int = |row: &[Value], name: &str| row[column(name)].as_int();
        let holds = |filter: usize, row: &[Value]| match filter {
            0 => true,
            1 => int(row, "id").unwrap() < 3,
            2 => scattered.contains(&int(row, "id").unwrap()),
            3 => int(row, "few").is_some_and(|n| n < 8),
            4 => int(row, "few").is_some_and(|n| n < 3) && int(row, "id").unwrap() < 1_234,
            _ => words.contains(&row[column("word")]),
        };
        for (filter, exprs) in filters.iter().enumerate() {
            let rows: Vec<&Vec<Value>> = expected.iter().filter(|row| holds(filter, row)).collect();
            for (columns, chunk_rows, task_rows) in [(&all, 128, 500), (&any, 1_000, 5_000), (&any, 7, 300)] {
                let wanted: Vec<Vec<Value>> = rows.iter().map(|r| columns.iter().map(|&c| r[c].clone()).collect()).collect();
                let (chunk_rows, task_rows) = (Some(chunk_rows), Some(task_rows));
                let scan =
                    Scan { columns: Some(columns.clone()), filters: exprs.clone(), chunk_rows, task_rows, ..Scan::default() };
                let scanned = run(&*source, &scan).unwrap();
                let how = format!("{how}, filter {filter}, {chunk_rows:?} rows a chunk");
                assert_same(&scanned.values(), &wanted.iter().collect::<Vec<_>>(), &how);
            }
        }
        let first = run(&*source, &Scan { filters: filters[3].clone(), limit: Some(20), ..Scan::default() }).unwrap();
        let rows: Vec<&Vec<Value>> = expected.iter().filter(|row| holds(3, row)).take(20).collect();
        assert_same(&first.values()[..20], &rows, how);
    }
}

#[test]
fn files_of_others_read_as_the_crate_reads_them() {
    let mut compared = 0;
    for name in ["parquet-testing", "arrow-testing"] {
        let Some(folder) = corpus(name) else { return };
        for path in files(&folder, "parquet") {
            let file = text(path.to_str().unwrap());
            let Ok(source) = open_in(&folder, "read_parquet", &[("path", file)]) else { continue };
            let fields = source.schema().fields();
            // The engine reads these otherwise on purpose: wide timestamps, times of odd units.
            let plain = fields.iter().all(|f| !matches!(f.ty.to_arrow(), DataType::Timestamp(..) | DataType::Map(..)));
            let (Ok(ours), Ok(theirs)) = (run(&*source, &Scan::default()), crate_rows(&path, source.schema())) else { continue };
            // Where a footer counts no rows, the crate gives none.
            if plain && !theirs.is_empty() && theirs.len() < 20_000 {
                assert_same(&ours.values(), &theirs.iter().collect::<Vec<_>>(), path.to_str().unwrap());
                compared += 1;
            }
        }
    }
    assert!(compared > 30, "{compared} compared");
}
