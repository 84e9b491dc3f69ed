//! What the functions of pictures share: arguments, loops, estimates.

use arrow::array::Array;
use weft_core::function::{ArgType, Function, Properties, QueryContext, Weight};
use weft_core::{Error, Result, Series, Type, Value};

use crate::column::{Pictures, PicturesBuilder};
use crate::picture::Picture;

/// A heavy function whose rows can fail.
pub(super) const HEAVY: Properties = Properties::SIMPLE.fallible().weight(Weight::Heavy);

/// Argument `i` as a picture.
pub(super) fn image(info: &Function, args: &[ArgType<'_>], i: usize) -> Result<Type> {
    match args.get(i).map(|a| a.ty) {
        Some(ty @ Type::Image(_)) => Ok(ty.clone()),
        Some(Type::Null) => Ok(Type::Image(None)),
        Some(other) => Err(refuse(info, i, other)),
        None => Err(missing()),
    }
}

/// Argument `i` as an `int`.
pub(super) fn int(info: &Function, args: &[ArgType<'_>], i: usize) -> Result<Type> {
    match args.get(i).map(|a| a.ty) {
        Some(ty) if ty.is_integer() || *ty == Type::Null => Ok(Type::Int64),
        Some(other) => Err(refuse(info, i, other)),
        None => Err(missing()),
    }
}

/// Argument `i`, a literal.
pub(super) fn literal<'a>(info: &Function, args: &[ArgType<'a>], i: usize) -> Result<&'a Value> {
    let name = info.params.get(i).map_or("", |p| p.name);
    args.get(i)
        .and_then(|a| a.value)
        .ok_or_else(|| Error::argument(format!("`{name}` of `{}` must be a plain value, not a column", info.name)))
}

/// `` `resize` takes an image as `img`, not str ``.
pub(super) fn refuse(info: &Function, i: usize, ty: &Type) -> Error {
    let (name, takes) = info.params.get(i).map_or(("", ""), |p| (p.name, p.takes));
    Error::type_mismatch(format!("`{}` takes {takes} as `{name}`, not {ty}", info.name))
}

pub(super) fn missing() -> Error {
    Error::internal("a function of pictures was called without its argument")
}

/// The literal in argument `i` of a call; null when there are no rows to tell.
pub(super) fn constant(args: &[Series], i: usize) -> Result<Value> {
    match args.get(i) {
        Some(series) if series.as_constant().is_some() || !series.is_empty() => series.value(0),
        Some(_) => Ok(Value::Null),
        None => Err(missing()),
    }
}

/// Argument `i` in `row` as a size or position in pixels; nothing where it is null.
pub(super) fn pixels(info: &Function, args: &[Series], i: usize, row: usize) -> Result<Option<u32>> {
    let value = args.get(i).ok_or_else(missing)?.value(row)?;
    let Some(n) = value.as_int() else { return Ok(None) };
    let name = info.params.get(i).map_or("", |p| p.name);
    let pixels = u32::try_from(n).map_err(|_| Error::value(format!("{n} pixels as `{name}` of `{}`", info.name)))?;
    Ok(Some(pixels))
}

/// A picture for each picture; rows where `make` has nothing or there is no picture are null.
pub(super) fn each_picture(
    args: &[Series],
    rows: usize,
    output: &Type,
    query: &QueryContext,
    make: impl Fn(Picture, usize) -> Result<Option<Picture>>,
) -> Result<Series> {
    let input = Pictures::new(&args.first().ok_or_else(missing)?.to_flat()?)?;
    let mut out = PicturesBuilder::default();
    for row in 0..rows {
        query.cancel.check()?;
        let made = input.get(row)?.map(|picture| make(picture, row)).transpose()?.flatten();
        out.append(made.as_ref());
    }
    out.finish(output)
}

/// The picture column's storage, its mean bytes a row.
pub(super) fn mean_bytes(series: Option<&Series>) -> usize {
    let Some(Ok(array)) = series.map(Series::to_flat) else { return 0 };
    let Ok(pictures) = Pictures::new(&array) else { return 0 };
    let rows = array.len().min(16);
    let bytes: u64 = (0..rows)
        .filter(|&row| !pictures.is_null(row))
        .map(|row| {
            let pixel = pictures.mode(row).map_or(4, |m| m.bytes_per_pixel());
            u64::from(pictures.width.value(row)) * u64::from(pictures.height.value(row)) * pixel as u64
        })
        .sum();
    bytes as usize / rows.max(1)
}
