//! Floats: NaN = NaN and greatest, −0.0 = 0.0. Arrow's kernels order by bits, which tells the zeros apart.

use arrow::array::types::{Float32Type, Float64Type};
use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray};
use arrow::buffer::{BooleanBuffer, Buffer};
use arrow::datatypes::DataType;
use weft_core::{Error, Result};

use super::{Comparison, Operand, array_of, joint_nulls};

pub(super) fn compare(op: Comparison, a: &Operand, b: &Operand, rows: usize) -> Result<BooleanArray> {
    let bits = match array_of(a).data_type() {
        DataType::Float16 => {
            let wide = |o: &Operand| -> Result<Operand> {
                let array: ArrayRef = arrow::compute::cast(array_of(o), &DataType::Float32)?;
                Ok(o.with_array(array))
            };
            typed::<Float32Type>(op, &wide(a)?, &wide(b)?, rows)?
        }
        DataType::Float32 => typed::<Float32Type>(op, a, b, rows)?,
        _ => typed::<Float64Type>(op, a, b, rows)?,
    };
    Ok(BooleanArray::new(bits, joint_nulls(a, b)))
}

fn typed<T: ArrowPrimitiveType>(op: Comparison, a: &Operand, b: &Operand, rows: usize) -> Result<BooleanBuffer>
where
    T::Native: PartialOrd + Copy,
{
    let left = array_of(a).as_primitive_opt::<T>().ok_or_else(|| Error::internal("a float column of another type"))?;
    let right = array_of(b).as_primitive_opt::<T>().ok_or_else(|| Error::internal("a float column of another type"))?;
    let (x, y) = (left.values(), right.values());
    Ok(match op {
        Comparison::Equal => pack(x, a.is_scalar(), y, b.is_scalar(), rows, equal),
        Comparison::NotEqual => pack(x, a.is_scalar(), y, b.is_scalar(), rows, |p, q| !equal(p, q)),
        Comparison::Less => pack(x, a.is_scalar(), y, b.is_scalar(), rows, less),
        Comparison::LessEqual => pack(x, a.is_scalar(), y, b.is_scalar(), rows, |p, q| !less(q, p)),
        Comparison::Greater => pack(x, a.is_scalar(), y, b.is_scalar(), rows, |p, q| less(q, p)),
        Comparison::GreaterEqual => pack(x, a.is_scalar(), y, b.is_scalar(), rows, |p, q| !less(p, q)),
    })
}

#[allow(clippy::eq_op)] // only NaN differs from itself
fn equal<T: PartialOrd + Copy>(p: T, q: T) -> bool {
    (p == q) | ((p != p) & (q != q))
}

#[allow(clippy::eq_op)] // only NaN differs from itself
fn less<T: PartialOrd + Copy>(p: T, q: T) -> bool {
    (p < q) | ((p == p) & (q != q))
}

/// A bit for each row; a side of one value stands for all rows.
fn pack<T: Copy>(x: &[T], x_one: bool, y: &[T], y_one: bool, rows: usize, f: impl Fn(T, T) -> bool) -> BooleanBuffer {
    let mut words: Vec<u64> = Vec::with_capacity(rows.div_ceil(64));
    match (x_one, y_one) {
        (false, false) => {
            words.extend(x.chunks(64).zip(y.chunks(64)).map(|(x, y)| word(x.iter().zip(y).map(|(&p, &q)| f(p, q)))));
        }
        (false, true) => words.extend(x.chunks(64).map(|x| word(x.iter().map(|&p| f(p, y[0]))))),
        (true, false) => words.extend(y.chunks(64).map(|y| word(y.iter().map(|&q| f(x[0], q))))),
        (true, true) => words.push(if f(x[0], y[0]) { u64::MAX } else { 0 }),
    }
    BooleanBuffer::new(Buffer::from_vec(words), 0, rows)
}

/// Up to 64 bits as one word, the first lowest: a loop without branches.
fn word(bits: impl Iterator<Item = bool>) -> u64 {
    bits.enumerate().fold(0, |word, (i, bit)| word | (u64::from(bit) << i))
}
