//! Arrays as slices of their native values, and back: dates, times and decimals are integers to an aggregate.

use arrow::array::{Array, ArrayData, ArrayRef, make_array};
use arrow::buffer::{Buffer, NullBuffer, ScalarBuffer};
use arrow::datatypes::{ArrowNativeType, DataType};
use weft_core::{Error, Result};

/// The first argument.
pub(super) fn first(args: &[ArrayRef]) -> Result<&ArrayRef> {
    args.first().ok_or_else(|| Error::internal("an aggregate was called without its argument"))
}

/// The values and nulls of an array whose values are `N`s.
pub(super) fn of<N: ArrowNativeType>(array: &dyn Array) -> Result<(ScalarBuffer<N>, Option<NullBuffer>)> {
    let data = array.to_data();
    match data.buffers() {
        [values] if array.data_type().primitive_width() == Some(size_of::<N>()) => {
            Ok((ScalarBuffer::new(values.clone(), data.offset(), data.len()), array.nulls().cloned()))
        }
        _ => Err(Error::internal(format!("an aggregate over {}-byte values met {}", size_of::<N>(), array.data_type()))),
    }
}

/// An array of `data_type` from native values and nulls.
pub(super) fn array<N: ArrowNativeType>(data_type: DataType, values: Vec<Option<N>>) -> Result<ArrayRef> {
    let nulls: NullBuffer = values.iter().map(Option::is_some).collect::<Vec<_>>().into();
    let len = values.len();
    let values: Vec<N> = values.into_iter().map(Option::unwrap_or_default).collect();
    let data = ArrayData::builder(data_type).len(len).add_buffer(Buffer::from_vec(values)).nulls(Some(nulls));
    Ok(make_array(data.build()?))
}
