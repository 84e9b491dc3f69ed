//! Exact sums of integers, decimals and durations in 128 bits, checked once at the end.

use std::marker::PhantomData;

use arrow::array::ArrayRef;
use arrow::buffer::NullBuffer;
use arrow::datatypes::{ArrowNativeType, DataType};
use bytemuck::{Pod, Zeroable};
use weft_core::states::Wide;
use weft_core::{Aggregator, Error, Result, Type};

use super::fold::{Fold, Folded};
use super::natives;

/// The sum so far and how many values are in it.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct SumState {
    sum: Wide,
    count: u64,
}

/// What is made of sum and count at the end.
#[derive(Debug, Clone)]
pub(super) enum Finish {
    /// The sum as this type.
    Sum(Type),
    /// The mean of numbers with so many digits after the point, as a float.
    Mean(i8),
    /// The mean as this type, rounded towards zero.
    WholeMean(Type),
}

/// A value that sums in 128 bits.
pub(super) trait Summand: ArrowNativeType + Into<i128> {
    /// The sum of a block of at most 2³⁰ values; nothing when it passes 128 bits.
    fn block(values: &[Self]) -> Option<i128>;
}

macro_rules! narrow {
    ($($t:ty),*) => {
        $(impl Summand for $t {
            #[inline]
            fn block(values: &[Self]) -> Option<i128> {
                Some(values.iter().map(|&x| i64::from(x)).sum::<i64>().into())
            }
        })*
    };
}

narrow!(i8, i16, i32, u8, u16, u32);

impl Summand for i64 {
    /// The halves of the words sum without carries, so the loop runs in vector registers.
    #[inline]
    fn block(values: &[Self]) -> Option<i128> {
        let (mut low, mut high) = (0u64, 0i64);
        for &x in values {
            low += x as u64 & 0xffff_ffff;
            high += x >> 32;
        }
        Some((i128::from(high) << 32) + i128::from(low))
    }
}

impl Summand for u64 {
    #[inline]
    fn block(values: &[Self]) -> Option<i128> {
        let (mut low, mut high) = (0u64, 0u64);
        for &x in values {
            low += x & 0xffff_ffff;
            high += x >> 32;
        }
        Some((i128::from(high) << 32) + i128::from(low))
    }
}

impl Summand for i128 {
    fn block(values: &[Self]) -> Option<i128> {
        values.iter().try_fold(0i128, |sum, &x| sum.checked_add(x))
    }
}

/// Sum or mean of `N`s.
struct WideSum<N> {
    finish: Finish,
    native: PhantomData<fn(N)>,
}

/// The aggregator over a column stored as `data_type`.
pub(super) fn bind(data_type: &DataType, finish: Finish) -> Result<Box<dyn Aggregator>> {
    fn of<N: Summand>(finish: Finish) -> Box<dyn Aggregator> {
        Box::new(Folded(WideSum::<N> { finish, native: PhantomData }))
    }
    Ok(match data_type {
        DataType::Int8 => of::<i8>(finish),
        DataType::Int16 => of::<i16>(finish),
        DataType::Int32 => of::<i32>(finish),
        DataType::Int64 | DataType::Decimal64(..) | DataType::Duration(_) => of::<i64>(finish),
        DataType::UInt8 => of::<u8>(finish),
        DataType::UInt16 => of::<u16>(finish),
        DataType::UInt32 => of::<u32>(finish),
        DataType::UInt64 => of::<u64>(finish),
        DataType::Decimal128(..) => of::<i128>(finish),
        other => return Err(Error::internal(format!("a wide sum of {other}"))),
    })
}

fn overflow() -> Error {
    Error::value("a sum leaves 128 bits")
}

impl<N: Summand> Fold for WideSum<N> {
    type Native = N;
    type State = SumState;

    #[inline]
    fn add(&self, state: &mut SumState, value: N) -> Result<()> {
        state.count += 1;
        if state.sum.add_wide(value.into()) { Ok(()) } else { Err(overflow()) }
    }

    fn add_all(&self, state: &mut SumState, values: &[N], nulls: Option<&NullBuffer>) -> Result<()> {
        let Some(nulls) = nulls else {
            state.count += values.len() as u64;
            return values.chunks(1 << 30).try_for_each(|block| {
                let fits = N::block(block).is_some_and(|sum| state.sum.add_wide(sum));
                if fits { Ok(()) } else { Err(overflow()) }
            });
        };
        nulls.valid_slices().try_for_each(|(start, end)| self.add_all(state, &values[start..end], None))
    }

    fn merge(&self, into: &mut SumState, from: &SumState) -> Result<()> {
        into.count += from.count;
        if into.sum.add_wide(from.sum.get()) { Ok(()) } else { Err(overflow()) }
    }

    fn finish(&self, states: &[SumState]) -> Result<ArrayRef> {
        let some = |s: &SumState| (s.count > 0).then(|| s.sum.get());
        match &self.finish {
            Finish::Sum(ty) => exact(ty, states.iter().map(some).collect()),
            Finish::Mean(scale) => {
                let one = 10f64.powi((*scale).into());
                let mean = |s: &SumState| some(s).map(|sum| sum as f64 / one / s.count as f64);
                natives::array(DataType::Float64, states.iter().map(mean).collect())
            }
            Finish::WholeMean(ty) => {
                let mean = |s: &SumState| some(s).map(|sum| sum / i128::from(s.count));
                exact(ty, states.iter().map(mean).collect())
            }
        }
    }
}

/// Sums as `ty`, or an error that shows the one that does not fit.
fn exact(ty: &Type, sums: Vec<Option<i128>>) -> Result<ArrayRef> {
    let storage = ty.to_arrow();
    let misfit = |sum: i128| {
        let sum = if let Type::Decimal { scale, .. } = *ty {
            weft_core::value::text::decimal_text(sum, scale)
        } else {
            sum.to_string()
        };
        Error::value(format!("the sum {sum} does not fit into {ty}"))
            .with_help("cast what is summed to `decimal(38, 0)` for an exact sum, or to `float` for a rounded one")
    };
    match ty {
        Type::Decimal { precision, .. } => {
            let limit = 10u128.pow((*precision).into());
            let check = |sum: i128| if sum.unsigned_abs() < limit { Ok(sum) } else { Err(misfit(sum)) };
            natives::array(storage, sums.into_iter().map(|s| s.map(check).transpose()).collect::<Result<Vec<_>>>()?)
        }
        Type::UInt64 => {
            let check = |sum: i128| u64::try_from(sum).map_err(|_| misfit(sum));
            natives::array(storage, sums.into_iter().map(|s| s.map(check).transpose()).collect::<Result<Vec<_>>>()?)
        }
        _ => {
            let check = |sum: i128| i64::try_from(sum).map_err(|_| misfit(sum));
            natives::array(storage, sums.into_iter().map(|s| s.map(check).transpose()).collect::<Result<Vec<_>>>()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_sum_exactly_at_the_ends_of_the_range() {
        assert_eq!(i64::block(&[i64::MAX, i64::MAX, -1, i64::MIN]), Some(2 * i128::from(i64::MAX) - 1 + i128::from(i64::MIN)));
        assert_eq!(i64::block(&[-1, -1]), Some(-2));
        assert_eq!(u64::block(&[u64::MAX, u64::MAX]), Some(2 * i128::from(u64::MAX)));
        assert_eq!(i128::block(&[i128::MAX, 1]), None);
    }
}
