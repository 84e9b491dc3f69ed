//! Types and fields to Arrow and back: logical types are extension types on fields.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field as ArrowField, Fields, IntervalUnit, TimeUnit as ArrowUnit};

use super::{ImageMode, TimeUnit, Type};
use crate::error::{Error, Result};
use crate::schema::Field;

const NAME_KEY: &str = "ARROW:extension:name";
const METADATA_KEY: &str = "ARROW:extension:metadata";

impl From<TimeUnit> for ArrowUnit {
    fn from(unit: TimeUnit) -> Self {
        match unit {
            TimeUnit::Second => ArrowUnit::Second,
            TimeUnit::Millisecond => ArrowUnit::Millisecond,
            TimeUnit::Microsecond => ArrowUnit::Microsecond,
            TimeUnit::Nanosecond => ArrowUnit::Nanosecond,
        }
    }
}

impl From<ArrowUnit> for TimeUnit {
    fn from(unit: ArrowUnit) -> Self {
        match unit {
            ArrowUnit::Second => TimeUnit::Second,
            ArrowUnit::Millisecond => TimeUnit::Millisecond,
            ArrowUnit::Microsecond => TimeUnit::Microsecond,
            ArrowUnit::Nanosecond => TimeUnit::Nanosecond,
        }
    }
}

impl Type {
    /// The one Arrow type in which the engine holds values of this type.
    pub fn to_arrow(&self) -> DataType {
        match self {
            Type::Null => DataType::Null,
            Type::Bool => DataType::Boolean,
            Type::Int8 => DataType::Int8,
            Type::Int16 => DataType::Int16,
            Type::Int32 => DataType::Int32,
            Type::Int64 => DataType::Int64,
            Type::UInt8 => DataType::UInt8,
            Type::UInt16 => DataType::UInt16,
            Type::UInt32 => DataType::UInt32,
            Type::UInt64 => DataType::UInt64,
            Type::Float16 => DataType::Float16,
            Type::Float32 => DataType::Float32,
            Type::Float64 => DataType::Float64,
            Type::Decimal { precision, scale } if *precision <= 18 => DataType::Decimal64(*precision, *scale),
            Type::Decimal { precision, scale } => DataType::Decimal128(*precision, *scale),
            Type::String | Type::File => DataType::Utf8View,
            Type::Binary => DataType::BinaryView,
            Type::FixedBinary(n) => DataType::FixedSizeBinary(*n as i32),
            Type::Date => DataType::Date32,
            Type::Time(unit @ (TimeUnit::Second | TimeUnit::Millisecond)) => DataType::Time32((*unit).into()),
            Type::Time(unit) => DataType::Time64((*unit).into()),
            Type::Timestamp(unit, zone) => DataType::Timestamp((*unit).into(), zone.clone()),
            Type::Duration(unit) => DataType::Duration((*unit).into()),
            Type::Interval => DataType::Interval(IntervalUnit::MonthDayNano),
            Type::List(item) => DataType::List(item_field(item)),
            Type::FixedList(item, n) | Type::Embedding(item, n) => DataType::FixedSizeList(item_field(item), *n as i32),
            Type::Struct(fields) => DataType::Struct(fields.iter().map(Field::to_arrow).collect()),
            Type::Map(key, value) => map_type(key, value),
            Type::Image(_) => image_storage(),
            Type::Tensor(item, _) => DataType::Struct(Fields::from(vec![
                ArrowField::new("data", DataType::List(item_field(item)), false),
                ArrowField::new("shape", DataType::List(item_field(&Type::UInt64)), false),
            ])),
            Type::SparseTensor(item) => DataType::Struct(Fields::from(vec![
                ArrowField::new("values", DataType::List(item_field(item)), false),
                ArrowField::new("indices", DataType::List(item_field(&Type::UInt64)), false),
                ArrowField::new("shape", DataType::List(item_field(&Type::UInt64)), false),
            ])),
            Type::Uuid => DataType::FixedSizeBinary(16),
        }
    }

    /// The engine's type for an Arrow storage type; encodings (dictionary, run-end, large and plain offsets) fold into one.
    pub fn from_arrow(arrow: &DataType) -> Result<Type> {
        Ok(match arrow {
            DataType::Null => Type::Null,
            DataType::Boolean => Type::Bool,
            DataType::Int8 => Type::Int8,
            DataType::Int16 => Type::Int16,
            DataType::Int32 => Type::Int32,
            DataType::Int64 => Type::Int64,
            DataType::UInt8 => Type::UInt8,
            DataType::UInt16 => Type::UInt16,
            DataType::UInt32 => Type::UInt32,
            DataType::UInt64 => Type::UInt64,
            DataType::Float16 => Type::Float16,
            DataType::Float32 => Type::Float32,
            DataType::Float64 => Type::Float64,
            DataType::Decimal32(p, s) | DataType::Decimal64(p, s) | DataType::Decimal128(p, s) => {
                Type::Decimal { precision: *p, scale: *s }
            }
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Type::String,
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView => Type::Binary,
            DataType::FixedSizeBinary(n) => Type::FixedBinary(*n as u32),
            DataType::Date32 => Type::Date,
            DataType::Date64 => Type::Timestamp(TimeUnit::Millisecond, None),
            DataType::Time32(unit) | DataType::Time64(unit) => Type::Time((*unit).into()),
            DataType::Timestamp(unit, zone) => Type::Timestamp((*unit).into(), zone.clone()),
            DataType::Duration(unit) => Type::Duration((*unit).into()),
            DataType::Interval(_) => Type::Interval,
            DataType::List(item) | DataType::LargeList(item) | DataType::ListView(item) | DataType::LargeListView(item) => {
                Type::List(Field::from_arrow(item)?.ty.into())
            }
            DataType::FixedSizeList(item, n) => Type::FixedList(Field::from_arrow(item)?.ty.into(), *n as u32),
            DataType::Struct(fields) => {
                Type::Struct(fields.iter().map(|f| Field::from_arrow(f)).collect::<Result<Vec<_>>>()?.into())
            }
            DataType::Map(entries, _) => match entries.data_type() {
                DataType::Struct(kv) if kv.len() == 2 => {
                    Type::Map(Field::from_arrow(&kv[0])?.ty.into(), Field::from_arrow(&kv[1])?.ty.into())
                }
                other => return Err(Error::format(format!("a map whose entries are {other}"))),
            },
            DataType::Dictionary(_, values) => Type::from_arrow(values)?,
            DataType::RunEndEncoded(_, values) => Field::from_arrow(values)?.ty,
            other => return Err(Error::unsupported(format!("columns of the Arrow type {other} cannot be read yet"))),
        })
    }

    /// Extension name and metadata of a logical type.
    fn extension(&self) -> Option<(&'static str, String)> {
        Some(match self {
            Type::Uuid => ("arrow.uuid", String::new()),
            Type::Image(mode) => ("weft.image", mode.map(|m| m.to_string()).unwrap_or_default()),
            Type::Embedding(..) => ("weft.embedding", String::new()),
            Type::File => ("weft.file", String::new()),
            Type::Tensor(_, shape) => ("weft.tensor", shape.as_ref().map(|s| format!("{s:?}")).unwrap_or_default()),
            Type::SparseTensor(_) => ("weft.sparse_tensor", String::new()),
            _ => return None,
        })
    }

    /// The logical type that an extension name puts over a storage type; unknown names leave the storage type.
    fn with_extension(self, name: &str, metadata: &str) -> Result<Type> {
        Ok(match (name, self) {
            ("arrow.uuid", Type::FixedBinary(16)) => Type::Uuid,
            ("weft.file", Type::String) => Type::File,
            ("weft.embedding", Type::FixedList(item, n)) => Type::Embedding(item, n),
            ("weft.image", Type::Struct(_)) if metadata.is_empty() => Type::Image(None),
            ("weft.image", Type::Struct(_)) => Type::Image(Some(metadata.parse::<ImageMode>()?)),
            ("weft.tensor", Type::Struct(fields)) => match fields.first().map(|f| &f.ty) {
                Some(Type::List(item)) => Type::Tensor(item.clone(), parse_shape(metadata)),
                _ => Type::Struct(fields),
            },
            ("weft.sparse_tensor", Type::Struct(fields)) => match fields.first().map(|f| &f.ty) {
                Some(Type::List(item)) => Type::SparseTensor(item.clone()),
                _ => Type::Struct(fields),
            },
            (_, storage) => storage,
        })
    }
}

fn parse_shape(metadata: &str) -> Option<Arc<[u64]>> {
    let inner = metadata.strip_prefix('[')?.strip_suffix(']')?;
    inner.split(',').map(|n| n.trim().parse().ok()).collect::<Option<Vec<u64>>>().map(Into::into)
}

fn item_field(item: &Type) -> Arc<ArrowField> {
    Arc::new(Field::new("item", item.clone()).to_arrow())
}

fn map_type(key: &Type, value: &Type) -> DataType {
    let entries = DataType::Struct(Fields::from(vec![
        Field::new("key", key.clone()).required().to_arrow(),
        Field::new("value", value.clone()).to_arrow(),
    ]));
    DataType::Map(Arc::new(ArrowField::new("entries", entries, false)), false)
}

/// Pixels (see [`ImageMode`]), mode code, width and height in pixels.
fn image_storage() -> DataType {
    DataType::Struct(Fields::from(vec![
        ArrowField::new("data", DataType::BinaryView, true),
        ArrowField::new("mode", DataType::UInt8, true),
        ArrowField::new("width", DataType::UInt32, true),
        ArrowField::new("height", DataType::UInt32, true),
    ]))
}

impl Field {
    /// The Arrow field, with the extension type of a logical one.
    pub fn to_arrow(&self) -> ArrowField {
        let field = ArrowField::new(self.name.to_string(), self.ty.to_arrow(), self.nullable);
        match self.ty.extension() {
            None => field,
            Some((name, metadata)) => field
                .with_metadata(HashMap::from([(NAME_KEY.to_string(), name.to_string()), (METADATA_KEY.to_string(), metadata)])),
        }
    }

    /// The engine's field for an Arrow one.
    pub fn from_arrow(field: &ArrowField) -> Result<Self> {
        let storage = Type::from_arrow(field.data_type())?;
        let metadata = field.metadata();
        let ty = match metadata.get(NAME_KEY) {
            Some(name) => storage.with_extension(name, metadata.get(METADATA_KEY).map_or("", String::as_str))?,
            None => storage,
        };
        Ok(Field { name: field.name().as_str().into(), ty, nullable: field.is_nullable() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_survives_the_way_to_arrow_and_back() {
        let types = [
            Type::Int64,
            Type::Decimal { precision: 15, scale: 2 },
            Type::Decimal { precision: 38, scale: 10 },
            Type::String,
            Type::Timestamp(TimeUnit::Nanosecond, Some("Europe/Berlin".into())),
            Type::Time(TimeUnit::Second),
            Type::list(Type::Image(Some(ImageMode::RGB))),
            Type::Image(None),
            Type::Uuid,
            Type::File,
            Type::Embedding(Type::Float32.into(), 384),
            Type::Tensor(Type::Float64.into(), Some(vec![2, 3].into())),
            Type::Map(Type::String.into(), Type::list(Type::Uuid).into()),
            Type::Struct(vec![Field::new("a", Type::Date), Field::new("b", Type::Uuid)].into()),
        ];
        for ty in types {
            let field = Field::new("c", ty);
            assert_eq!(Field::from_arrow(&field.to_arrow()).unwrap(), field);
        }
    }
}
