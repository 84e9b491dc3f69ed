//! Whole results in the formats of `weft run`.

use std::io::{self, Write};

use arrow::array::AsArray;
use arrow::ipc::reader::StreamReader;
use weft::output::{Format, Output, OutputError, scalar};

use super::*;

fn write(format: Format, columns: &[(&str, Type, Vec<Value>)]) -> Vec<u8> {
    let (schema, chunk) = build(columns);
    let mut out = Vec::new();
    let mut output = Output::new(format, &schema, &mut out).unwrap();
    output.write(&chunk).unwrap();
    output.finish().unwrap();
    out
}

fn text(format: Format, columns: &[(&str, Type, Vec<Value>)]) -> String {
    String::from_utf8(write(format, columns)).unwrap()
}

fn sample() -> Vec<(&'static str, Type, Vec<Value>)> {
    vec![
        ("a", Type::Int64, vec![Value::Int(1), Value::Null]),
        ("b, c", Type::String, vec![Value::string("say \"x\""), Value::string("")]),
        ("d", Type::list(Type::Date), vec![Value::List(vec![Value::Date(0), Value::Null]), Value::Null]),
    ]
}

#[test]
fn csv_quotes_and_keeps_null_from_empty() {
    let expected = "a,\"b, c\",d\n1,\"say \"\"x\"\"\",\"[\"\"1970-01-01\"\",null]\"\n,\"\",\n";
    assert_eq!(text(Format::Csv, &sample()), expected);
    assert_eq!(text(Format::Csv, &[("a", Type::Int64, vec![Value::Null])]), "a\n\"\"\n");
}

#[test]
fn csv_of_every_type_has_one_field_for_each() {
    let out = text(Format::Csv, &every_type());
    let row = out.lines().nth(1).unwrap();
    let start =
        "-1234567,true,1234.50,0.1,null,2024-01-31,10:30:00,2024-01-31T10:00:00,2024-01-31T11:00:00+01:00,PT1H30M0.25S,P1Y2M3D,";
    assert!(row.starts_with(start), "{row}");
    assert!(row.contains(",abababab-abab-abab-abab-abababababab,s3://bucket/a b.txt,\"[\"\"warp\"\",\"\"weft\"\"]\","), "{row}");
    assert!(row.contains(",\"data:image/png;base64,iVBOR"), "{row}");
    assert_eq!(out.lines().nth(2).unwrap(), ",".repeat(19));
}

#[test]
fn ndjson_is_one_object_a_line() {
    let expected = "{\"a\":1,\"b, c\":\"say \\\"x\\\"\",\"d\":[\"1970-01-01\",null]}\n{\"a\":null,\"b, c\":\"\",\"d\":null}\n";
    assert_eq!(text(Format::Ndjson, &sample()), expected);
    for line in text(Format::Ndjson, &every_type()).lines() {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(object.as_object().unwrap().len(), 20);
    }
}

#[test]
fn arrow_reads_back_as_it_was() {
    let bytes = write(Format::Arrow, &every_type());
    let reader = StreamReader::try_new(bytes.as_slice(), None).unwrap();
    let (schema, _) = build(&every_type());
    assert_eq!(Schema::from_arrow(&reader.schema()).unwrap(), schema);
    let batches: Vec<_> = reader.collect::<Result<_, _>>().unwrap();
    assert_eq!(batches.len(), 1);
    assert_eq!(batches[0].column(4).as_string_view().value(0), "null");
    let chunk = Chunk::from_batch(&batches[0], &schema).unwrap();
    for (i, (name, _, values)) in every_type().iter().enumerate() {
        assert_eq!(chunk.column(i).unwrap().value(0).unwrap(), values[0], "{name}");
        assert_eq!(chunk.column(i).unwrap().value(1).unwrap(), Value::Null, "{name}");
    }
}

#[test]
fn a_result_without_chunks_still_has_its_columns() {
    let (schema, _) = build(&sample());
    for (format, expected) in [
        (Format::Csv, "a,\"b, c\",d\n"),
        (Format::Ndjson, ""),
        (Format::Text, "  a  b, c  d\nint  str   [date]\n───  ────  ──────\n0 rows × 3 columns\n"),
    ] {
        let mut out = Vec::new();
        Output::new(format, &schema, &mut out).unwrap().finish().unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
    let mut out = Vec::new();
    Output::new(Format::Arrow, &schema, &mut out).unwrap().finish().unwrap();
    assert_eq!(StreamReader::try_new(out.as_slice(), None).unwrap().count(), 0);
}

#[test]
fn only_rows_that_count_are_written() {
    let (schema, chunk) = build(&[("n", Type::Int64, (0..5).map(Value::Int).collect())]);
    let chunk = chunk.with_selection(Some(vec![1u32, 4].into()));
    let constant = Chunk::new(vec![Series::constant(Type::Int64, &Value::Int(7), 2).unwrap()], 2).unwrap();
    for (format, expected) in
        [(Format::Csv, "n\n1\n4\n7\n7\n"), (Format::Text, "  n\nint\n───\n  1\n  4\n  7\n  7\n4 rows × 1 column\n")]
    {
        let mut out = Vec::new();
        let mut output = Output::new(format, &schema, &mut out).unwrap();
        output.write(&chunk).unwrap();
        output.write(&constant).unwrap();
        output.finish().unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}

#[test]
fn long_texts_are_cut_and_counted() {
    let out = text(Format::Text, &[("n", Type::Int64, (0..2_500).map(Value::Int).collect())]);
    assert_eq!(out.lines().count(), 1_004);
    assert_eq!(out.lines().last().unwrap(), "2,500 rows × 1 column, first 1,000 shown");
}

#[test]
fn values_that_are_no_tables() {
    let write = |format, ty: &Type, value: &Value| {
        let mut out = Vec::new();
        scalar(format, ty, value, &mut out).unwrap();
        String::from_utf8_lossy(&out).into_owned()
    };
    assert_eq!(write(Format::Text, &Type::Int64, &Value::Int(2)), "2\n");
    assert_eq!(write(Format::Text, &Type::String, &Value::string("a\x1b\nb")), "a␛\nb\n");
    assert_eq!(write(Format::Csv, &Type::Int64, &Value::Int(2)), "value\n2\n");
    assert_eq!(write(Format::Ndjson, &Type::Float64, &Value::Float(0.5)), "{\"value\":0.5}\n");
}

/// A reader that leaves after a few bytes.
struct Gone(usize);

impl Write for Gone {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.0 -= 1;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_leaves_is_told_from_a_fault() {
    let (schema, chunk) = build(&[("n", Type::Int64, (0..50_000).map(Value::Int).collect())]);
    for format in [Format::Csv, Format::Ndjson, Format::Arrow] {
        let mut output = Output::new(format, &schema, Gone(1)).unwrap();
        let outcome = output.write(&chunk).and_then(|()| output.write(&chunk)).and_then(|()| output.finish());
        assert!(matches!(outcome, Err(OutputError::Closed)), "{format:?}: {outcome:?}");
    }
}
