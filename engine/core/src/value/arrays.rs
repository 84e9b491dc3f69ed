//! Values to Arrow arrays and back.

use std::sync::Arc;

use arrow::array::types::*;
use arrow::array::*;
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Fields, IntervalMonthDayNano};

use super::Value;
use crate::error::{Error, Result};
use crate::types::{TimeUnit, Type};

impl Value {
    /// An array of length 1 that holds the value as a `ty`.
    pub fn to_array(&self, ty: &Type) -> Result<ArrayRef> {
        Value::array(ty, std::slice::from_ref(self))
    }

    /// An array of `values`, each a `ty` or null.
    ///
    /// # Errors
    /// When a value is of another kind than the type or does not fit into it.
    pub fn array(ty: &Type, values: &[Value]) -> Result<ArrayRef> {
        let arrow = ty.to_arrow();
        Ok(match ty {
            Type::Null => new_null_array(&DataType::Null, values.len()),
            Type::Bool => Arc::new(collect(ty, values, Value::as_bool)?.into_iter().collect::<BooleanArray>()),
            Type::Int8 => integers::<Int8Type>(ty, values, &arrow)?,
            Type::Int16 => integers::<Int16Type>(ty, values, &arrow)?,
            Type::Int32 => integers::<Int32Type>(ty, values, &arrow)?,
            Type::Int64 => integers::<Int64Type>(ty, values, &arrow)?,
            Type::UInt8 => integers::<UInt8Type>(ty, values, &arrow)?,
            Type::UInt16 => integers::<UInt16Type>(ty, values, &arrow)?,
            Type::UInt32 => integers::<UInt32Type>(ty, values, &arrow)?,
            Type::UInt64 => integers::<UInt64Type>(ty, values, &arrow)?,
            Type::Float16 => floats::<Float16Type>(ty, values, half_from)?,
            Type::Float32 => floats::<Float32Type>(ty, values, |x| x as f32)?,
            Type::Float64 => floats::<Float64Type>(ty, values, |x| x)?,
            Type::Decimal { scale, .. } => decimals(ty, values, *scale, &arrow)?,
            Type::String | Type::File => Arc::new(collect(ty, values, |v| v.as_str())?.into_iter().collect::<StringViewArray>()),
            Type::Binary => Arc::new(collect(ty, values, as_bytes)?.into_iter().collect::<BinaryViewArray>()),
            Type::FixedBinary(n) => fixed_binary(ty, values, *n)?,
            Type::Uuid => fixed_binary(ty, values, 16)?,
            Type::Date => {
                let days = collect(ty, values, |v| if let Value::Date(d) = v { Some(*d) } else { None })?;
                Arc::new(days.into_iter().collect::<Date32Array>())
            }
            Type::Time(_) | Type::Timestamp(..) | Type::Duration(_) => units(ty, values, &arrow)?,
            Type::Interval => {
                let parts = collect(ty, values, |v| match v {
                    Value::Interval(m, d, n) => Some(IntervalMonthDayNano::new(*m, *d, *n)),
                    Value::Duration(n) => Some(IntervalMonthDayNano::new(0, 0, *n)),
                    _ => None,
                })?;
                Arc::new(parts.into_iter().collect::<IntervalMonthDayNanoArray>())
            }
            Type::List(item) => list(ty, values, item, &arrow)?,
            Type::FixedList(item, n) | Type::Embedding(item, n) => fixed_list(ty, values, item, *n, &arrow)?,
            Type::Struct(_) | Type::Image(_) | Type::Tensor(..) | Type::SparseTensor(_) => members(ty, values, &arrow)?,
            Type::Map(key, value) => map(ty, values, key, value, &arrow)?,
        })
    }

    /// The value in row `row` of an array in `ty`'s storage type.
    pub fn from_array(array: &dyn Array, row: usize, ty: &Type) -> Result<Value> {
        if row >= array.len() {
            return Err(Error::internal(format!("row {row} of an array of {}", array.len())));
        }
        if array.is_null(row) || matches!(ty, Type::Null) {
            return Ok(Value::Null);
        }
        Ok(match ty {
            Type::Null => Value::Null,
            Type::Bool => Value::Bool(array.as_boolean().value(row)),
            Type::Int8 => Value::Int(array.as_primitive::<Int8Type>().value(row).into()),
            Type::Int16 => Value::Int(array.as_primitive::<Int16Type>().value(row).into()),
            Type::Int32 => Value::Int(array.as_primitive::<Int32Type>().value(row).into()),
            Type::Int64 => Value::Int(array.as_primitive::<Int64Type>().value(row)),
            Type::UInt8 => Value::Int(array.as_primitive::<UInt8Type>().value(row).into()),
            Type::UInt16 => Value::Int(array.as_primitive::<UInt16Type>().value(row).into()),
            Type::UInt32 => Value::Int(array.as_primitive::<UInt32Type>().value(row).into()),
            Type::UInt64 => {
                let n = array.as_primitive::<UInt64Type>().value(row);
                i64::try_from(n).map_or(Value::UInt(n), Value::Int)
            }
            Type::Float16 => Value::Float(array.as_primitive::<Float16Type>().value(row).to_f64()),
            Type::Float32 => Value::Float(array.as_primitive::<Float32Type>().value(row).into()),
            Type::Float64 => Value::Float(array.as_primitive::<Float64Type>().value(row)),
            Type::Decimal { precision, scale } if *precision <= 18 => {
                Value::Decimal(array.as_primitive::<Decimal64Type>().value(row).into(), *scale)
            }
            Type::Decimal { scale, .. } => Value::Decimal(array.as_primitive::<Decimal128Type>().value(row), *scale),
            Type::String | Type::File => Value::string(array.as_string_view().value(row)),
            Type::Binary => Value::Binary(array.as_binary_view().value(row).into()),
            Type::FixedBinary(_) | Type::Uuid => Value::Binary(array.as_fixed_size_binary().value(row).into()),
            Type::Date => Value::Date(array.as_primitive::<Date32Type>().value(row)),
            Type::Time(_) => Value::Time(unit_value(array, row)?),
            Type::Timestamp(..) => Value::Timestamp(unit_value(array, row)?),
            Type::Duration(_) => Value::Duration(unit_value(array, row)?),
            Type::Interval => {
                let v = array.as_primitive::<IntervalMonthDayNanoType>().value(row);
                Value::Interval(v.months, v.days, v.nanoseconds)
            }
            Type::List(item) => items(&array.as_list::<i32>().value(row), item)?,
            Type::FixedList(item, _) | Type::Embedding(item, _) => items(&array.as_fixed_size_list().value(row), item)?,
            Type::Struct(_) | Type::Image(_) | Type::Tensor(..) | Type::SparseTensor(_) => {
                let columns = array.as_struct();
                let members = columns.columns().iter().zip(columns.fields());
                let read = |(c, f): (&ArrayRef, &Arc<arrow::datatypes::Field>)| {
                    Value::from_array(c, row, &crate::Field::from_arrow(f)?.ty)
                };
                Value::Struct(members.map(read).collect::<Result<_>>()?)
            }
            Type::Map(key, value) => {
                let entries = array.as_map().value(row);
                let pair =
                    |i| Ok((Value::from_array(entries.column(0), i, key)?, Value::from_array(entries.column(1), i, value)?));
                Value::Map((0..entries.len()).map(pair).collect::<Result<_>>()?)
            }
        })
    }
}

fn items(array: &ArrayRef, item: &Type) -> Result<Value> {
    Ok(Value::List((0..array.len()).map(|i| Value::from_array(array, i, item)).collect::<Result<_>>()?))
}

fn misfit(ty: &Type, value: &Value) -> Error {
    Error::type_mismatch(format!("the value {value} does not fit into {ty}"))
}

fn collect<'a, T>(ty: &Type, values: &'a [Value], read: impl Fn(&'a Value) -> Option<T>) -> Result<Vec<Option<T>>> {
    let one = |v: &'a Value| match v {
        Value::Null => Ok(None),
        v => read(v).map(Some).ok_or_else(|| misfit(ty, v)),
    };
    values.iter().map(one).collect()
}

fn integers<T: ArrowPrimitiveType>(ty: &Type, values: &[Value], arrow: &DataType) -> Result<ArrayRef>
where
    T::Native: TryFrom<i128>,
{
    let read = |v: &Value| match v {
        Value::Int(n) => T::Native::try_from(i128::from(*n)).ok(),
        Value::UInt(n) => T::Native::try_from(i128::from(*n)).ok(),
        _ => None,
    };
    let array: PrimitiveArray<T> = collect(ty, values, read)?.into_iter().collect();
    Ok(Arc::new(array.with_data_type(arrow.clone())))
}

fn half_from(x: f64) -> <Float16Type as ArrowPrimitiveType>::Native {
    <Float16Type as ArrowPrimitiveType>::Native::from_f64(x)
}

fn floats<T: ArrowPrimitiveType>(ty: &Type, values: &[Value], cast: impl Fn(f64) -> T::Native) -> Result<ArrayRef> {
    let array: PrimitiveArray<T> = collect(ty, values, |v| v.as_float().map(&cast))?.into_iter().collect();
    Ok(Arc::new(array))
}

fn decimals(ty: &Type, values: &[Value], scale: i8, arrow: &DataType) -> Result<ArrayRef> {
    let digits = collect(ty, values, |v| match v {
        Value::Decimal(digits, s) if *s <= scale => 10i128.checked_pow((scale - s) as u32)?.checked_mul(*digits),
        Value::Int(n) if scale >= 0 => 10i128.checked_pow(scale as u32)?.checked_mul(i128::from(*n)),
        _ => None,
    })?;
    let precision = if let Type::Decimal { precision, .. } = ty { u32::from(*precision) } else { 38 };
    let limit = 10i128.checked_pow(precision).unwrap_or(i128::MAX);
    if let Some(big) = digits.iter().flatten().find(|d| d.unsigned_abs() >= limit.unsigned_abs()) {
        return Err(misfit(ty, &Value::Decimal(*big, scale)));
    }
    Ok(match arrow {
        DataType::Decimal64(..) => {
            let array: Decimal64Array = digits.into_iter().map(|d| d.map(|d| d as i64)).collect();
            Arc::new(array.with_data_type(arrow.clone()))
        }
        _ => Arc::new(digits.into_iter().collect::<Decimal128Array>().with_data_type(arrow.clone())),
    })
}

fn as_bytes(value: &Value) -> Option<&[u8]> {
    match value {
        Value::Binary(bytes) => Some(bytes),
        _ => None,
    }
}

fn fixed_binary(ty: &Type, values: &[Value], n: u32) -> Result<ArrayRef> {
    let bytes = collect(ty, values, |v| as_bytes(v).filter(|b| b.len() == n as usize))?;
    Ok(Arc::new(FixedSizeBinaryArray::try_from_sparse_iter_with_size(bytes.into_iter(), n as i32)?))
}

fn units(ty: &Type, values: &[Value], arrow: &DataType) -> Result<ArrayRef> {
    let counts = collect(ty, values, |v| match (ty, v) {
        (Type::Time(_), Value::Time(n))
        | (Type::Timestamp(..), Value::Timestamp(n))
        | (Type::Duration(_), Value::Duration(n)) => Some(*n),
        _ => None,
    })?;
    if let Type::Time(TimeUnit::Second | TimeUnit::Millisecond) = ty {
        let array: Int32Array = counts.into_iter().map(|n| n.map(|n| n as i32)).collect();
        return Ok(array.into_data().into_builder().data_type(arrow.clone()).build().map(make_array)?);
    }
    let array: Int64Array = counts.into_iter().collect();
    Ok(array.into_data().into_builder().data_type(arrow.clone()).build().map(make_array)?)
}

fn unit_value(array: &dyn Array, row: usize) -> Result<i64> {
    macro_rules! read {
        ($($t:ty),*) => {
            $(if let Some(a) = array.as_primitive_opt::<$t>() { return Ok(i64::from(a.value(row))); })*
        };
    }
    read!(
        TimestampMicrosecondType,
        TimestampNanosecondType,
        TimestampMillisecondType,
        TimestampSecondType,
        DurationMicrosecondType,
        DurationNanosecondType,
        DurationMillisecondType,
        DurationSecondType,
        Time64MicrosecondType,
        Time64NanosecondType,
        Time32MillisecondType,
        Time32SecondType
    );
    Err(Error::internal(format!("{} holds no time units", array.data_type())))
}

fn list(ty: &Type, values: &[Value], item: &Type, arrow: &DataType) -> Result<ArrayRef> {
    let lists = collect(ty, values, as_list)?;
    let lengths = lists.iter().map(|l| l.map_or(0, <[Value]>::len));
    let offsets = OffsetBuffer::<i32>::from_lengths(lengths);
    let all: Vec<Value> = lists.iter().flatten().flat_map(|l| l.iter().cloned()).collect();
    let DataType::List(field) = arrow else { return Err(Error::internal("a list that is no list")) };
    let nulls = NullBuffer::from(lists.iter().map(Option::is_some).collect::<Vec<_>>());
    Ok(Arc::new(ListArray::try_new(Arc::clone(field), offsets, Value::array(item, &all)?, Some(nulls))?))
}

fn as_list(value: &Value) -> Option<&[Value]> {
    match value {
        Value::List(items) => Some(items),
        _ => None,
    }
}

fn fixed_list(ty: &Type, values: &[Value], item: &Type, n: u32, arrow: &DataType) -> Result<ArrayRef> {
    let lists = collect(ty, values, |v| as_list(v).filter(|l| l.len() == n as usize))?;
    let blank = vec![Value::Null; n as usize];
    let all: Vec<Value> = lists.iter().flat_map(|l| l.unwrap_or(&blank).iter().cloned()).collect();
    let DataType::FixedSizeList(field, _) = arrow else { return Err(Error::internal("a list that is no list")) };
    let nulls = NullBuffer::from(lists.iter().map(Option::is_some).collect::<Vec<_>>());
    Ok(Arc::new(FixedSizeListArray::try_new(Arc::clone(field), n as i32, Value::array(item, &all)?, Some(nulls))?))
}

fn members(ty: &Type, values: &[Value], arrow: &DataType) -> Result<ArrayRef> {
    let DataType::Struct(fields) = arrow else { return Err(Error::internal("a struct that is no struct")) };
    let rows = collect(ty, values, |v| match v {
        Value::Struct(members) if members.len() == fields.len() => Some(members),
        _ => None,
    })?;
    let column = |i: usize, field: &arrow::datatypes::Field| {
        let cells: Vec<Value> = rows.iter().map(|r| r.map_or(Value::Null, |m| m[i].clone())).collect();
        Value::array(&crate::Field::from_arrow(field)?.ty, &cells)
    };
    let columns = fields.iter().enumerate().map(|(i, f)| column(i, f)).collect::<Result<Vec<_>>>()?;
    let nulls = NullBuffer::from(rows.iter().map(Option::is_some).collect::<Vec<_>>());
    let nullable: Fields = fields.clone();
    Ok(Arc::new(StructArray::try_new_with_length(nullable, columns, Some(nulls), values.len())?))
}

fn map(ty: &Type, values: &[Value], key: &Type, value: &Type, arrow: &DataType) -> Result<ArrayRef> {
    let maps = collect(ty, values, |v| match v {
        Value::Map(entries) => Some(entries),
        _ => None,
    })?;
    let offsets = OffsetBuffer::<i32>::from_lengths(maps.iter().map(|m| m.map_or(0, Vec::len)));
    let (keys, cells): (Vec<Value>, Vec<Value>) = maps.iter().flatten().flat_map(|m| m.iter().cloned()).unzip();
    let DataType::Map(field, _) = arrow else { return Err(Error::internal("a map that is no map")) };
    let DataType::Struct(kv) = field.data_type() else { return Err(Error::internal("a map without entries")) };
    let entries = StructArray::try_new(kv.clone(), vec![Value::array(key, &keys)?, Value::array(value, &cells)?], None)?;
    let nulls = NullBuffer::from(maps.iter().map(Option::is_some).collect::<Vec<_>>());
    Ok(Arc::new(MapArray::try_new(Arc::clone(field), offsets, entries, Some(nulls), false)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Field;

    #[test]
    fn values_survive_the_way_through_arrays() {
        let s = Type::Struct(vec![Field::new("a", Type::Int8), Field::new("b", Type::list(Type::String))].into());
        let cases: Vec<(Type, Value)> = vec![
            (Type::UInt64, Value::UInt(u64::MAX)),
            (Type::Int8, Value::Int(-3)),
            (Type::Float16, Value::Float(0.5)),
            (Type::Decimal { precision: 15, scale: 2 }, Value::Decimal(-105, 2)),
            (Type::Decimal { precision: 30, scale: 4 }, Value::Decimal(105, 4)),
            (Type::Time(TimeUnit::Millisecond), Value::Time(5)),
            (Type::Timestamp(TimeUnit::Nanosecond, Some("UTC".into())), Value::Timestamp(-1)),
            (Type::Interval, Value::Interval(1, -2, 3)),
            (s, Value::Struct(vec![Value::Int(1), Value::List(vec![Value::string("x"), Value::Null])])),
            (Type::Map(Type::String.into(), Type::Int64.into()), Value::Map(vec![(Value::string("k"), Value::Int(1))])),
            (Type::FixedList(Type::Float32.into(), 2), Value::List(vec![Value::Float(1.0), Value::Float(2.0)])),
            (Type::Uuid, Value::Binary([7u8; 16].as_slice().into())),
        ];
        for (ty, value) in cases {
            let array = Value::array(&ty, &[Value::Null, value.clone()]).unwrap();
            assert_eq!(Value::from_array(&array, 0, &ty).unwrap(), Value::Null, "{ty}");
            assert_eq!(Value::from_array(&array, 1, &ty).unwrap(), value, "{ty}");
        }
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        assert!(Value::Int(300).to_array(&Type::UInt8).is_err());
        assert!(Value::string("x").to_array(&Type::Int64).is_err());
        assert!(Value::Decimal(100_000, 2).to_array(&Type::Decimal { precision: 4, scale: 2 }).is_err());
    }
}
