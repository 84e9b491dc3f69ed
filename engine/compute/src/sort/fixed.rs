//! Keys that fit into one 128-bit number: most important key in the highest bits.

use arrow::array::types::*;
use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, PrimitiveArray};
use arrow::datatypes::DataType;
use weft_core::Type;

use super::KeyOrder;

/// Bits of each key, its null bit included.
pub(super) struct FixedLayout {
    bits: Vec<u32>,
}

impl FixedLayout {
    /// The layout, or nothing where a key's values differ in length or all do not fit.
    pub(super) fn new(orders: &[KeyOrder]) -> Option<Self> {
        let bits: Vec<u32> = orders.iter().map(|o| value_bits(&o.ty).map(|b| b + 1)).collect::<Option<_>>()?;
        (!bits.is_empty() && bits.iter().sum::<u32>() <= 128).then_some(FixedLayout { bits })
    }

    pub(super) fn encode(&self, orders: &[KeyOrder], columns: &[ArrayRef]) -> Vec<u128> {
        let rows = columns.first().map_or(0, |c| c.len());
        let mut keys = vec![0u128; rows];
        for ((order, column), bits) in orders.iter().zip(columns).zip(&self.bits) {
            append(order, column, *bits, &mut keys);
        }
        keys
    }
}

fn value_bits(ty: &Type) -> Option<u32> {
    match ty.to_arrow() {
        DataType::Boolean => Some(1),
        other => other.primitive_width().map(|bytes| bytes as u32 * 8).filter(|&bits| bits <= 64),
    }
    .filter(|_| ty.is_ordered())
}

/// Shifts the key column in below what stands in `keys`.
fn append(order: &KeyOrder, column: &ArrayRef, bits: u32, keys: &mut [u128]) {
    match column.data_type() {
        DataType::Boolean => {
            let values = column.as_boolean();
            push(order, column, bits, keys, |row| u64::from(values.value(row)));
        }
        DataType::Float16 => number::<Float16Type>(order, column, bits, keys, |x| float_bits(x.to_f64()) >> 48),
        DataType::Float32 => number::<Float32Type>(order, column, bits, keys, float32_bits),
        DataType::Float64 => number::<Float64Type>(order, column, bits, keys, float_bits),
        DataType::UInt8 => number::<UInt8Type>(order, column, bits, keys, u64::from),
        DataType::UInt16 => number::<UInt16Type>(order, column, bits, keys, u64::from),
        DataType::UInt32 => number::<UInt32Type>(order, column, bits, keys, u64::from),
        DataType::UInt64 => number::<UInt64Type>(order, column, bits, keys, |n| n),
        DataType::Int8 => number::<Int8Type>(order, column, bits, keys, |n| u64::from(n as u8 ^ 1 << 7)),
        DataType::Int16 => number::<Int16Type>(order, column, bits, keys, |n| u64::from(n as u16 ^ 1 << 15)),
        _ if bits == 33 => {
            let values = column.to_data();
            let values: &[i32] = &values.buffers()[0].typed_data::<i32>()[values.offset()..];
            push(order, column, bits, keys, |row| u64::from(values[row] as u32 ^ 1 << 31));
        }
        _ => {
            let values = column.to_data();
            let values: &[i64] = &values.buffers()[0].typed_data::<i64>()[values.offset()..];
            push(order, column, bits, keys, |row| values[row] as u64 ^ 1 << 63);
        }
    }
}

fn number<T: ArrowPrimitiveType>(
    order: &KeyOrder,
    column: &ArrayRef,
    bits: u32,
    keys: &mut [u128],
    code: impl Fn(T::Native) -> u64,
) {
    let values: &PrimitiveArray<T> = column.as_primitive();
    push(order, column, bits, keys, |row| code(values.values()[row]));
}

fn push(order: &KeyOrder, column: &ArrayRef, bits: u32, keys: &mut [u128], code: impl Fn(usize) -> u64) {
    let mask = (1u128 << (bits - 1)) - 1;
    let flip = if order.descending { mask } else { 0 };
    let (value_bit, null_key) = if order.nulls_first { (1u128 << (bits - 1), 0) } else { (0, 1u128 << (bits - 1)) };
    match column.nulls().filter(|n| n.null_count() > 0) {
        None => {
            for (row, key) in keys.iter_mut().enumerate() {
                *key = *key << bits | (u128::from(code(row)) & mask) ^ flip | value_bit;
            }
        }
        Some(nulls) => {
            for (row, key) in keys.iter_mut().enumerate() {
                let part = if nulls.is_valid(row) { (u128::from(code(row)) & mask) ^ flip | value_bit } else { null_key };
                *key = *key << bits | part;
            }
        }
    }
}

/// Bits that order as floats do: one zero, one NaN above infinity.
fn float_bits(x: f64) -> u64 {
    let bits = if x.is_nan() { f64::NAN.to_bits() } else { (x + 0.0).to_bits() };
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

fn float32_bits(x: f32) -> u64 {
    let bits = if x.is_nan() { f32::NAN.to_bits() } else { (x + 0.0).to_bits() };
    u64::from(if bits >> 31 == 1 { !bits } else { bits | 1 << 31 })
}
