//! `x in [a, b, …]`: few values are compared one by one, many are looked up in a set that is built once.

use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::types::*;
use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray, FixedSizeBinaryArray};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::DataType;
use hashbrown::HashSet;
use weft_core::{Error, Result, Series, Type, Value};

use crate::encoding::{PerValue, from_array, map_values};
use crate::{Comparison, compare};

/// Up to so many values are compared one by one.
const FEW: usize = 4;

/// Sets of long lists, built once and shared by the clones of an evaluator.
#[derive(Debug, Clone, Default)]
pub struct SetCache(Arc<Mutex<Vec<KnownSet>>>);

/// A list, the type of its values, and the set made of it.
type KnownSet = (Arc<[Value]>, Type, Arc<ValueSet>);

impl SetCache {
    /// Whether each row equals one of `list` (values of its type, none null); null where the row is.
    pub fn in_list(&self, series: &Series, list: &Arc<[Value]>) -> Result<Series> {
        let how = PerValue { used_only: false, null_gives_null: true };
        if list.is_empty() {
            let none = |s: &Series| {
                let nulls = crate::encoding::validity(s)?;
                from_array(Type::Bool, BooleanArray::new(BooleanBuffer::new_unset(s.len()), nulls))
            };
            return map_values(series, how, &none);
        }
        if list.len() <= FEW || !ValueSet::supports(series.ty()) {
            return map_values(series, how, &|s| one_by_one(s, list));
        }
        let set = self.set(series.ty(), list)?;
        map_values(series, how, &|s| from_array(Type::Bool, set.contains(&s.to_flat()?)?))
    }

    /// The set of `list`, found by the list's identity.
    fn set(&self, ty: &Type, list: &Arc<[Value]>) -> Result<Arc<ValueSet>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, _, set)) = known.iter().find(|(l, t, _)| Arc::ptr_eq(l, list) && t == ty) {
            return Ok(Arc::clone(set));
        }
        let set = Arc::new(ValueSet::new(ty, list)?);
        known.push((Arc::clone(list), ty.clone(), Arc::clone(&set)));
        Ok(set)
    }
}

fn one_by_one(series: &Series, list: &[Value]) -> Result<Series> {
    let mut found: Option<BooleanArray> = None;
    for value in list {
        let constant = Series::constant(series.ty().clone(), value, series.len())?;
        let hit = crate::encoding::to_boolean(&compare(Comparison::Equal, series, &constant)?)?;
        found = Some(match found {
            None => hit,
            Some(before) => BooleanArray::new(before.values() | hit.values(), before.nulls().cloned()),
        });
    }
    from_array(Type::Bool, found.ok_or_else(|| Error::internal("an empty list"))?)
}

/// The values of a list in the form in which rows are looked up.
#[derive(Debug)]
enum ValueSet {
    /// Integers and what is stored as integers, up to 64 bits.
    Bits64(HashSet<i64, foldhash::fast::FixedState>),
    /// Wide decimals.
    Bits128(HashSet<i128, foldhash::fast::FixedState>),
    /// Floats by the bits of their canonical form.
    Floats(HashSet<u64, foldhash::fast::FixedState>),
    /// Text and bytes.
    Bytes(HashSet<Box<[u8]>, foldhash::fast::FixedState>),
}

impl ValueSet {
    fn supports(ty: &Type) -> bool {
        !matches!(ty, Type::Null | Type::Bool | Type::Interval | Type::Uuid | Type::FixedBinary(_))
            && (ty.is_numeric() || ty.is_temporal() || matches!(ty, Type::String | Type::Binary | Type::File))
            || matches!(ty, Type::Uuid | Type::FixedBinary(_))
    }

    fn new(ty: &Type, list: &[Value]) -> Result<Self> {
        let array = Value::array(ty, list)?;
        let mut set = match array.data_type() {
            DataType::Float16 | DataType::Float32 | DataType::Float64 => ValueSet::Floats(HashSet::default()),
            DataType::Decimal128(..) => ValueSet::Bits128(HashSet::default()),
            DataType::Utf8View | DataType::BinaryView | DataType::FixedSizeBinary(_) => ValueSet::Bytes(HashSet::default()),
            _ => ValueSet::Bits64(HashSet::default()),
        };
        match &mut set {
            ValueSet::Bits64(set) => each_i64(&array, |n| set.insert(n))?.into_iter().for_each(drop),
            ValueSet::Bits128(set) => set.extend(array.as_primitive::<Decimal128Type>().values().iter().copied()),
            ValueSet::Floats(set) => floats(&array)?.into_iter().for_each(|x| {
                set.insert(canonical(x));
            }),
            ValueSet::Bytes(set) => each_bytes(&array, |b| set.insert(b.into()))?.into_iter().for_each(drop),
        }
        Ok(set)
    }

    /// A bit for each row of `array`, null where it is.
    fn contains(&self, array: &ArrayRef) -> Result<BooleanArray> {
        let bits: Vec<bool> = match self {
            ValueSet::Bits64(set) => each_i64(array, |n| set.contains(&n))?,
            ValueSet::Bits128(set) => array.as_primitive::<Decimal128Type>().values().iter().map(|n| set.contains(n)).collect(),
            ValueSet::Floats(set) => floats(array)?.into_iter().map(|x| set.contains(&canonical(x))).collect(),
            ValueSet::Bytes(set) => each_bytes(array, |b| set.contains(b))?,
        };
        Ok(BooleanArray::new(BooleanBuffer::from(bits), array.logical_nulls()))
    }
}

fn canonical(x: f64) -> u64 {
    if x.is_nan() { f64::NAN.to_bits() } else { (x + 0.0).to_bits() }
}

fn floats(array: &ArrayRef) -> Result<Vec<f64>> {
    let wide = arrow::compute::cast(array, &DataType::Float64)?;
    Ok(wide.as_primitive::<Float64Type>().values().to_vec())
}

fn each_i64(array: &ArrayRef, mut f: impl FnMut(i64) -> bool) -> Result<Vec<bool>> {
    fn run<T: ArrowPrimitiveType>(array: &ArrayRef, f: &mut dyn FnMut(i64) -> bool) -> Vec<bool>
    where
        T::Native: Into<i64>,
    {
        array.as_primitive::<T>().values().iter().map(|&n| f(n.into())).collect()
    }
    let f = &mut f;
    Ok(match array.data_type() {
        DataType::Int8 => run::<Int8Type>(array, f),
        DataType::Int16 => run::<Int16Type>(array, f),
        DataType::Int32 => run::<Int32Type>(array, f),
        DataType::UInt8 => run::<UInt8Type>(array, f),
        DataType::UInt16 => run::<UInt16Type>(array, f),
        DataType::UInt32 => run::<UInt32Type>(array, f),
        DataType::UInt64 => array.as_primitive::<UInt64Type>().values().iter().map(|&n| f(n as i64)).collect(),
        DataType::Date32 => run::<Date32Type>(array, f),
        DataType::Time32(_) => run::<Int32Type>(&as_plain(array, &DataType::Int32)?, f),
        _ => run::<Int64Type>(&as_plain(array, &DataType::Int64)?, f),
    })
}

/// The same buffers as plain integers of the same width.
fn as_plain(array: &ArrayRef, ty: &DataType) -> Result<ArrayRef> {
    let data = array.to_data().into_builder().data_type(ty.clone()).build()?;
    Ok(arrow::array::make_array(data))
}

fn each_bytes(array: &ArrayRef, mut f: impl FnMut(&[u8]) -> bool) -> Result<Vec<bool>> {
    Ok(match array.data_type() {
        DataType::Utf8View => {
            let texts = array.as_string_view();
            (0..texts.len()).map(|i| f(texts.value(i).as_bytes())).collect()
        }
        DataType::BinaryView => {
            let bytes = array.as_binary_view();
            (0..bytes.len()).map(|i| f(bytes.value(i))).collect()
        }
        DataType::FixedSizeBinary(_) => {
            let fixed: &FixedSizeBinaryArray = array.as_fixed_size_binary();
            (0..fixed.len()).map(|i| f(fixed.value(i))).collect()
        }
        other => return Err(Error::internal(format!("{other} holds no bytes"))),
    })
}
