//! What tables, values and results look like, through the public interface.

mod hostile;
mod limits;
mod output;
mod scanner;
mod tables;

use weft::display::{Options, Preview, Total, table};
use weft::mime::MimeBundle;
use weft_core::types::{ImageMode, TimeUnit, Type};
use weft_core::{Chunk, Field, Schema, Series, Value};

/// A table: columns of a name, a type and values.
pub(crate) fn build(columns: &[(&str, Type, Vec<Value>)]) -> (Schema, Chunk) {
    let fields = columns.iter().map(|(name, ty, _)| Field::new(*name, ty.clone())).collect();
    let series = columns.iter().map(|(_, ty, values)| Series::new(ty.clone(), Value::array(ty, values).unwrap()).unwrap());
    let rows = columns.first().map_or(0, |(_, _, values)| values.len());
    (Schema::new(fields).unwrap(), Chunk::new(series.collect(), rows).unwrap())
}

/// The bundle of a whole table of one chunk.
pub(crate) fn show(columns: &[(&str, Type, Vec<Value>)], options: &Options) -> MimeBundle {
    let (schema, chunk) = build(columns);
    let total = Total::Exact(chunk.rows() as u64);
    let preview = Preview { schema, chunks: std::slice::from_ref(&chunk), shown_rows: 10_000, total };
    table(&preview, options).unwrap()
}

pub(crate) fn html(bundle: &MimeBundle) -> &str {
    bundle.data["text/html"].as_str().unwrap()
}

pub(crate) fn texts(values: &[&str]) -> Vec<Value> {
    values.iter().map(|text| Value::string(*text)).collect()
}

/// A picture with a gradient, so that no two are alike.
pub(crate) fn picture(width: usize, height: usize, tint: u8) -> Value {
    let pixel = |i: usize| [tint, (i % width * 255 / width) as u8, (i / width * 255 / height) as u8];
    let bytes: Vec<u8> = (0..width * height).flat_map(pixel).collect();
    let size = |n: usize| Value::Int(n as i64);
    Value::Struct(vec![Value::Binary(bytes.into()), Value::Int(ImageMode::RGB as i64), size(width), size(height)])
}

/// A value of every type, and a null.
pub(crate) fn every_type() -> Vec<(&'static str, Type, Vec<Value>)> {
    let person = Type::Struct(vec![Field::new("name", Type::String), Field::new("age", Type::Int8)].into());
    let named = |name: &str, age| Value::Struct(vec![Value::string(name), Value::Int(age)]);
    let long: Vec<Value> = (0..40).map(|i| Value::Float(f64::from(i) / 8.0)).collect();
    let cells = Value::List(vec![Value::Float(1.5), Value::Float(2.0)]);
    let berlin = Type::Timestamp(TimeUnit::Microsecond, Some("Europe/Berlin".into()));
    let one = |value: Value| vec![value, Value::Null];
    vec![
        ("id", Type::Int64, one(Value::Int(-1_234_567))),
        ("flag", Type::Bool, one(Value::Bool(true))),
        ("price", Type::Decimal { precision: 15, scale: 2 }, one(Value::Decimal(123_450, 2))),
        ("ratio", Type::Float64, one(Value::Float(0.1))),
        ("text", Type::String, one(Value::string("null"))),
        ("day", Type::Date, one(Value::Date(19_753))),
        ("at", Type::Time(TimeUnit::Microsecond), one(Value::Time(37_800_000_000))),
        ("wall", Type::Timestamp(TimeUnit::Microsecond, None), one(Value::Timestamp(1_706_695_200_000_000))),
        ("instant", berlin, one(Value::Timestamp(1_706_695_200_000_000))),
        ("took", Type::Duration(TimeUnit::Millisecond), one(Value::Duration(5_400_250))),
        ("every", Type::Interval, one(Value::Interval(14, 3, 0))),
        ("raw", Type::Binary, one(Value::Binary(vec![7; 1234].into()))),
        ("key", Type::Uuid, one(Value::Binary([0xab; 16].as_slice().into()))),
        ("file", Type::File, one(Value::string("s3://bucket/a b.txt"))),
        ("tags", Type::list(Type::String), one(Value::List(texts(&["warp", "weft"])))),
        ("who", person, one(named("Ada", 36))),
        ("rates", Type::Map(Type::String.into(), Type::Int64.into()), one(Value::Map(vec![(Value::string("k"), Value::Int(1))]))),
        ("vector", Type::Embedding(Type::Float32.into(), 40), one(Value::List(long))),
        ("tensor", Type::Tensor(Type::Float64.into(), None), one(Value::Struct(vec![cells, Value::List(vec![Value::Int(2)])]))),
        ("photo", Type::Image(None), one(picture(240, 160, 90))),
    ]
}
