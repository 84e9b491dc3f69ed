//! Encoding the key columns of a chunk.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BinaryViewArray, BinaryViewBuilder, Decimal128Array, UInt32Array};
use arrow::compute::SortOptions;
use arrow::datatypes::Decimal128Type;
use arrow::row::{RowConverter, Rows, SortField};
use weft_core::error::{Error, Result};
use weft_core::{Series, Type};

use super::fixed::FixedLayout;
use super::floats::canonical_floats;

/// How one key sorts.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyOrder {
    /// The key's type.
    pub ty: Type,
    /// Greatest first.
    pub descending: bool,
    /// Nulls before all values.
    pub nulls_first: bool,
}

/// Encodes key columns; all chunks of one sort must go through encoders with the same orders.
///
/// Keys that fit into 128 bits together become one number a row; others become arrow's row format.
pub struct KeyEncoder {
    orders: Vec<KeyOrder>,
    fixed: Option<FixedLayout>,
    rows: Option<RowConverter>,
}

/// The keys of a chunk's rows.
pub enum EncodedKeys {
    /// A number for each row; smaller sorts first.
    Fixed(Vec<u128>),
    /// Bytes for each row.
    Rows(Rows),
    /// The same bytes in an array: rows that were picked, or that come from a spill file.
    Picked(BinaryViewArray),
}

/// What numbers are stored as in [`EncodedKeys::to_column`]: the same 128 bits.
const STORED_NUMBER: Type = Type::Decimal { precision: 38, scale: 0 };

impl KeyEncoder {
    /// An encoder for these keys, most important first.
    pub fn new(orders: &[KeyOrder]) -> Result<Self> {
        let fixed = FixedLayout::new(orders);
        let rows = match &fixed {
            Some(_) => None,
            None => {
                let field = |o: &KeyOrder| {
                    let options = SortOptions { descending: o.descending, nulls_first: o.nulls_first };
                    SortField::new_with_options(o.ty.to_arrow(), options)
                };
                Some(RowConverter::new(orders.iter().map(field).collect())?)
            }
        };
        Ok(KeyEncoder { orders: orders.to_vec(), fixed, rows })
    }

    /// The keys of all rows of `columns` (one for each order).
    pub fn encode(&self, columns: &[Series]) -> Result<EncodedKeys> {
        let flat: Vec<ArrayRef> = columns.iter().map(Series::to_flat).collect::<Result<_>>()?;
        match (&self.fixed, &self.rows) {
            (Some(layout), _) => Ok(EncodedKeys::Fixed(layout.encode(&self.orders, &flat))),
            (None, Some(converter)) => {
                let canonical = flat.iter().map(canonical_floats).collect::<Result<Vec<_>>>()?;
                Ok(EncodedKeys::Rows(converter.convert_columns(&canonical)?))
            }
            (None, None) => Err(Error::internal("a sort without keys")),
        }
    }
}

impl EncodedKeys {
    /// Rows.
    pub fn len(&self) -> usize {
        match self {
            EncodedKeys::Fixed(keys) => keys.len(),
            EncodedKeys::Rows(rows) => rows.num_rows(),
            EncodedKeys::Picked(bytes) => bytes.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Compares row `a` of this with row `b` of `other`, from the same kind of encoder.
    #[inline]
    pub fn compare(&self, a: usize, other: &EncodedKeys, b: usize) -> Ordering {
        match (self, other) {
            (EncodedKeys::Fixed(x), EncodedKeys::Fixed(y)) => x[a].cmp(&y[b]),
            (EncodedKeys::Rows(x), EncodedKeys::Rows(y)) => x.row(a).cmp(&y.row(b)),
            _ => self.bytes(a).cmp(other.bytes(b)),
        }
    }

    fn numbers(&self) -> Option<&[u128]> {
        match self {
            EncodedKeys::Fixed(numbers) => Some(numbers),
            EncodedKeys::Rows(_) | EncodedKeys::Picked(_) => None,
        }
    }

    /// The bytes of a row that is encoded as bytes.
    fn bytes(&self, row: usize) -> &[u8] {
        match self {
            EncodedKeys::Fixed(_) => &[],
            EncodedKeys::Rows(rows) => rows.row(row).data(),
            EncodedKeys::Picked(bytes) => bytes.value(row),
        }
    }

    /// The keys of some rows, in the order given.
    pub fn take(&self, rows: &UInt32Array) -> EncodedKeys {
        Self::gather(&[self], rows.values().iter().map(|&row| (0, row as usize)))
    }

    /// The keys at these places (which of `all`, which row of it), in the order given. All come from the same kind of encoder.
    pub fn gather(all: &[&EncodedKeys], places: impl Iterator<Item = (usize, usize)>) -> EncodedKeys {
        if let Some(numbers) = all.iter().map(|keys| keys.numbers()).collect::<Option<Vec<_>>>() {
            return EncodedKeys::Fixed(places.map(|(which, row)| numbers[which][row]).collect());
        }
        let mut bytes = BinaryViewBuilder::with_capacity(places.size_hint().0);
        places.for_each(|(which, row)| bytes.append_value(all[which].bytes(row)));
        EncodedKeys::Picked(bytes.finish())
    }

    /// The keys as a column, for a spill file; [`from_column`](Self::from_column) takes it.
    pub fn to_column(&self) -> Result<Series> {
        match self {
            EncodedKeys::Fixed(keys) => {
                let numbers = Decimal128Array::from_iter_values(keys.iter().map(|&key| key as i128));
                Series::new(STORED_NUMBER, Arc::new(numbers.with_precision_and_scale(38, 0)?))
            }
            EncodedKeys::Rows(rows) => {
                let mut bytes = BinaryViewBuilder::with_capacity(rows.num_rows());
                rows.iter().for_each(|row| bytes.append_value(row.data()));
                Series::new(Type::Binary, Arc::new(bytes.finish()))
            }
            EncodedKeys::Picked(bytes) => Series::new(Type::Binary, Arc::new(bytes.clone())),
        }
    }

    /// The keys that [`to_column`](Self::to_column) stored.
    ///
    /// # Errors
    /// An internal one for any other column.
    pub fn from_column(column: &Series) -> Result<EncodedKeys> {
        let array = column.to_flat()?;
        if let Some(numbers) = array.as_primitive_opt::<Decimal128Type>() {
            return Ok(EncodedKeys::Fixed(numbers.values().iter().map(|&number| number as u128).collect()));
        }
        let bytes = array.as_binary_view_opt().ok_or_else(|| Error::internal("a column that holds no sort keys"))?;
        Ok(EncodedKeys::Picked(bytes.clone()))
    }

    /// Bytes held.
    pub fn memory_bytes(&self) -> usize {
        match self {
            EncodedKeys::Fixed(keys) => keys.capacity() * 16,
            EncodedKeys::Rows(rows) => rows.size(),
            EncodedKeys::Picked(bytes) => bytes.get_array_memory_size(),
        }
    }
}

#[cfg(test)]
mod tests {
    use weft_core::{TimeUnit, Value};

    use super::*;

    fn order(ty: Type, descending: bool, nulls_first: bool) -> KeyOrder {
        KeyOrder { ty, descending, nulls_first }
    }

    /// The positions of `values` in sorted order.
    fn sorted(orders: &[KeyOrder], columns: &[Vec<Value>]) -> Vec<usize> {
        let series: Vec<Series> = orders
            .iter()
            .zip(columns)
            .map(|(o, c)| Series::new(o.ty.clone(), Value::array(&o.ty, c).unwrap()).unwrap())
            .collect();
        let keys = KeyEncoder::new(orders).unwrap().encode(&series).unwrap();
        let mut positions: Vec<usize> = (0..keys.len()).collect();
        positions.sort_by(|&a, &b| keys.compare(a, &keys, b));
        positions
    }

    #[test]
    fn integers_sort_with_nulls_where_told() {
        let column = vec![Value::Int(5), Value::Null, Value::Int(i64::MIN), Value::Int(-1), Value::Int(i64::MAX)];
        assert_eq!(sorted(&[order(Type::Int64, false, false)], std::slice::from_ref(&column)), [2, 3, 0, 4, 1]);
        assert_eq!(sorted(&[order(Type::Int64, true, false)], std::slice::from_ref(&column)), [4, 0, 3, 2, 1]);
        assert_eq!(sorted(&[order(Type::Int64, true, true)], &[column]), [1, 4, 0, 3, 2]);
    }

    #[test]
    fn floats_put_nan_last_and_know_one_zero() {
        let floats = [f64::NAN, -0.0, 0.0, f64::NEG_INFINITY, f64::INFINITY, -f64::NAN, -2.5];
        let column: Vec<Value> = floats.iter().map(|x| Value::Float(*x)).collect();
        assert_eq!(sorted(&[order(Type::Float64, false, false)], std::slice::from_ref(&column)), [3, 6, 1, 2, 4, 0, 5]);
        // The same beside text, which takes the other encoding.
        let text = vec![Value::string("x"); floats.len()];
        let orders = [order(Type::String, false, false), order(Type::Float64, true, false)];
        assert_eq!(sorted(&orders, &[text, column]), [0, 5, 4, 1, 2, 6, 3]);
    }

    #[test]
    fn several_keys_sort_in_turn() {
        let a = vec![Value::Int(1), Value::Int(0), Value::Int(1), Value::Int(0)];
        let b = vec![Value::Date(10), Value::Date(-3), Value::Date(2), Value::Null];
        let orders = [order(Type::Int32, false, false), order(Type::Date, true, false)];
        assert_eq!(sorted(&orders, &[a, b]), [1, 3, 0, 2]);
    }

    #[test]
    fn decimals_and_times_sort_by_value() {
        let decimal = Type::Decimal { precision: 15, scale: 2 };
        let column = vec![Value::Decimal(100, 2), Value::Decimal(-100, 2), Value::Decimal(99, 2)];
        assert_eq!(sorted(&[order(decimal, false, false)], &[column]), [1, 2, 0]);
        let wide = Type::Decimal { precision: 38, scale: 2 };
        let column = vec![Value::Decimal(100, 2), Value::Decimal(-100, 2), Value::Null];
        assert_eq!(sorted(&[order(wide, false, false)], &[column]), [1, 0, 2]);
        let stamp = Type::Timestamp(TimeUnit::Nanosecond, None);
        let column = vec![Value::Timestamp(5), Value::Timestamp(-5)];
        assert_eq!(sorted(&[order(stamp, false, false)], &[column]), [1, 0]);
    }

    #[test]
    fn keys_that_were_stored_and_picked_compare_as_before() {
        let numbers: Vec<Value> = [5, i64::MIN, -1, i64::MAX].into_iter().map(Value::Int).chain([Value::Null]).collect();
        let texts: Vec<Value> = ["", "b", "a text that is longer than a view", "b\0", "ä"].map(Value::string).into();
        for (orders, columns) in [
            (vec![order(Type::Int64, true, true)], vec![&numbers]),
            (vec![order(Type::String, false, false), order(Type::Int64, false, false)], vec![&texts, &numbers]),
        ] {
            let series: Vec<Series> = orders
                .iter()
                .zip(&columns)
                .map(|(o, c)| Series::new(o.ty.clone(), Value::array(&o.ty, c).unwrap()).unwrap())
                .collect();
            let keys = KeyEncoder::new(&orders).unwrap().encode(&series).unwrap();
            let stored = EncodedKeys::from_column(&keys.to_column().unwrap()).unwrap();
            let picked = EncodedKeys::gather(&[&keys, &stored], (0..5).map(|row| (row % 2, row)));
            let again = EncodedKeys::from_column(&picked.to_column().unwrap()).unwrap();
            for (a, b) in (0..5).flat_map(|a| (0..5).map(move |b| (a, b))) {
                let expected = keys.compare(a, &keys, b);
                for other in [&stored, &picked, &again] {
                    assert_eq!((keys.compare(a, other, b), other.compare(a, &keys, b)), (expected, expected));
                }
            }
        }
        assert!(EncodedKeys::from_column(&Series::nulls(Type::Int64, 2)).is_err());
    }
}
