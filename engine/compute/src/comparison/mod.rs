//! Comparing two columns of one type: `==`, `<`, … and the null-safe `is`.
//!
//! NaN equals itself and is the greatest; the two zeros are equal; text compares by its bytes, which is by code points.
//! Lists and structs compare member by member, the shorter list first; a null inside equals a null and is the greatest.

mod floats;
mod nested;
mod operand;

use arrow::array::{Array, ArrayRef, BooleanArray};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use arrow::compute::kernels::cmp;
use weft_core::{Error, Result, Series, Type};

use self::operand::Operand;
use crate::encoding::{broadcast, from_array, resized, validity};

/// What is asked of two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

impl Comparison {
    /// The same question with the sides exchanged.
    pub fn flipped(self) -> Self {
        match self {
            Comparison::Less => Comparison::Greater,
            Comparison::LessEqual => Comparison::GreaterEqual,
            Comparison::Greater => Comparison::Less,
            Comparison::GreaterEqual => Comparison::LessEqual,
            same => same,
        }
    }

    /// Whether it holds for values in this order.
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Comparison::Equal => order.is_eq(),
            Comparison::NotEqual => order.is_ne(),
            Comparison::Less => order.is_lt(),
            Comparison::LessEqual => order.is_le(),
            Comparison::Greater => order.is_gt(),
            Comparison::GreaterEqual => order.is_ge(),
        }
    }
}

/// A bool for each row: whether `op` holds; null where either side is. Both sides have one type and as many rows.
pub fn compare(op: Comparison, a: &Series, b: &Series) -> Result<Series> {
    let rows = check(a, b)?;
    if a.as_constant().is_some() && b.as_constant().is_some() && rows != 1 {
        let (one, other) = (resized(a, 1)?, resized(b, 1)?);
        return broadcast(&compare(op, &one, &other)?, rows);
    }
    if *a.ty() == Type::Null || is_null_constant(a) || is_null_constant(b) {
        return Ok(Series::nulls(Type::Bool, rows));
    }
    from_array(Type::Bool, compare_rows(op, a, b, rows)?)
}

/// `a is b`: like `==`, but null is null and nothing else; never null.
pub fn is_same(a: &Series, b: &Series) -> Result<Series> {
    let rows = check(a, b)?;
    if a.as_constant().is_some() && b.as_constant().is_some() && rows != 1 {
        let (one, other) = (resized(a, 1)?, resized(b, 1)?);
        return broadcast(&is_same(&one, &other)?, rows);
    }
    let (va, vb) = (validity(a)?, validity(b)?);
    let equal = if *a.ty() == Type::Null || is_null_constant(a) || is_null_constant(b) {
        BooleanBuffer::new_unset(rows)
    } else {
        let equal = compare_rows(Comparison::Equal, a, b, rows)?;
        match equal.nulls() {
            Some(valid) => equal.values() & valid.inner(),
            None => equal.values().clone(),
        }
    };
    let both_null = match (va, vb) {
        (Some(a), Some(b)) => !&(a.inner() | b.inner()),
        _ => return from_array(Type::Bool, BooleanArray::new(equal, None)),
    };
    from_array(Type::Bool, BooleanArray::new(&equal | &both_null, None))
}

fn check(a: &Series, b: &Series) -> Result<usize> {
    if a.len() != b.len() || a.ty() != b.ty() {
        return Err(Error::internal(format!("comparing {} rows of {} with {} of {}", a.len(), a.ty(), b.len(), b.ty())));
    }
    Ok(a.len())
}

fn is_null_constant(series: &Series) -> bool {
    series.as_constant().is_some_and(|v| v.is_null(0))
}

fn compare_rows(op: Comparison, a: &Series, b: &Series, rows: usize) -> Result<BooleanArray> {
    let (a, b, ty) = (Operand::new(a)?, Operand::new(b)?, a.ty());
    match ty {
        Type::Float16 | Type::Float32 | Type::Float64 => floats::compare(op, &a, &b, rows),
        Type::List(_) | Type::FixedList(..) | Type::Embedding(..) | Type::Struct(_) => nested::compare(op, &a, &b, rows),
        Type::Map(..) | Type::Image(_) | Type::Tensor(..) | Type::SparseTensor(_) => {
            Err(Error::type_mismatch(format!("{ty} values cannot be compared")))
        }
        _ => {
            let result = match op {
                Comparison::Equal => cmp::eq(&a, &b)?,
                Comparison::NotEqual => cmp::neq(&a, &b)?,
                Comparison::Less => cmp::lt(&a, &b)?,
                Comparison::LessEqual => cmp::lt_eq(&a, &b)?,
                Comparison::Greater => cmp::gt(&a, &b)?,
                Comparison::GreaterEqual => cmp::gt_eq(&a, &b)?,
            };
            Ok(result)
        }
    }
}

/// Null where either side is; a constant side is known not to be null.
fn joint_nulls(a: &Operand, b: &Operand) -> Option<NullBuffer> {
    let nulls = |o: &Operand| if o.is_scalar() { None } else { o.array().logical_nulls() };
    NullBuffer::union(nulls(a).as_ref(), nulls(b).as_ref())
}

/// The array behind one side.
fn array_of(operand: &Operand) -> &ArrayRef {
    operand.array()
}
