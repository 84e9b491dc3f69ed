//! Single values: literals in plans, settings, cells of a preview.

mod arrays;
pub mod text;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// One value. Units, zones, precision and widths are those of the [`Type`](crate::Type) that stands beside it.
///
/// `-0.0 == 0.0` and `NaN == NaN`, as in the language.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Value {
    /// No value, of any type.
    Null,
    /// Of `bool`.
    Bool(bool),
    /// Of the signed integer types, and of unsigned ones up to `i64::MAX`.
    Int(i64),
    /// Of `uint64` past `i64::MAX`.
    UInt(u64),
    /// Of the float types.
    Float(#[serde(with = "float_bits")] f64),
    /// Digits of a decimal, and how many of them stand after the point.
    Decimal(i128, i8),
    /// Of `str` and `file`.
    String(Arc<str>),
    /// Of the binary types and `uuid`.
    Binary(Arc<[u8]>),
    /// Days since 1970-01-01.
    Date(i32),
    /// Units since midnight.
    Time(i64),
    /// Units since 1970-01-01.
    Timestamp(i64),
    /// Units.
    Duration(i64),
    /// Calendar months, calendar days, exact nanoseconds.
    Interval(i32, i32, i64),
    /// Of lists, embeddings.
    List(Vec<Value>),
    /// Members in the type's order; also the storage members of image and tensor.
    Struct(Vec<Value>),
    /// Keys and values.
    Map(Vec<(Value, Value)>),
}

impl Value {
    /// Text.
    pub fn string(text: impl Into<Arc<str>>) -> Self {
        Value::String(text.into())
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The integer, where it is one that fits.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(n) => Some(*n),
            Value::UInt(n) => i64::try_from(*n).ok(),
            _ => None,
        }
    }

    /// The number as a float, where it is one.
    pub fn as_float(&self) -> Option<f64> {
        match self {
            Value::Int(n) => Some(*n as f64),
            Value::UInt(n) => Some(*n as f64),
            Value::Float(x) => Some(*x),
            Value::Decimal(digits, scale) => Some(*digits as f64 / 10f64.powi(i32::from(*scale))),
            _ => None,
        }
    }

    /// The text, where it is text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value, where it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(b) => Some(*b),
            _ => None,
        }
    }
}

/// The bits under which equal floats are the same: one zero, one NaN.
fn canonical_bits(x: f64) -> u64 {
    if x == 0.0 {
        0
    } else if x.is_nan() {
        f64::NAN.to_bits()
    } else {
        x.to_bits()
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        use Value::*;
        match (self, other) {
            (Null, Null) => true,
            (Bool(a), Bool(b)) => a == b,
            (Int(a), Int(b)) => a == b,
            (UInt(a), UInt(b)) => a == b,
            (Int(a), UInt(b)) | (UInt(b), Int(a)) => u64::try_from(*a) == Ok(*b),
            (Float(a), Float(b)) => canonical_bits(*a) == canonical_bits(*b),
            (Decimal(a, s), Decimal(b, t)) => a == b && s == t,
            (String(a), String(b)) => a == b,
            (Binary(a), Binary(b)) => a == b,
            (Date(a), Date(b)) => a == b,
            (Time(a), Time(b)) | (Timestamp(a), Timestamp(b)) | (Duration(a), Duration(b)) => a == b,
            (Interval(a, b, c), Interval(x, y, z)) => (a, b, c) == (x, y, z),
            (List(a), List(b)) | (Struct(a), Struct(b)) => a == b,
            (Map(a), Map(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Value::Null => 0u8.hash(state),
            Value::Bool(b) => b.hash(state),
            Value::Int(n) => (*n as u64).hash(state),
            Value::UInt(n) => n.hash(state),
            Value::Float(x) => canonical_bits(*x).hash(state),
            Value::Decimal(digits, scale) => (digits, scale).hash(state),
            Value::String(text) => text.hash(state),
            Value::Binary(bytes) => bytes.hash(state),
            Value::Date(days) => days.hash(state),
            Value::Time(n) | Value::Timestamp(n) | Value::Duration(n) => n.hash(state),
            Value::Interval(months, days, nanos) => (months, days, nanos).hash(state),
            Value::List(items) | Value::Struct(items) => items.hash(state),
            Value::Map(entries) => entries.hash(state),
        }
    }
}

/// Floats as their bits: JSON has no NaN, no infinity and no negative zero that survives.
mod float_bits {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(x: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(x.to_bits())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        u64::deserialize(deserializer).map(f64::from_bits)
    }
}
