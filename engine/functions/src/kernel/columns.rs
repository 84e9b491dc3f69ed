//! Arguments as columns whose constants stay one value, and the frames in which kernels run.

use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray, ListArray, PrimitiveArray, StructArray};
use arrow::array::{BinaryViewArray, StringViewArray};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use std::sync::Arc;
use weft_core::{Error, Result, Series, Type, Value};

/// An argument: a value for each row, or one for all.
pub(crate) struct Column {
    array: ArrayRef,
    constant: bool,
}

impl Column {
    fn new(series: &Series) -> Result<Self> {
        Ok(match series.as_constant() {
            Some(array) => Column { array: Arc::clone(array), constant: true },
            None => Column { array: series.to_flat()?, constant: false },
        })
    }

    /// Where the value of `row` stands in the array.
    #[inline]
    pub(crate) fn at(&self, row: usize) -> usize {
        if self.constant { 0 } else { row }
    }

    /// The values; one when constant.
    pub(crate) fn array(&self) -> &ArrayRef {
        &self.array
    }

    /// Whether one value stands for all rows.
    pub(crate) fn is_constant(&self) -> bool {
        self.constant
    }

    /// Whether `row` is null.
    #[inline]
    pub(crate) fn is_null(&self, row: usize) -> bool {
        self.array.is_null(self.at(row))
    }

    fn wrong(&self) -> Error {
        Error::internal(format!("a function met an argument stored as {}", self.array.data_type()))
    }

    /// As numbers, dates or times.
    pub(crate) fn primitive<T: ArrowPrimitiveType>(&self) -> Result<&PrimitiveArray<T>> {
        self.array.as_primitive_opt::<T>().ok_or_else(|| self.wrong())
    }

    /// As text.
    pub(crate) fn strings(&self) -> Result<&StringViewArray> {
        self.array.as_string_view_opt().ok_or_else(|| self.wrong())
    }

    /// As bytes.
    pub(crate) fn binary(&self) -> Result<&BinaryViewArray> {
        self.array.as_binary_view_opt().ok_or_else(|| self.wrong())
    }

    /// As lists.
    pub(crate) fn lists(&self) -> Result<&ListArray> {
        self.array.as_list_opt::<i32>().ok_or_else(|| self.wrong())
    }

    /// As structs.
    pub(crate) fn structs(&self) -> Result<&StructArray> {
        self.array.as_struct_opt().ok_or_else(|| self.wrong())
    }
}

/// Runs `kernel` for a function that decides about nulls itself: on one row when all arguments are constant.
pub(crate) fn handling(
    args: &[Series],
    rows: usize,
    output: Type,
    kernel: impl FnOnce(&[Column], usize) -> Result<ArrayRef>,
) -> Result<Series> {
    let columns = args.iter().map(Column::new).collect::<Result<Vec<_>>>()?;
    if rows > 0 && columns.iter().all(Column::is_constant) {
        return Series::constant_array(output, kernel(&columns, 1)?, rows);
    }
    Series::new(output, kernel(&columns, rows)?)
}

/// Runs `kernel` for a function that is null where an argument is; it gets the rows that are not.
///
/// A null constant makes all rows null without a call.
pub(crate) fn propagating(
    args: &[Series],
    rows: usize,
    output: Type,
    kernel: impl FnOnce(&[Column], usize, Option<NullBuffer>) -> Result<ArrayRef>,
) -> Result<Series> {
    if args.iter().any(|a| a.as_constant().is_some_and(|c| c.is_null(0))) {
        return Ok(Series::nulls(output, rows));
    }
    handling(args, rows, output, |columns, rows| {
        let flat = columns.iter().filter(|c| !c.constant);
        let nulls = flat.fold(None, |nulls, c| NullBuffer::union(nulls.as_ref(), c.array.logical_nulls().as_ref()));
        kernel(columns, rows, nulls)
    })
}

/// Calls `visit` for each row that `nulls` leaves.
#[inline]
pub(crate) fn each_valid(nulls: Option<&NullBuffer>, rows: usize, mut visit: impl FnMut(usize)) {
    match nulls.filter(|n| n.null_count() > 0) {
        None => (0..rows).for_each(visit),
        Some(nulls) => nulls.valid_indices().for_each(&mut visit),
    }
}

/// Calls `visit` for each row that `nulls` leaves, until it fails.
#[inline]
pub(crate) fn try_each_valid(nulls: Option<&NullBuffer>, rows: usize, mut visit: impl FnMut(usize) -> Result<()>) -> Result<()> {
    match nulls.filter(|n| n.null_count() > 0) {
        None => (0..rows).try_for_each(visit),
        Some(nulls) => nulls.valid_indices().try_for_each(&mut visit),
    }
}

/// An array of `compute` for each row; run on null rows too, so it must be total.
#[inline]
pub(crate) fn primitives<T: ArrowPrimitiveType>(
    rows: usize,
    nulls: Option<NullBuffer>,
    compute: impl FnMut(usize) -> T::Native,
) -> PrimitiveArray<T> {
    let values: Vec<T::Native> = (0..rows).map(compute).collect();
    PrimitiveArray::new(values.into(), nulls)
}

/// An array of `compute` for each row that is not null.
pub(crate) fn try_primitives<T: ArrowPrimitiveType>(
    rows: usize,
    nulls: Option<NullBuffer>,
    mut compute: impl FnMut(usize) -> Result<T::Native>,
) -> Result<PrimitiveArray<T>> {
    let mut values = vec![T::Native::default(); rows];
    try_each_valid(nulls.as_ref(), rows, |i| {
        values[i] = compute(i)?;
        Ok(())
    })?;
    Ok(PrimitiveArray::new(values.into(), nulls))
}

/// A truth value for each row; run on null rows too, so `test` must be total.
#[inline]
pub(crate) fn booleans(rows: usize, nulls: Option<NullBuffer>, test: impl FnMut(usize) -> bool) -> ArrayRef {
    Arc::new(BooleanArray::new(BooleanBuffer::collect_bool(rows, test), nulls))
}

/// A `float` for each `float` of the one argument.
pub(crate) fn float_to_float(args: &[Series], rows: usize, f: impl Fn(f64) -> f64) -> Result<Series> {
    propagating(args, rows, Type::Float64, |columns, _, _| {
        let input = first(columns)?.primitive::<arrow::datatypes::Float64Type>()?;
        Ok(Arc::new(input.unary::<_, arrow::datatypes::Float64Type>(f)))
    })
}

/// The first column.
pub(crate) fn first(columns: &[Column]) -> Result<&Column> {
    columns.first().ok_or_else(|| Error::internal("a function was called without its argument"))
}

/// The first argument's type.
pub(crate) fn first_type(args: &[Series]) -> Result<Type> {
    args.first().map(|a| a.ty().clone()).ok_or_else(|| Error::internal("a function was called without its argument"))
}

/// The value of an argument that resolution found to be a literal; null when there are no rows to tell.
pub(crate) fn literal(args: &[Series], i: usize) -> Result<Value> {
    match args.get(i) {
        None => Err(Error::internal("a function was called without its argument")),
        Some(series) if series.is_empty() && series.as_constant().is_none() => Ok(Value::Null),
        Some(series) => series.value(0),
    }
}
