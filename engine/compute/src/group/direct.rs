//! Direct addressing: where the keys of a chunk can take few values together, a group's row is looked up by number.

use std::sync::Arc;

use arrow::array::types::{Date32Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type};
use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray};
use arrow::compute::{max, min};
use arrow::datatypes::DataType;
use weft_core::Series;
use weft_core::series::Encoding;

/// Most combinations of key values that are addressed directly: their pointers stay in the first-level cache.
const MOST_CODES: usize = 1 << 12;

/// Rows of groups by the code of their keys, valid as long as the keys are coded alike.
#[derive(Debug, Default)]
pub(super) struct Direct {
    coders: Vec<Coder>,
    /// The row of each code, null where not known yet.
    rows: Vec<*mut u8>,
    /// The code of each row of the chunk.
    codes: Vec<u32>,
}

/// How values of one key become numbers below a size; the number after the last value is null's.
#[derive(Debug, Clone)]
enum Coder {
    /// By the codes of this dictionary; a constant is a dictionary of one.
    Dictionary(ArrayRef),
    Bool,
    /// Integers and dates from a least value on, so many of them.
    Range(i64, usize),
}

impl Coder {
    fn size(&self) -> usize {
        1 + match self {
            Coder::Dictionary(values) => values.len(),
            Coder::Bool => 2,
            Coder::Range(_, size) => *size,
        }
    }

    /// Whether numbers of `other` mean the same here.
    fn holds(&self, other: &Coder) -> bool {
        match (self, other) {
            (Coder::Dictionary(a), Coder::Dictionary(b)) => Arc::ptr_eq(a, b),
            (Coder::Bool, Coder::Bool) => true,
            (Coder::Range(a, m), Coder::Range(b, n)) => a <= b && b - a + *n as i64 <= *m as i64,
            _ => false,
        }
    }

    fn of(key: &Series) -> Option<Coder> {
        match key.encoding() {
            Encoding::Constant(value, _) => Some(Coder::Dictionary(Arc::clone(value))),
            Encoding::Dictionary { values, .. } if values.len() < MOST_CODES => Some(Coder::Dictionary(Arc::clone(values))),
            Encoding::Dictionary { .. } => None,
            Encoding::Flat(array) => match array.data_type() {
                DataType::Boolean => Some(Coder::Bool),
                DataType::Int8 => range::<Int8Type>(array),
                DataType::UInt8 => range::<UInt8Type>(array),
                DataType::Int16 => range::<Int16Type>(array),
                DataType::Int32 => range::<Int32Type>(array),
                DataType::Int64 => range::<Int64Type>(array),
                DataType::Date32 => range::<Date32Type>(array),
                _ => None,
            },
        }
    }

    /// Makes each code one of the codes before times the key's size, plus the key's.
    fn add(&self, key: &Series, codes: &mut [u32]) {
        let (size, null) = (self.size() as u32, self.size() as u32 - 1);
        match (self, key.encoding()) {
            (Coder::Dictionary(_), Encoding::Dictionary { codes: own, .. }) => {
                let value = |i: usize| own.values()[i];
                fold(codes, size, own.nulls().map(|n| (n, null)), value);
            }
            (Coder::Bool, Encoding::Flat(array)) => {
                let values = array.as_boolean().values();
                fold(codes, size, array.nulls().map(|n| (n, null)), |i| u32::from(values.value(i)));
            }
            (Coder::Range(base, _), Encoding::Flat(array)) => match array.data_type() {
                DataType::Int8 => numbers::<Int8Type>(array, *base, codes, size),
                DataType::UInt8 => numbers::<UInt8Type>(array, *base, codes, size),
                DataType::Int16 => numbers::<Int16Type>(array, *base, codes, size),
                DataType::Int32 => numbers::<Int32Type>(array, *base, codes, size),
                DataType::Int64 => numbers::<Int64Type>(array, *base, codes, size),
                _ => numbers::<Date32Type>(array, *base, codes, size),
            },
            _ => fold(codes, size, None, |_| 0),
        }
    }
}

fn range<T: ArrowPrimitiveType>(array: &ArrayRef) -> Option<Coder>
where
    T::Native: Into<i64>,
{
    let array = array.as_primitive::<T>();
    let (least, most): (i64, i64) = (min(array)?.into(), max(array)?.into());
    let span = most.checked_sub(least)?;
    if span >= MOST_CODES as i64 / 2 {
        return None;
    }
    // Some room on both sides, so that the next chunks fit in too.
    let size = (2 * span as usize + 2).next_power_of_two();
    Some(Coder::Range(least.checked_sub((size as i64 - span) / 2)?, size.min(MOST_CODES - 1)))
}

fn numbers<T: ArrowPrimitiveType>(array: &ArrayRef, base: i64, codes: &mut [u32], size: u32)
where
    T::Native: Into<i64>,
{
    let array = array.as_primitive::<T>();
    let values = array.values();
    let value = |i: usize| {
        let number: i64 = values[i].into();
        number.wrapping_sub(base) as u32
    };
    fold(codes, size, array.nulls().map(|n| (n, size - 1)), value);
}

fn fold(codes: &mut [u32], size: u32, nulls: Option<(&arrow::buffer::NullBuffer, u32)>, value: impl Fn(usize) -> u32) {
    match nulls {
        None => codes.iter_mut().enumerate().for_each(|(i, c)| *c = *c * size + value(i)),
        Some((nulls, null)) => {
            let coded = |i: usize| if nulls.is_null(i) { null } else { value(i) };
            codes.iter_mut().enumerate().for_each(|(i, c)| *c = *c * size + coded(i));
        }
    }
}

impl Direct {
    /// Codes the keys of a chunk, where they can take few enough values together; else says no.
    pub(super) fn code(&mut self, keys: &[Series], rows: usize) -> bool {
        let Some(coders) = keys.iter().map(Coder::of).collect::<Option<Vec<_>>>() else { return false };
        let same = self.coders.len() == coders.len() && self.coders.iter().zip(&coders).all(|(a, b)| a.holds(b));
        if !same {
            let codes = coders.iter().try_fold(1usize, |n, c| n.checked_mul(c.size()).filter(|n| *n <= MOST_CODES));
            let Some(codes) = codes else { return false };
            self.coders = coders;
            self.rows.clear();
            self.rows.resize(codes, std::ptr::null_mut());
        }
        self.codes.clear();
        self.codes.resize(rows, 0);
        self.coders.iter().zip(keys).for_each(|(coder, key)| coder.add(key, &mut self.codes));
        true
    }

    /// For each code of the chunk whose row is not known yet, one row of the chunk that has it.
    pub(super) fn unknown(&self) -> Vec<u32> {
        let mut seen = Vec::new();
        let mut unknown = Vec::new();
        for (i, &code) in self.codes.iter().enumerate().filter(|(_, c)| self.rows[**c as usize].is_null()) {
            seen.resize(self.rows.len(), false);
            if !std::mem::replace(&mut seen[code as usize], true) {
                unknown.push(i as u32);
            }
        }
        unknown
    }

    /// Learns the rows of what [`unknown`](Self::unknown) named.
    pub(super) fn learn(&mut self, unknown: &[u32], rows: &[*mut u8]) {
        for (&i, &row) in unknown.iter().zip(rows) {
            self.rows[self.codes[i as usize] as usize] = row;
        }
    }

    /// The row of each row's group.
    pub(super) fn write(&self, rows: &mut Vec<*mut u8>) {
        rows.clear();
        rows.extend(self.codes.iter().map(|&code| self.rows[code as usize]));
    }
}
