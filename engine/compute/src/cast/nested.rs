//! Casts of lists, structs and maps: element by element.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, FixedSizeListArray, ListArray, MapArray, StructArray, UInt32Array, new_null_array};
use arrow::buffer::OffsetBuffer;
use arrow::compute::take;
use arrow::datatypes::DataType;
use weft_core::expr::CastMode;
use weft_core::{Error, Field, Result, Type};

use super::cast_array;
use super::failure::{check, misfit};

pub(super) fn cast(array: &ArrayRef, from: &Type, to: &Type, mode: CastMode) -> Result<ArrayRef> {
    match (from, to) {
        (Type::List(a) | Type::FixedList(a, _) | Type::Embedding(a, _), Type::List(b)) => to_list(array, a, b, to, mode),
        (Type::List(a) | Type::FixedList(a, _) | Type::Embedding(a, _), Type::FixedList(b, n) | Type::Embedding(b, n)) => {
            to_fixed(array, (a, from), (b, to), *n as usize, mode)
        }
        (Type::Struct(a), Type::Struct(b)) => to_struct(array, a, b, mode),
        (Type::Map(k, v), Type::Map(l, w)) => {
            let map = array.as_map();
            let DataType::Map(field, _) = to.to_arrow() else { return Err(Error::internal("a map that is no map")) };
            let DataType::Struct(kv) = field.data_type() else { return Err(Error::internal("a map without entries")) };
            let columns = vec![cast_array(map.keys(), k, l, mode)?, cast_array(map.values(), v, w, mode)?];
            let entries = StructArray::try_new(kv.clone(), columns, None)?;
            Ok(Arc::new(MapArray::try_new(Arc::clone(&field), map.offsets().clone(), entries, map.nulls().cloned(), false)?))
        }
        _ => Err(Error::internal(format!("{from} to {to} is no nested cast"))),
    }
}

/// The items of any list, where each row's begin, and how long it is. A null row is empty.
fn parts(array: &ArrayRef) -> Result<(ArrayRef, Vec<usize>, Vec<usize>)> {
    if let Some(list) = array.as_list_opt::<i32>() {
        let starts = list.offsets().iter().take(list.len()).map(|&o| o as usize).collect();
        let lengths = (0..list.len()).map(|i| if list.is_null(i) { 0 } else { list.value_length(i) as usize }).collect();
        return Ok((Arc::clone(list.values()), starts, lengths));
    }
    let list = array.as_fixed_size_list_opt().ok_or_else(|| Error::internal("a list of another storage"))?;
    let n = list.value_length() as usize;
    let lengths = (0..list.len()).map(|i| if list.is_null(i) { 0 } else { n }).collect();
    Ok((Arc::clone(list.values()), (0..list.len()).map(|i| i * n).collect(), lengths))
}

/// The items that rows hold, in order, without those behind null rows: what nobody sees must not fail.
fn visible_items(array: &ArrayRef) -> Result<(ArrayRef, Vec<usize>)> {
    let (items, starts, lengths) = parts(array)?;
    let indices: Vec<u32> = starts.iter().zip(&lengths).flat_map(|(&s, &n)| (s..s + n).map(|i| i as u32)).collect();
    Ok((take(&items, &UInt32Array::from(indices), None)?, lengths))
}

fn to_list(array: &ArrayRef, a: &Type, b: &Type, to: &Type, mode: CastMode) -> Result<ArrayRef> {
    let DataType::List(field) = to.to_arrow() else { return Err(Error::internal("a list that is no list")) };
    let (items, lengths) = visible_items(array)?;
    let items = cast_array(&items, a, b, mode)?;
    Ok(Arc::new(ListArray::try_new(field, OffsetBuffer::from_lengths(lengths), items, array.nulls().cloned())?))
}

fn to_fixed(array: &ArrayRef, (a, from): (&Type, &Type), (b, to): (&Type, &Type), n: usize, mode: CastMode) -> Result<ArrayRef> {
    let DataType::FixedSizeList(field, _) = to.to_arrow() else { return Err(Error::internal("a list that is no list")) };
    let (items, starts, lengths) = parts(array)?;
    let fits = |i: usize| !array.is_null(i) && lengths[i] == n;
    if mode == CastMode::Strict
        && let Some(row) = (0..array.len()).find(|&i| !array.is_null(i) && !fits(i))
    {
        return Err(misfit(array, row, from, to));
    }
    let place = |i: usize| (0..n).map(move |j| (i, j));
    let indices: UInt32Array = (0..array.len()).flat_map(place).map(|(i, j)| fits(i).then(|| (starts[i] + j) as u32)).collect();
    let items = cast_array(&take(&items, &indices, None)?, a, b, mode)?;
    let nulls = (0..array.len()).map(fits).collect();
    let result = FixedSizeListArray::try_new(field, n as i32, items, Some(nulls))?;
    check(array, from, to, mode, Arc::new(result))
}

/// Members are found by name; those that are missing become null, others are dropped.
fn to_struct(array: &ArrayRef, from: &[Field], to: &[Field], mode: CastMode) -> Result<ArrayRef> {
    let columns = array.as_struct();
    // Members behind a null struct are made null, so that what nobody sees cannot fail.
    let hide: Option<UInt32Array> =
        array.nulls().map(|n| (0..array.len() as u32).map(|i| n.is_valid(i as usize).then_some(i)).collect());
    let member = |field: &Field| -> Result<ArrayRef> {
        let Some(position) = from.iter().position(|f| f.name == field.name) else {
            return Ok(new_null_array(&field.ty.to_arrow(), array.len()));
        };
        let column = columns.column(position);
        let column = match &hide {
            Some(visible) => take(column, visible, None)?,
            None => Arc::clone(column),
        };
        cast_array(&column, &from[position].ty, &field.ty, mode)
    };
    let members = to.iter().map(member).collect::<Result<Vec<_>>>()?;
    let fields = to.iter().map(|f| f.to_arrow().with_nullable(true)).collect();
    Ok(Arc::new(StructArray::try_new_with_length(fields, members, array.nulls().cloned(), array.len())?))
}
