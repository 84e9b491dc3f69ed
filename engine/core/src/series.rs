//! A typed column of one chunk.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, UInt32Array, new_null_array};
use arrow::compute::take;

use crate::error::{Error, Result};
use crate::types::Type;
use crate::value::Value;

/// A typed column: all rows, one value for all rows, or codes into a dictionary.
///
/// The arrays inside always have the storage type that [`Type::to_arrow`] names.
#[derive(Debug, Clone)]
pub struct Series {
    ty: Type,
    data: Encoding,
}

/// How a column's values are laid out. No type: any column may come in any encoding.
#[derive(Debug, Clone)]
pub enum Encoding {
    /// A value for each row.
    Flat(ArrayRef),
    /// One value (an array of length 1) for `rows` rows.
    Constant(ArrayRef, usize),
    /// A code for each row into `values`; a null code is a null. Values may themselves hold nulls and duplicates.
    Dictionary {
        /// Positions in `values`.
        codes: UInt32Array,
        /// The distinct values, shared between chunks.
        values: ArrayRef,
    },
}

impl Series {
    /// A flat column. `array` must have the type's storage type.
    pub fn new(ty: Type, array: ArrayRef) -> Result<Self> {
        let want = ty.to_arrow();
        if !same_storage(array.data_type(), &want) {
            return Err(Error::internal(format!("a column of {ty} cannot hold an Arrow {}", array.data_type())));
        }
        Ok(Series { ty, data: Encoding::Flat(array) })
    }

    /// `rows` times the same value.
    pub fn constant(ty: Type, value: &Value, rows: usize) -> Result<Self> {
        let array = value.to_array(&ty)?;
        Ok(Series { ty, data: Encoding::Constant(array, rows) })
    }

    /// `rows` times the one value of `array`.
    pub fn constant_array(ty: Type, array: ArrayRef, rows: usize) -> Result<Self> {
        if array.len() != 1 {
            return Err(Error::internal("a constant column needs exactly one value"));
        }
        Ok(Series { ty, data: Encoding::Constant(array, rows) })
    }

    /// A column of codes into `values`.
    pub fn dictionary(ty: Type, codes: UInt32Array, values: ArrayRef) -> Self {
        Series { ty, data: Encoding::Dictionary { codes, values } }
    }

    /// `rows` nulls.
    pub fn nulls(ty: Type, rows: usize) -> Self {
        let array = new_null_array(&ty.to_arrow(), 1);
        Series { ty, data: Encoding::Constant(array, rows) }
    }

    /// The type.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// The layout.
    pub fn encoding(&self) -> &Encoding {
        &self.data
    }

    /// Rows.
    pub fn len(&self) -> usize {
        match &self.data {
            Encoding::Flat(array) => array.len(),
            Encoding::Constant(_, rows) => *rows,
            Encoding::Dictionary { codes, .. } => codes.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The one value for all rows (an array of length 1), where the column is constant.
    pub fn as_constant(&self) -> Option<&ArrayRef> {
        match &self.data {
            Encoding::Constant(array, _) => Some(array),
            _ => None,
        }
    }

    /// A value for each row; free for a flat column.
    pub fn to_flat(&self) -> Result<ArrayRef> {
        Ok(match &self.data {
            Encoding::Flat(array) => Arc::clone(array),
            Encoding::Constant(array, rows) if array.is_null(0) => new_null_array(array.data_type(), *rows),
            Encoding::Constant(array, rows) => take(array, &UInt32Array::from_value(0, *rows), None)?,
            Encoding::Dictionary { codes, values } => take(values, codes, None)?,
        })
    }

    /// The rows at `indices`, in that order.
    pub fn take(&self, indices: &UInt32Array) -> Result<Series> {
        let data = match &self.data {
            Encoding::Flat(array) => Encoding::Flat(take(array, indices, None)?),
            Encoding::Constant(array, _) if indices.null_count() == 0 => Encoding::Constant(Arc::clone(array), indices.len()),
            Encoding::Constant(..) => Encoding::Flat(take(&self.to_flat()?, indices, None)?),
            Encoding::Dictionary { codes, values } => {
                let codes = take(codes, indices, None)?;
                let codes = codes.as_any().downcast_ref::<UInt32Array>().cloned();
                let codes = codes.ok_or_else(|| Error::internal("dictionary codes changed their type"))?;
                Encoding::Dictionary { codes, values: Arc::clone(values) }
            }
        };
        Ok(Series { ty: self.ty.clone(), data })
    }

    /// `length` rows from row `offset`, without a copy.
    pub fn slice(&self, offset: usize, length: usize) -> Series {
        let data = match &self.data {
            Encoding::Flat(array) => Encoding::Flat(array.slice(offset, length)),
            Encoding::Constant(array, _) => Encoding::Constant(Arc::clone(array), length),
            Encoding::Dictionary { codes, values } => {
                Encoding::Dictionary { codes: codes.slice(offset, length), values: Arc::clone(values) }
            }
        };
        Series { ty: self.ty.clone(), data }
    }

    /// The value in row `row`.
    pub fn value(&self, row: usize) -> Result<Value> {
        match &self.data {
            Encoding::Flat(array) => Value::from_array(array, row, &self.ty),
            Encoding::Constant(array, _) => Value::from_array(array, 0, &self.ty),
            Encoding::Dictionary { codes, .. } if codes.is_null(row) => Ok(Value::Null),
            Encoding::Dictionary { codes, values } => Value::from_array(values, codes.value(row) as usize, &self.ty),
        }
    }

    /// Bytes held, shared buffers counted in full.
    pub fn memory_bytes(&self) -> usize {
        match &self.data {
            Encoding::Flat(array) | Encoding::Constant(array, _) => array.get_array_memory_size(),
            Encoding::Dictionary { codes, values } => codes.get_array_memory_size() + values.get_array_memory_size(),
        }
    }
}

/// Storage types are the same but for names and nullability of nested fields.
fn same_storage(a: &arrow::datatypes::DataType, b: &arrow::datatypes::DataType) -> bool {
    a == b || a.equals_datatype(b)
}

#[cfg(test)]
mod tests {
    use arrow::array::{AsArray, Int64Array, StringViewArray};

    use super::*;

    #[test]
    fn every_encoding_reads_the_same() {
        let constant = Series::constant(Type::Int64, &Value::Int(7), 3).unwrap();
        assert_eq!(constant.to_flat().unwrap().as_primitive::<arrow::datatypes::Int64Type>().values(), &[7, 7, 7]);
        let values: ArrayRef = Arc::new(StringViewArray::from(vec!["x", "y"]));
        let codes = UInt32Array::from(vec![Some(1), None, Some(0)]);
        let dictionary = Series::dictionary(Type::String, codes, values);
        assert_eq!(dictionary.value(0).unwrap(), Value::String("y".into()));
        assert_eq!(dictionary.value(1).unwrap(), Value::Null);
        let flat = dictionary.slice(1, 2).to_flat().unwrap();
        assert_eq!(flat.as_string_view().iter().collect::<Vec<_>>(), vec![None, Some("x")]);
    }

    #[test]
    fn a_wrong_storage_type_is_refused() {
        let array: ArrayRef = Arc::new(Int64Array::from(vec![1]));
        assert!(Series::new(Type::String, array).is_err());
    }
}
