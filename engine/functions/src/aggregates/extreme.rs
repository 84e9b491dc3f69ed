//! Least and greatest of numbers, dates and times: NaN is greatest, both zeros are one.

use std::marker::PhantomData;

use arrow::array::ArrayRef;
use arrow::datatypes::{ArrowNativeType, DataType};
use bytemuck::{Pod, Zeroable};
use weft_core::function::{ArgType, Function, Signature};
use weft_core::states::Wide;
use weft_core::{Aggregator, Error, Result, Type};

use super::bytes_extreme::BytesExtreme;
use super::fold::{Fold, Folded};
use super::natives;
use super::truth::Truth;
use crate::kernel::args;

/// The types of `min` and `max`.
pub(super) fn resolve(info: &Function, args: &[ArgType<'_>]) -> Result<Signature> {
    let ty = match args::arg(info, args, 0)?.ty {
        Type::Null => Type::Int64,
        Type::Float16 => Type::Float32,
        ty @ (Type::Bool | Type::String | Type::Binary | Type::FixedBinary(_) | Type::Uuid) => ty.clone(),
        ty if ty.is_ordered() && (ty.is_numeric() || ty.is_temporal()) => ty.clone(),
        other => return Err(args::refuse(info, 0, other)),
    };
    Ok(Signature { args: vec![ty.clone()], output: ty })
}

/// The aggregator for a type that `resolve` let through.
pub(super) fn bind(ty: &Type, greatest: bool) -> Result<Box<dyn Aggregator>> {
    fn of<N: Keyed>(storage: DataType, greatest: bool) -> Box<dyn Aggregator> {
        Box::new(Folded(Extreme::<N> { storage, greatest, native: PhantomData }))
    }
    let storage = ty.to_arrow();
    Ok(match storage {
        DataType::Boolean => Box::new(Truth { any: greatest }),
        DataType::Utf8View | DataType::BinaryView | DataType::FixedSizeBinary(_) => Box::new(BytesExtreme { storage, greatest }),
        DataType::Float32 => of::<f32>(storage, greatest),
        DataType::Float64 => of::<f64>(storage, greatest),
        DataType::Decimal128(..) => Box::new(Folded(WideExtreme { storage, greatest })),
        DataType::UInt8 => of::<u8>(storage, greatest),
        DataType::UInt16 => of::<u16>(storage, greatest),
        DataType::UInt32 => of::<u32>(storage, greatest),
        DataType::UInt64 => of::<u64>(storage, greatest),
        DataType::Int8 => of::<i8>(storage, greatest),
        DataType::Int16 => of::<i16>(storage, greatest),
        ref other => match other.primitive_width() {
            Some(4) => of::<i32>(storage, greatest),
            Some(8) => of::<i64>(storage, greatest),
            _ => return Err(Error::internal(format!("an extreme of {other}"))),
        },
    })
}

/// A value whose order is that of a `u64` key.
trait Keyed: ArrowNativeType {
    /// The key.
    fn key(self) -> u64;
    /// The value of a key.
    fn from_key(key: u64) -> Self;
}

macro_rules! keyed_integers {
    ($($t:ty),*) => {
        $(impl Keyed for $t {
            #[inline]
            fn key(self) -> u64 {
                // Signed or not: shifted by half the range, so that the least i64 is 0.
                (self as i64 as u64) ^ (1 << 63)
            }

            fn from_key(key: u64) -> Self {
                (key ^ (1 << 63)) as $t
            }
        })*
    };
}

keyed_integers!(i8, i16, i32, i64, u8, u16, u32);

impl Keyed for u64 {
    #[inline]
    fn key(self) -> u64 {
        self
    }

    fn from_key(key: u64) -> Self {
        key
    }
}

impl Keyed for f64 {
    #[inline]
    fn key(self) -> u64 {
        let x = if self.is_nan() { f64::NAN.abs() } else { self + 0.0 };
        let bits = x.to_bits();
        if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
    }

    fn from_key(key: u64) -> Self {
        f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key })
    }
}

impl Keyed for f32 {
    #[inline]
    fn key(self) -> u64 {
        f64::from(self).key()
    }

    fn from_key(key: u64) -> Self {
        f64::from_key(key) as f32
    }
}

/// The best key so far, and whether there is one.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Best {
    key: u64,
    seen: u64,
}

struct Extreme<N> {
    storage: DataType,
    greatest: bool,
    native: PhantomData<fn(N)>,
}

impl<N: Keyed> Extreme<N> {
    /// For the least, keys are turned around: the greatest key always wins.
    #[inline]
    fn key(&self, value: N) -> u64 {
        if self.greatest { value.key() } else { !value.key() }
    }
}

impl<N: Keyed> Fold for Extreme<N> {
    type Native = N;
    type State = Best;

    #[inline]
    fn add(&self, state: &mut Best, value: N) -> Result<()> {
        // An empty state's key is 0, the least: no need to look whether it was seen.
        state.key = state.key.max(self.key(value));
        state.seen = 1;
        Ok(())
    }

    fn merge(&self, into: &mut Best, from: &Best) -> Result<()> {
        into.key = into.key.max(from.key);
        into.seen |= from.seen;
        Ok(())
    }

    fn finish(&self, states: &[Best]) -> Result<ArrayRef> {
        let result = |s: &Best| (s.seen != 0).then(|| N::from_key(if self.greatest { s.key } else { !s.key }));
        natives::array(self.storage.clone(), states.iter().map(result).collect())
    }
}

/// The best 128-bit value so far, and whether there is one.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct WideBest {
    value: Wide,
    seen: u64,
}

struct WideExtreme {
    storage: DataType,
    greatest: bool,
}

impl Fold for WideExtreme {
    type Native = i128;
    type State = WideBest;

    #[inline]
    fn add(&self, state: &mut WideBest, value: i128) -> Result<()> {
        let best = state.value.get();
        if state.seen == 0 || (if self.greatest { value > best } else { value < best }) {
            *state = WideBest { value: value.into(), seen: 1 };
        }
        Ok(())
    }

    fn merge(&self, into: &mut WideBest, from: &WideBest) -> Result<()> {
        if from.seen == 0 { Ok(()) } else { self.add(into, from.value.get()) }
    }

    fn finish(&self, states: &[WideBest]) -> Result<ArrayRef> {
        let result = |s: &WideBest| (s.seen != 0).then(|| s.value.get());
        natives::array(self.storage.clone(), states.iter().map(result).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_order_as_values_do() {
        let floats = [f64::NEG_INFINITY, -1.5, -1e-300, 0.0, 1e-300, 2.0, f64::INFINITY, f64::NAN];
        assert!(floats.windows(2).all(|w| w[0].key() < w[1].key()));
        assert_eq!((-0.0f64).key(), 0.0f64.key());
        assert_eq!(f64::from_key((-1.5f64).key()), -1.5);
        let integers = [i64::MIN, -1, 0, 1, i64::MAX];
        assert!(integers.windows(2).all(|w| w[0].key() < w[1].key()));
        assert_eq!(i8::from_key((-3i8).key()), -3);
        assert_eq!(u32::from_key(u32::MAX.key()), u32::MAX);
    }
}
