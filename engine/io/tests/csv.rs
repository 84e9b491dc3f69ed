//! `read_csv`: options, inference, messages.

use std::io::Write;
use std::sync::Arc;

use tempfile::TempDir;
use weft_core::source::TableSource;
use weft_core::{Error, Result, Value};

use crate::corpora::{corpus, files};
use crate::support::{Scan, all, ints, open_in, run, text};

fn try_csv(content: &[u8], args: &[(&str, Value)]) -> Result<(TempDir, Arc<dyn TableSource>)> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("t.csv"), content).unwrap();
    let args: Vec<_> = [("path", text("t.csv"))].into_iter().chain(args.iter().cloned()).collect();
    let source = open_in(folder.path(), "read_csv", &args)?;
    Ok((folder, source))
}

fn rows(content: &str, args: &[(&str, Value)]) -> (String, Vec<Vec<Value>>) {
    let (_folder, source) = try_csv(content.as_bytes(), args).unwrap();
    let types: Vec<String> = source.schema().fields().iter().map(|f| format!("{}: {}", f.name, f.ty)).collect();
    (types.join(", "), all(&*source).values())
}

fn error(content: &[u8], args: &[(&str, Value)]) -> Error {
    match try_csv(content, args) {
        Err(error) => error,
        Ok((_folder, source)) => run(&*source, &Scan::default()).err().unwrap(),
    }
}

#[test]
fn types_are_inferred() {
    let (types, rows) = rows(
        "i,f,b,d,t,z,s,n\n1,1,true,2024-01-31,2024-01-31 10:00,2024-01-31T10:00Z,x,\n,2.5,False,,,,\"\",\n-3,,,,,,\"a\"\"b\",\n",
        &[],
    );
    assert_eq!(types, "i: int, f: float, b: bool, d: date, t: timestamp, z: timestamp(\"us\", \"UTC\"), s: str, n: str");
    let ten = Value::Timestamp(1_706_695_200_000_000);
    let first =
        [Value::Int(1), Value::Float(1.0), Value::Bool(true), Value::Date(19_753), ten.clone(), ten, text("x"), Value::Null];
    assert_eq!(rows[0], first);
    assert_eq!(rows[1][..3], [Value::Null, Value::Float(2.5), Value::Bool(false)]);
    assert_eq!((&rows[1][6], &rows[2][6]), (&text(""), &text("a\"b")));
}

#[test]
fn options_change_what_stands_for_what() {
    let options = [
        ("sep", text(";")),
        ("quote", text("'")),
        ("comment", text("#")),
        ("null", Value::List(vec![text("NA"), text("-")])),
        ("skip", Value::Int(1)),
        ("date_format", text("%d.%m.%Y")),
        ("schema", Value::Map(vec![(text("a"), text("decimal(9, 2)"))])),
    ];
    let (types, rows) = rows("made by hand\n# a comment\na;b;c\n1.50;'x;y';31.01.2024\nNA;-;-\n", &options);
    assert_eq!(types, "a: decimal(9, 2), b: str, c: date");
    assert_eq!(rows[0], [Value::Decimal(150, 2), text("x;y"), Value::Date(19_753)]);
    assert_eq!(rows[1], [Value::Null, Value::Null, Value::Null]);
}

#[test]
fn names_come_from_the_header_or_from_columns_or_are_made_up() {
    assert_eq!(rows("a,,a\n1,2,3\n", &[]).0, "a: int, column_2: int, a_2: int");
    assert_eq!(rows("1,2\n", &[("header", Value::Bool(false))]).0, "column_1: int, column_2: int");
    let columns = ("columns", Value::List(vec![text("x"), text("y")]));
    assert_eq!(rows("a,b\n1,2\n", std::slice::from_ref(&columns)).0, "x: int, y: int");
    assert_eq!(rows("1,2\n", &[columns, ("header", Value::Bool(false))]).1.len(), 1);
    assert_eq!(rows("a,b\n", &[]), ("a: str, b: str".into(), vec![]));
}

#[test]
fn line_ends_marks_and_empty_lines() {
    assert_eq!(
        rows("\u{feff}a,b\r\n1,\"x\r\ny\"\r\n\r\n2,z", &[]).1,
        [[Value::Int(1), text("x\r\ny")], [Value::Int(2), text("z")]]
    );
    assert_eq!(rows("a\n1\n\n2\n", &[]).1, [[Value::Int(1)], [Value::Null], [Value::Int(2)]]);
}

#[test]
fn a_value_that_does_not_fit_is_named_with_its_place() {
    let options = [("infer_rows", Value::Int(2))];
    let bad = error(b"a,b\n1,2\n\"3\n\",4\n5,x1\n", &[("schema", text("a: str")), ("infer_rows", Value::Int(1))]);
    assert!(bad.message().ends_with("t.csv`, line 5: \"x1\" in column `b` is no int"), "{bad}");
    assert!(bad.help().unwrap().contains("schema: {`b`: \"str\"}"), "{:?}", bad.help());
    let bad = error(b"a\n1\n2\n\xff\n", &options);
    assert!(bad.message().contains("line 4"), "{bad}");
    let bad = error(b"a,b\nx,1\n\xe4,2\n", &[]);
    assert!(bad.message().ends_with("line 3: the value of column `a` is not UTF-8"), "{bad}");
    let bad = error(b"a\n1.5\n2.555\nx\n", &[("schema", text("a: uint8"))]);
    assert!(bad.message().contains("line 2, column `a`"), "{bad}");
}

#[test]
fn ragged_records_are_an_error_or_filled() {
    let bad = error(b"a,b\n1,2\n3\n", &[]);
    assert!(bad.message().ends_with("t.csv`, line 3: 1 fields where there should be 2"), "{bad}");
    let (_, filled) = rows("a,b\n1,2\n3\n4,5,6\n", &[("ragged", text("fill"))]);
    assert_eq!(filled, [[Value::Int(1), Value::Int(2)], [Value::Int(3), Value::Null], [Value::Int(4), Value::Int(5)]]);
}

#[test]
fn files_that_are_no_such_text_are_told() {
    assert!(error(b"", &[]).message().contains("is empty: there is no header"));
    assert!(error(b"a,b\n1,\"open\n2,3\n", &[]).message().contains("a quote opened in the record at line 2 is never closed"));
    assert!(error(b"PAR1xxxx\n", &[]).message().contains("is a Parquet file"));
    assert!(error(b"\xff\xfea\0", &[]).message().contains("UTF-16"));
    assert!(error(b"BZh9", &[]).message().contains("bzip2"));
    assert!(error(b"\x1f\x8b\x08rubbish", &[]).message().contains("cannot be read to its end"));
    assert!(error(b"a\n", &[("sep", text(";;"))]).message().contains("`sep` of `read_csv` must be one ASCII character"));
    assert!(error(b"a\n", &[("schema", text("b: int"))]).message().contains("`b`"));
    assert!(error(b"a\n", &[("quote", text(","))]).message().contains("two things"));
}

/// Forty thousand records with quotes, line ends inside them and doubled quotes: several blocks, read in pieces.
fn large() -> String {
    let mut content = String::from("id,note\n");
    for i in 0..40_000 {
        content.push_str(&format!("{i},\"note {i},\nwith \"\"quotes\"\"\"\n"));
    }
    content
}

#[test]
fn a_large_file_becomes_several_tasks_of_whole_records() {
    let (_folder, source) = try_csv(large().as_bytes(), &[]).unwrap();
    let scanned = all(&*source);
    assert!(scanned.tasks.len() > 2, "{}", scanned.tasks.len());
    assert_eq!(scanned.column(0), ints(0..40_000));
    assert_eq!(scanned.values()[39_999][1], text("note 39999,\nwith \"quotes\""));
    assert_eq!(scanned.metrics.bytes_read.get(), large().len() as u64);
    let few = run(&*source, &Scan { limit: Some(5), columns: Some(vec![1]), ..Scan::default() }).unwrap();
    assert_eq!((few.rows(), few.tasks.len()), (5, 1));
    assert!(few.metrics.bytes_read.get() <= (128 << 10) + 64);
    let small = run(&*source, &Scan { task_rows: Some(1000), chunk_rows: Some(300), ..Scan::default() }).unwrap();
    assert_eq!(small.column(0), ints(0..40_000));
    assert!(small.tasks.iter().all(|t| t.iter().map(|c| c.rows()).sum::<usize>() <= 1000));
}

#[test]
fn packed_files_are_unpacked() {
    let folder = tempfile::tempdir().unwrap();
    let file = std::fs::File::create(folder.path().join("a.csv.gz")).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    gzip.write_all(large().as_bytes()).unwrap();
    gzip.finish().unwrap();
    std::fs::write(folder.path().join("b.csv.zst"), zstd::encode_all(large().as_bytes(), 1).unwrap()).unwrap();
    let source = open_in(folder.path(), "read_csv", &[("path", text("*.csv.*"))]).unwrap();
    let scanned = all(&*source);
    assert_eq!((scanned.rows(), scanned.metrics.files.get()), (80_000, 2));
    assert!(scanned.metrics.bytes_read.get() < large().len() as u64);
}

#[test]
fn files_match_by_the_names_in_their_headers() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [("a.csv", "x,y\n1,a\n"), ("b.csv", "y,x\nb,2\n"), ("c.csv", "x\n3\n")] {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let open = |p: &str| open_in(folder.path(), "read_csv", &[("path", text(p))]).unwrap();
    assert_eq!(all(&*open("[ab].csv")).values(), [[Value::Int(1), text("a")], [Value::Int(2), text("b")]]);
    let bad = run(&*open("[ac].csv"), &Scan::default()).err().unwrap();
    assert!(bad.message().contains("c.csv` has no column `y`"), "{bad}");
}

#[test]
fn spectrum_files_equal_their_json() {
    let Some(folder) = corpus("csv-spectrum") else { return };
    let all_files = files(&folder.join("csvs"), "csv");
    assert_eq!(all_files.len(), 12);
    for path in all_files {
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let json = std::fs::read_to_string(folder.join("json").join(format!("{stem}.json"))).unwrap();
        let mut wanted: Vec<serde_json::Map<String, serde_json::Value>> = match serde_json::from_str(&json).unwrap() {
            serde_json::Value::Array(rows) => rows.into_iter().map(|r| r.as_object().unwrap().clone()).collect(),
            one => vec![one.as_object().unwrap().clone()],
        };
        let keys: Vec<String> = wanted[0].keys().map(|k| format!("`{k}`: str")).collect();
        let args = [("path", text(path.to_str().unwrap())), ("schema", text(&keys.join(", "))), ("null", Value::List(vec![]))];
        let source = open_in(&folder, "read_csv", &args).unwrap();
        if stem == "location_coordinates" {
            // The corpus itself has two telephone numbers for this one; the rest is worth comparing.
            wanted[0].insert("Contact Phone Number".into(), "2095257564".into());
        }
        let found: Vec<serde_json::Map<String, serde_json::Value>> = all(&*source)
            .values()
            .iter()
            .map(|row| {
                let cells = row.iter().map(|v| serde_json::Value::String(v.as_str().unwrap_or_default().to_string()));
                source.schema().names().map(|n| n.to_string()).zip(cells).collect()
            })
            .collect();
        assert_eq!(found, wanted, "{stem}");
    }
}

#[test]
fn a_packed_file_of_others_equals_the_plain_one() {
    let Some(folder) = corpus("arrow-testing") else { return };
    let read = |name: &str| {
        let source = open_in(&folder.join("data/csv"), "read_csv", &[("path", text(name))]).unwrap();
        let types: Vec<String> = source.schema().fields().iter().map(|f| f.ty.to_string()).collect();
        (types.join(" "), all(&*source).values())
    };
    let (types, rows) = read("aggregate_test_100.csv");
    assert_eq!(types, "str int int int int int int int int str float float str");
    assert_eq!((rows.len(), &rows[0][0], &rows[0][1]), (100, &text("c"), &Value::Int(2)));
    assert_eq!(read("aggregate_test_100.csv.gz"), (types, rows));
}
