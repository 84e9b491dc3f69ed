//! What the functions that read one part of a date share.

use arrow::array::ArrayRef;
use arrow::compute::{DatePart, cast, date_part};
use arrow::datatypes::DataType;
use weft_core::function::{ArgType, Function, Signature};
use weft_core::{Result, Series, Type};

use crate::kernel::{args, columns};

/// A date or timestamp (a null too), to an `int`.
pub(super) fn of_date(info: &Function, args: &[ArgType<'_>]) -> Result<Signature> {
    let ty = match args::arg(info, args, 0)?.ty {
        Type::Null => Type::Date,
        ty @ (Type::Date | Type::Timestamp(..)) => ty.clone(),
        other => return Err(args::refuse(info, 0, other)),
    };
    Ok(Signature { args: vec![ty], output: Type::Int64 })
}

/// A timestamp or time of day (a null too), to an `int`.
pub(super) fn of_clock(info: &Function, args: &[ArgType<'_>]) -> Result<Signature> {
    let ty = match args::arg(info, args, 0)?.ty {
        Type::Null => Type::timestamp(),
        ty @ (Type::Time(_) | Type::Timestamp(..)) => ty.clone(),
        other => return Err(args::refuse(info, 0, other)),
    };
    Ok(Signature { args: vec![ty], output: Type::Int64 })
}

/// The part of each row.
pub(super) fn call(args: &[Series], rows: usize, part: DatePart) -> Result<Series> {
    columns::propagating(args, rows, Type::Int64, |columns, _, _| {
        let parts: ArrayRef = date_part(columns::first(columns)?.array(), part)?;
        Ok(cast(&parts, &DataType::Int64)?)
    })
}
