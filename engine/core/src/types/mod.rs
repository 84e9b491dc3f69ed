//! The engine's own closed set of types, and how they stand in Arrow.

mod arrow_map;
mod display;
mod image_mode;
mod numeric;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use image_mode::ImageMode;
pub use numeric::{common_type, decimal_add_type, decimal_multiply_type};

use crate::schema::Field;

/// The unit of a time, timestamp or duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TimeUnit {
    /// 1 s
    Second,
    /// 10⁻³ s
    Millisecond,
    /// 10⁻⁶ s
    Microsecond,
    /// 10⁻⁹ s
    Nanosecond,
}

impl TimeUnit {
    /// Units in a second.
    pub fn per_second(self) -> i64 {
        match self {
            TimeUnit::Second => 1,
            TimeUnit::Millisecond => 1_000,
            TimeUnit::Microsecond => 1_000_000,
            TimeUnit::Nanosecond => 1_000_000_000,
        }
    }
}

/// The type of a column or value. Encodings (dictionary, constant, large offsets) are no types.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Type {
    /// Only nulls.
    Null,
    /// `true` or `false`.
    Bool,
    /// 8-bit signed integer.
    Int8,
    /// 16-bit signed integer.
    Int16,
    /// 32-bit signed integer.
    Int32,
    /// 64-bit signed integer: the type of integer literals.
    Int64,
    /// 8-bit unsigned integer.
    UInt8,
    /// 16-bit unsigned integer.
    UInt16,
    /// 32-bit unsigned integer.
    UInt32,
    /// 64-bit unsigned integer.
    UInt64,
    /// 16-bit float.
    Float16,
    /// 32-bit float.
    Float32,
    /// 64-bit float: the type of `/` and of float literals.
    Float64,
    /// Exact decimal. Up to 18 digits it is stored in 64 bits, up to 38 in 128.
    Decimal {
        /// All digits, 1 to 38.
        precision: u8,
        /// Digits after the point, at most `precision`.
        scale: i8,
    },
    /// UTF-8 text, always as string views.
    String,
    /// Bytes, always as binary views.
    Binary,
    /// Bytes of one length.
    FixedBinary(u32),
    /// Days since 1970-01-01.
    Date,
    /// Time of day since midnight.
    Time(TimeUnit),
    /// An instant since 1970-01-01: UTC shown in the zone, or a wall clock without one.
    Timestamp(TimeUnit, Option<Arc<str>>),
    /// A span of exact time.
    Duration(TimeUnit),
    /// Months, days and nanoseconds, each on its own.
    Interval,
    /// A list of any length.
    List(Arc<Type>),
    /// A list of one length.
    FixedList(Arc<Type>, u32),
    /// Named members.
    Struct(Arc<[Field]>),
    /// Key and value pairs; keys are never null.
    Map(Arc<Type>, Arc<Type>),
    /// A decoded picture of a known or varying mode.
    Image(Option<ImageMode>),
    /// An array of numbers of a fixed or varying shape.
    Tensor(Arc<Type>, Option<Arc<[u64]>>),
    /// The non-zero cells of a tensor.
    SparseTensor(Arc<Type>),
    /// A vector of one length.
    Embedding(Arc<Type>, u32),
    /// A reference to a file by its address.
    File,
    /// A 128-bit identifier.
    Uuid,
}

impl Type {
    /// A list of `item`.
    pub fn list(item: Type) -> Type {
        Type::List(Arc::new(item))
    }

    /// Signed or unsigned integers.
    pub fn is_integer(&self) -> bool {
        self.is_signed_integer() || self.is_unsigned_integer()
    }

    /// `Int8` … `Int64`.
    pub fn is_signed_integer(&self) -> bool {
        matches!(self, Type::Int8 | Type::Int16 | Type::Int32 | Type::Int64)
    }

    /// `UInt8` … `UInt64`.
    pub fn is_unsigned_integer(&self) -> bool {
        matches!(self, Type::UInt8 | Type::UInt16 | Type::UInt32 | Type::UInt64)
    }

    /// `Float16` … `Float64`.
    pub fn is_float(&self) -> bool {
        matches!(self, Type::Float16 | Type::Float32 | Type::Float64)
    }

    /// Exact decimals.
    pub fn is_decimal(&self) -> bool {
        matches!(self, Type::Decimal { .. })
    }

    /// Integers, floats and decimals.
    pub fn is_numeric(&self) -> bool {
        self.is_integer() || self.is_float() || self.is_decimal()
    }

    /// Dates, times, timestamps, durations and intervals.
    pub fn is_temporal(&self) -> bool {
        matches!(self, Type::Date | Type::Time(_) | Type::Timestamp(..) | Type::Duration(_) | Type::Interval)
    }

    /// Whether values of the type have an order, so that they can be sorted and compared with `<`.
    pub fn is_ordered(&self) -> bool {
        match self {
            Type::Image(_) | Type::Tensor(..) | Type::SparseTensor(_) | Type::Map(..) | Type::Interval => false,
            Type::List(item) | Type::FixedList(item, _) => item.is_ordered(),
            Type::Struct(fields) => fields.iter().all(|f| f.ty.is_ordered()),
            _ => true,
        }
    }

    /// Whether values of the type can be compared with `==` and stand as keys.
    pub fn is_hashable(&self) -> bool {
        self.is_ordered() || matches!(self, Type::Interval)
    }
}
