//! Types as the language writes them, and read back.

use std::fmt;

use super::{TimeUnit, Type};

impl fmt::Display for TimeUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TimeUnit::Second => "s",
            TimeUnit::Millisecond => "ms",
            TimeUnit::Microsecond => "us",
            TimeUnit::Nanosecond => "ns",
        })
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Null => f.write_str("null"),
            Type::Bool => f.write_str("bool"),
            Type::Int8 => f.write_str("int8"),
            Type::Int16 => f.write_str("int16"),
            Type::Int32 => f.write_str("int32"),
            Type::Int64 => f.write_str("int"),
            Type::UInt8 => f.write_str("uint8"),
            Type::UInt16 => f.write_str("uint16"),
            Type::UInt32 => f.write_str("uint32"),
            Type::UInt64 => f.write_str("uint64"),
            Type::Float16 => f.write_str("float16"),
            Type::Float32 => f.write_str("float32"),
            Type::Float64 => f.write_str("float"),
            Type::Decimal { precision, scale } => write!(f, "decimal({precision}, {scale})"),
            Type::String => f.write_str("str"),
            Type::Binary => f.write_str("binary"),
            Type::FixedBinary(n) => write!(f, "binary({n})"),
            Type::Date => f.write_str("date"),
            Type::Time(TimeUnit::Microsecond) => f.write_str("time"),
            Type::Time(unit) => write!(f, "time(\"{unit}\")"),
            Type::Timestamp(TimeUnit::Microsecond, None) => f.write_str("timestamp"),
            Type::Timestamp(unit, None) => write!(f, "timestamp(\"{unit}\")"),
            Type::Timestamp(unit, Some(zone)) => write!(f, "timestamp(\"{unit}\", \"{zone}\")"),
            Type::Duration(TimeUnit::Microsecond) => f.write_str("duration"),
            Type::Duration(unit) => write!(f, "duration(\"{unit}\")"),
            Type::Interval => f.write_str("interval"),
            Type::List(item) => write!(f, "[{item}]"),
            Type::FixedList(item, n) => write!(f, "list({item}, {n})"),
            Type::Struct(fields) => {
                f.write_str("{")?;
                for (i, field) in fields.iter().enumerate() {
                    let comma = if i == 0 { "" } else { ", " };
                    write!(f, "{comma}{}: {}", field.name, field.ty)?;
                }
                f.write_str("}")
            }
            Type::Map(key, value) => write!(f, "map({key}, {value})"),
            Type::Image(None) => f.write_str("image"),
            Type::Image(Some(mode)) => write!(f, "image(\"{mode}\")"),
            Type::Tensor(item, None) => write!(f, "tensor({item})"),
            Type::Tensor(item, Some(shape)) => {
                write!(f, "tensor({item}")?;
                shape.iter().try_for_each(|n| write!(f, ", {n}"))?;
                f.write_str(")")
            }
            Type::SparseTensor(item) => write!(f, "sparse_tensor({item})"),
            Type::Embedding(item, n) => write!(f, "embedding({item}, {n})"),
            Type::File => f.write_str("file"),
            Type::Uuid => f.write_str("uuid"),
        }
    }
}
