//! Columns of pictures.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryViewArray, BinaryViewBuilder, StructArray, UInt8Array, UInt8Builder, UInt32Array,
    UInt32Builder,
};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, UInt8Type, UInt32Type};
use weft_core::types::ImageMode;
use weft_core::{Error, Result, Series, Type};

use crate::picture::Picture;

/// The members of a flat picture column.
pub(crate) struct Pictures {
    nulls: Option<NullBuffer>,
    data: BinaryViewArray,
    mode: UInt8Array,
    /// Pixels in a row.
    pub(crate) width: UInt32Array,
    /// Rows.
    pub(crate) height: UInt32Array,
}

impl Pictures {
    /// The members of a column in the storage type of pictures.
    pub(crate) fn new(array: &dyn Array) -> Result<Self> {
        let wrong = || Error::internal(format!("{} holds no pictures", array.data_type()));
        let members = array.as_struct_opt().ok_or_else(wrong)?;
        let [data, mode, width, height] = members.columns() else { return Err(wrong()) };
        Ok(Pictures {
            nulls: members.nulls().cloned(),
            data: data.as_binary_view_opt().ok_or_else(wrong)?.clone(),
            mode: mode.as_primitive_opt::<UInt8Type>().ok_or_else(wrong)?.clone(),
            width: width.as_primitive_opt::<UInt32Type>().ok_or_else(wrong)?.clone(),
            height: height.as_primitive_opt::<UInt32Type>().ok_or_else(wrong)?.clone(),
        })
    }

    /// Rows without a picture.
    pub(crate) fn is_null(&self, row: usize) -> bool {
        self.nulls.as_ref().is_some_and(|n| n.is_null(row)) || self.data.is_null(row)
    }

    /// The mode of the picture in `row`.
    pub(crate) fn mode(&self, row: usize) -> Result<ImageMode> {
        let code = self.mode.value(row);
        ImageMode::from_code(code).ok_or_else(|| Error::format(format!("a picture of the unknown mode {code}")))
    }

    /// The picture in `row`, copied.
    pub(crate) fn get(&self, row: usize) -> Result<Option<Picture>> {
        if self.is_null(row) {
            return Ok(None);
        }
        let pixels = self.data.value(row).to_vec();
        Picture::new(self.mode(row)?, self.width.value(row), self.height.value(row), pixels).map(Some)
    }
}

/// Gathers pictures into a column.
#[derive(Default)]
pub(crate) struct PicturesBuilder {
    data: BinaryViewBuilder,
    mode: UInt8Builder,
    width: UInt32Builder,
    height: UInt32Builder,
    valid: Vec<bool>,
}

impl PicturesBuilder {
    /// Appends a picture or a null.
    pub(crate) fn append(&mut self, picture: Option<&Picture>) {
        self.valid.push(picture.is_some());
        self.data.append_option(picture.map(Picture::pixels));
        self.mode.append_option(picture.map(|p| p.mode() as u8));
        self.width.append_option(picture.map(Picture::width));
        self.height.append_option(picture.map(Picture::height));
    }

    /// The column.
    pub(crate) fn finish(mut self, ty: &Type) -> Result<Series> {
        let DataType::Struct(fields) = ty.to_arrow() else { return Err(Error::internal(format!("{ty} is no image"))) };
        let members: Vec<ArrayRef> = vec![
            Arc::new(self.data.finish()),
            Arc::new(self.mode.finish()),
            Arc::new(self.width.finish()),
            Arc::new(self.height.finish()),
        ];
        let rows = self.valid.len();
        let array = StructArray::try_new_with_length(fields, members, Some(self.valid.into()), rows)?;
        Series::new(ty.clone(), Arc::new(array))
    }
}

/// The picture in `row` of a picture column of any encoding; nothing where it is null.
pub fn picture_at(series: &Series, row: usize) -> Result<Option<Picture>> {
    Pictures::new(&series.slice(row, 1).to_flat()?)?.get(0)
}
