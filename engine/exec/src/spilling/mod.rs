//! Rows on their way to disk and back: separated into parts, and put into the order of their places again.

pub(crate) mod partitioner;
pub(crate) mod restore;

use std::sync::Arc;

use arrow::array::{ArrayRef, UInt64Array};
use weft_core::error::Result;
use weft_core::{Series, Type};

/// Two columns that tell where rows stand: task and row.
pub(crate) fn places(rows: usize, place: impl Fn(usize) -> (u64, u64)) -> Result<[Series; 2]> {
    let (tasks, numbers): (Vec<u64>, Vec<u64>) = (0..rows).map(place).unzip();
    let column = |values: Vec<u64>| Series::new(Type::UInt64, Arc::new(UInt64Array::from(values)) as ArrayRef);
    Ok([column(tasks)?, column(numbers)?])
}
