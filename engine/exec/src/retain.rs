//! Making chunks fit to be kept.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, MutableArrayData, StructArray, make_array};
use arrow::datatypes::DataType;
use weft_core::error::Result;
use weft_core::series::Encoding;
use weft_core::{Chunk, Reservation, Series};

/// A chunk that is kept for longer, with the bytes that it takes.
///
/// String views share their buffers with whatever they were cut from: a kept chunk would hold all of it, so views are
/// copied out where they use less than half of what they hold; so are other slices, and rows of a dictionary that has more
/// values than there are rows. Unselected rows go too.
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
        Encoding::Dictionary { codes, values } if values.len() > codes.len() => {
            Series::new(series.ty().clone(), compact_array(&series.to_flat()?)?)
        }
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
        _ => copied_out(array)?,
    })
}

/// The rows of an array alone where they are less than half of what its buffers hold: a slice counts, and holds, the whole.
fn copied_out(array: &ArrayRef) -> Result<ArrayRef> {
    let data = array.to_data();
    if array.get_buffer_memory_size() <= 2 * data.get_slice_memory_size()? {
        return Ok(Arc::clone(array));
    }
    let mut copy = MutableArrayData::new(vec![&data], false, data.len());
    copy.try_extend(0, 0, data.len())?;
    Ok(make_array(copy.freeze()))
}
