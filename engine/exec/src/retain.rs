//! Making chunks fit to be kept.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StructArray};
use arrow::datatypes::DataType;
use weft_core::error::Result;
use weft_core::series::Encoding;
use weft_core::{Chunk, Reservation, Series};

/// A chunk that is kept for longer, with the bytes that it takes.
///
/// String views share their buffers with whatever they were cut from: a kept chunk would hold all of it, so views are
/// copied out where they use less than half of what they hold. Unselected rows go too.
pub(crate) fn retained(chunk: Chunk, reservation: &mut Reservation) -> Result<Chunk> {
    let chunk = retained_columns(chunk.compact()?)?;
    reservation.try_grow(chunk.memory_bytes())?;
    Ok(chunk)
}

/// The same for a chunk without selection whose bytes the caller counts.
pub(crate) fn retained_columns(chunk: Chunk) -> Result<Chunk> {
    let columns = chunk.columns().iter().map(compact_series).collect::<Result<Vec<_>>>()?;
    Ok(Chunk::new(columns, chunk.physical_rows())?.at(chunk.position))
}

fn compact_series(series: &Series) -> Result<Series> {
    match series.encoding() {
        Encoding::Flat(array) => Series::new(series.ty().clone(), compact_array(array)?),
        Encoding::Constant(..) | Encoding::Dictionary { .. } => Ok(series.clone()),
    }
}

fn compact_array(array: &ArrayRef) -> Result<ArrayRef> {
    Ok(match array.data_type() {
        DataType::Utf8View => {
            let views = array.as_string_view();
            let held: usize = views.data_buffers().iter().map(|b| b.capacity()).sum();
            if held > 2 * views.total_buffer_bytes_used() { Arc::new(views.gc()) } else { Arc::clone(array) }
        }
        DataType::BinaryView => {
            let views = array.as_binary_view();
            let held: usize = views.data_buffers().iter().map(|b| b.capacity()).sum();
            if held > 2 * views.total_buffer_bytes_used() { Arc::new(views.gc()) } else { Arc::clone(array) }
        }
        DataType::Struct(fields) => {
            let members = array.as_struct();
            let columns = members.columns().iter().map(compact_array).collect::<Result<Vec<_>>>()?;
            let nulls = members.nulls().cloned();
            Arc::new(StructArray::try_new_with_length(fields.clone(), columns, nulls, array.len())?)
        }
        _ => Arc::clone(array),
    })
}
