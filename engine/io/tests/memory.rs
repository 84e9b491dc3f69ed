//! Tables in memory, and the way they stand in plans.

use weft_core::{Field, Schema, TableSource, Type, Value};
use weft_io::MemorySource;

use crate::support::{Scan, all, open, run, text};

fn table() -> MemorySource {
    let price = Type::Decimal { precision: 10, scale: 2 };
    let fields = vec![Field::new("a", Type::Int64).required(), Field::new("b", Type::String), Field::new("c", price)];
    let rows: Vec<Vec<Value>> = (0..5).map(|i| vec![Value::Int(i), text("x"), Value::Decimal(i.into(), 2)]).collect();
    let mut rows = rows;
    rows[3][1] = Value::Null;
    MemorySource::from_rows(Schema::new(fields).unwrap(), &rows).unwrap()
}

#[test]
fn a_table_literal_survives_the_way_through_a_plan() {
    let table = table();
    let spec = table.spec();
    let json = serde_json::to_string(&spec).unwrap();
    let spec: weft_core::source::SourceSpec = serde_json::from_str(&json).unwrap();
    let again = open(&spec.function, &[("bytes", spec.args[0].clone())]).unwrap();
    assert_eq!(again.schema(), table.schema());
    assert_eq!(all(&*again).values(), all(&table).values());
    assert!(open("inline_table", &[("bytes", Value::Binary(b"rubbish".as_slice().into()))]).is_err());
}

#[test]
fn rows_are_sliced_projected_and_limited() {
    let scan = Scan { task_rows: Some(3), chunk_rows: Some(2), columns: Some(vec![1, 0]), ..Scan::default() };
    let scanned = run(&table(), &scan).unwrap();
    assert_eq!(scanned.tasks.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(scanned.values()[3], [Value::Null, Value::Int(3)]);
    assert_eq!(run(&table(), &Scan { limit: Some(4), ..scan }).unwrap().rows(), 4);
}

#[test]
fn values_that_do_not_fit_are_refused() {
    let schema = Schema::new(vec![Field::new("a", Type::Int64)]).unwrap();
    let error = MemorySource::from_rows(schema.clone(), &[vec![text("x")]]).unwrap_err();
    assert!(error.to_string().contains("column `a`"), "{error}");
    assert!(MemorySource::from_rows(schema, &[vec![]]).is_err());
}
