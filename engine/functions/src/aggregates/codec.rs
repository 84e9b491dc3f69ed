//! Values of any type as bytes for the heap, and back.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BinaryViewArray, StringViewArray, new_null_array};
use arrow::datatypes::DataType;
use arrow::row::{RowConverter, Rows, SortField};
use weft_core::{Error, Result, Type};

use super::bytes_extreme::text_array;

/// How the values of one type stand in the heap.
pub(super) enum Codec {
    /// As they are.
    Text,
    /// As they are.
    Binary,
    /// In Arrow's row format.
    Rows(Box<RowConverter>, DataType),
}

/// Values as bytes, row by row.
pub(super) enum Encoded<'a> {
    Text(&'a StringViewArray),
    Binary(&'a BinaryViewArray),
    Rows(Rows),
}

impl Encoded<'_> {
    /// The bytes of row `i`, which is not null.
    pub(super) fn get(&self, i: usize) -> &[u8] {
        match self {
            Encoded::Text(texts) => texts.value(i).as_bytes(),
            Encoded::Binary(binary) => binary.value(i),
            Encoded::Rows(rows) => rows.row(i).data(),
        }
    }
}

impl Codec {
    /// The codec for values of `ty`.
    pub(super) fn new(ty: &Type) -> Result<Codec> {
        let storage = ty.to_arrow();
        Ok(match storage {
            DataType::Utf8View => Codec::Text,
            DataType::BinaryView => Codec::Binary,
            storage => {
                let field = SortField::new(storage.clone());
                if !RowConverter::supports_fields(std::slice::from_ref(&field)) {
                    return Err(Error::unsupported(format!("an aggregate cannot keep values of type {ty} yet")));
                }
                Codec::Rows(Box::new(RowConverter::new(vec![field])?), storage)
            }
        })
    }

    /// The values of `array` as bytes.
    pub(super) fn encode<'a>(&self, array: &'a ArrayRef) -> Result<Encoded<'a>> {
        let wrong = || Error::internal(format!("an aggregate met values stored as {}", array.data_type()));
        Ok(match self {
            Codec::Text => Encoded::Text(array.as_string_view_opt().ok_or_else(wrong)?),
            Codec::Binary => Encoded::Binary(array.as_binary_view_opt().ok_or_else(wrong)?),
            Codec::Rows(converter, _) => Encoded::Rows(converter.convert_columns(std::slice::from_ref(array))?),
        })
    }

    /// An array of values from their bytes.
    pub(super) fn decode<'a>(&self, values: impl Iterator<Item = Option<&'a [u8]>>) -> Result<ArrayRef> {
        Ok(match self {
            Codec::Text => Arc::new(text_array(values)?),
            Codec::Binary => Arc::new(values.collect::<BinaryViewArray>()),
            Codec::Rows(converter, storage) => {
                let null = converter.convert_columns(&[new_null_array(storage, 1)])?;
                let parser = converter.parser();
                let rows: Vec<&[u8]> = values.map(|v| v.unwrap_or_else(|| null.row(0).data())).collect();
                let columns = converter.convert_rows(rows.into_iter().map(|bytes| parser.parse(bytes)))?;
                columns.into_iter().next().ok_or_else(|| Error::internal("a value left the heap without a column"))?
            }
        })
    }
}
