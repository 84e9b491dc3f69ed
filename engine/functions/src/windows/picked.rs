//! What the functions share that yield a value of another row.

use arrow::array::{Array, ArrayRef, UInt32Array};
use arrow::compute::{interleave, take};
use weft_core::function::{ArgType, Function, Signature};
use weft_core::types::common_type;
use weft_core::{Error, Result, Type, Value, WindowKernel, WindowRows};

use crate::kernel::args;

/// A number of rows that is written out, of at least `least`.
pub(super) fn rows(info: &Function, args: &[ArgType<'_>], i: usize, least: i64) -> Result<()> {
    args::int(info, args, i)?;
    match args::literal(info, args, i)?.as_int() {
        Some(n) if n >= least => Ok(()),
        _ => {
            let name = info.params.get(i).map_or("", |p| p.name);
            let from = if least == i64::MIN { String::new() } else { format!(" from {least} up") };
            Err(Error::argument(format!("`{name}` of `{}` is a whole number{from}", info.name)))
        }
    }
}

/// The number that [`rows`] let through.
pub(super) fn bound_rows(constants: &[Option<Value>], i: usize) -> Result<i64> {
    let value = constants.get(i).and_then(|c| c.as_ref()).and_then(Value::as_int);
    value.ok_or_else(|| Error::internal("a window function without its number of rows"))
}

/// The types of `lag` and `lead`: value and default meet.
pub(super) fn shifted(info: &Function, args: &[ArgType<'_>]) -> Result<Signature> {
    rows(info, args, 1, i64::MIN)?;
    let (value, default) = (args::arg(info, args, 0)?, args::arg(info, args, 2)?);
    // A number written out takes the column's type where it fits.
    let ty = match (value.ty, default.value) {
        (ty, Some(Value::Null)) => Some(ty.clone()),
        (ty, Some(Value::Int(_))) if ty.is_numeric() => Some(ty.clone()),
        (ty, _) => common_type(ty, default.ty),
    };
    let ty = ty.ok_or_else(|| {
        Error::type_mismatch(format!("`default` of `{}` is {} where the values are {}", info.name, default.ty, value.ty))
    })?;
    Ok(Signature { args: vec![ty.clone(), Type::Int64, ty.clone()], output: ty })
}

/// The value so many rows further on in the partition, where there is such a row; else the default.
pub(super) struct Shift {
    rows: i64,
    has_default: bool,
}

impl Shift {
    /// `sign` is 1 for rows that come later, −1 for earlier ones.
    pub(super) fn bind(constants: &[Option<Value>], sign: i64) -> Result<Box<dyn WindowKernel>> {
        let rows = bound_rows(constants, 1)?.saturating_mul(sign);
        let has_default = !matches!(constants.get(2), Some(Some(Value::Null)));
        Ok(Box::new(Shift { rows, has_default }))
    }
}

impl WindowKernel for Shift {
    fn evaluate(&self, args: &[ArrayRef], rows: &WindowRows<'_>) -> Result<ArrayRef> {
        let mut from: Vec<Option<u32>> = Vec::with_capacity(rows.len());
        rows.each_partition(|partition, part| {
            let within = |row: u32| {
                let at = i64::from(row).saturating_add(self.rows);
                u32::try_from(at).ok().filter(|at| partition.contains(at))
            };
            from.extend(part.map(within));
        });
        if !self.has_default {
            return picked(args, from);
        }
        let [values, _, defaults] = args else { return Err(Error::internal("a shift without its default")) };
        let place = |(i, from): (usize, &Option<u32>)| match from {
            Some(row) => (0, *row as usize),
            None => (1, rows.block.start as usize + i),
        };
        let places: Vec<(usize, usize)> = from.iter().enumerate().map(place).collect();
        Ok(interleave(&[values as &dyn Array, defaults], &places)?)
    }
}

/// The values of the first argument at `rows`; null where there is none.
fn picked(args: &[ArrayRef], rows: Vec<Option<u32>>) -> Result<ArrayRef> {
    let values = args.first().ok_or_else(|| Error::internal("a window function without its argument"))?;
    Ok(take(values, &UInt32Array::from(rows), None)?)
}

/// The value of a row of the frame.
pub(super) struct InFrame {
    /// Counted from the frame's first row, or from its last (−1).
    pub(super) nth: i64,
}

impl WindowKernel for InFrame {
    fn evaluate(&self, args: &[ArrayRef], rows: &WindowRows<'_>) -> Result<ArrayRef> {
        let (starts, ends) = rows.frames;
        let row = |row: u32| {
            let (start, end) = (i64::from(starts[row as usize]), i64::from(ends[row as usize]));
            let at = if self.nth < 0 { end.saturating_add(self.nth) } else { start.saturating_add(self.nth) };
            u32::try_from(at).ok().filter(|at| (start..end).contains(&i64::from(*at)))
        };
        picked(args, rows.block.clone().map(row).collect())
    }
}
