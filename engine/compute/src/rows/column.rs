//! Columns on their way into rows: every type as fixed-width words, views of bytes, or nothing.

use std::sync::Arc;

use super::keys::INLINE_BYTES;
use arrow::array::types::{Float16Type, Float32Type, Float64Type};
use arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, BinaryViewArray, Float16Array, Float32Array, Float64Array,
    downcast_primitive_array, make_array,
};
use arrow::buffer::{Buffer, NullBuffer, ScalarBuffer};
use arrow::datatypes::{ArrowNativeType, DataType};
use arrow::row::{RowConverter, SortField};
use weft_core::{Error, Result, Series, Type};

type Half = <Float16Type as ArrowPrimitiveType>::Native;

/// How a column's values stand in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Only nulls: nothing but the validity bit.
    Null,
    /// Values of 1, 2, 4, 8 or 16 bytes; booleans take one byte.
    Fixed(usize),
    /// Length, prefix and either the rest of up to 12 bytes or a place in the heap.
    Bytes,
}

/// What moves a column of one type into rows and back. Made once per operator, shared by its threads.
#[derive(Debug)]
pub(crate) struct Codec {
    pub(crate) ty: Type,
    pub(crate) kind: Kind,
    arrow: DataType,
    /// For nested types, which stand in rows as order-preserving bytes.
    pub(crate) nested: Option<Nested>,
    /// Whether equal values must get equal bytes (keys), or each value its own (payload).
    canonical: bool,
}

/// Nested values as bytes.
#[derive(Debug)]
pub(crate) struct Nested {
    pub(crate) converter: RowConverter,
    /// The bytes of a null.
    pub(crate) null_row: Vec<u8>,
}

/// A column ready to be copied into rows or compared with them.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) data: Data,
    /// Only where there are nulls.
    pub(crate) nulls: Option<NullBuffer>,
}

impl Column {
    /// Bytes of the values that do not fit into a row.
    pub(crate) fn long_bytes(&self) -> usize {
        let Data::Bytes(views, _) = &self.data else { return 0 };
        let lengths = views.iter().map(|view| *view as u32 as usize).enumerate();
        let long = lengths.filter(|(i, len)| *len > INLINE_BYTES && self.nulls.as_ref().is_none_or(|n| n.is_valid(*i)));
        long.map(|(_, len)| len).sum()
    }
}

/// The values of a column; whatever stands under a null is meaningless.
#[derive(Debug, Clone)]
pub(crate) enum Data {
    Null,
    Fixed(Buffer, usize),
    /// Arrow's views: values of up to 12 bytes in place, padded with zeros.
    Bytes(ScalarBuffer<u128>, Arc<[Buffer]>),
}

impl Codec {
    /// For columns of `ty`; `canonical` for keys, where −0.0 is 0.0 and all NaN are one.
    pub(crate) fn new(ty: &Type, canonical: bool) -> Result<Self> {
        let arrow = ty.to_arrow();
        let kind = match &arrow {
            DataType::Null => Kind::Null,
            DataType::Boolean => Kind::Fixed(1),
            other => other.primitive_width().map_or(Kind::Bytes, Kind::Fixed),
        };
        let nested = arrow.is_nested().then(|| Nested::new(&arrow)).transpose()?;
        Ok(Codec { ty: ty.clone(), kind, arrow, nested, canonical })
    }

    /// A column of the codec's type.
    pub(crate) fn column(&self, series: &Series) -> Result<Column> {
        self.array(&series.to_flat()?)
    }

    /// A flat array of the codec's storage type.
    pub(crate) fn array(&self, array: &ArrayRef) -> Result<Column> {
        self.check(array.data_type())?;
        let array = if self.canonical { canonical_floats(array)? } else { Arc::clone(array) };
        let nulls = array.logical_nulls().filter(|n| n.null_count() > 0);
        let data = match self.kind {
            Kind::Null => Data::Null,
            Kind::Fixed(width) => fixed(&array, width)?,
            Kind::Bytes => self.bytes(&array)?,
        };
        Ok(Column { data, nulls })
    }

    /// An error unless arrays of this type stand in rows like the codec's own: text must stay text.
    fn check(&self, arrow: &DataType) -> Result<()> {
        let fits = match self.kind {
            Kind::Null => *arrow == DataType::Null,
            Kind::Fixed(1) if *arrow == DataType::Boolean => true,
            Kind::Fixed(width) => arrow.primitive_width() == Some(width),
            Kind::Bytes => arrow.equals_datatype(&self.arrow),
        };
        if fits { Ok(()) } else { Err(Error::internal(format!("an Arrow {arrow} in a row's column of {}", self.ty))) }
    }

    fn bytes(&self, array: &ArrayRef) -> Result<Data> {
        if let Some(nested) = &self.nested {
            let rows = nested.converter.convert_columns(std::slice::from_ref(array))?;
            return Ok(views(&BinaryViewArray::from_iter_values(rows.iter().map(|r| r.data().to_vec()))));
        }
        Ok(match array.data_type() {
            DataType::Utf8View => {
                let array = array.as_string_view();
                Data::Bytes(array.views().clone(), Arc::clone(array.data_buffers()))
            }
            DataType::BinaryView => views(array.as_binary_view()),
            DataType::FixedSizeBinary(_) => views(&array.as_fixed_size_binary().iter().collect::<BinaryViewArray>()),
            other => return Err(Error::internal(format!("an Arrow {other} among the bytes of a row store"))),
        })
    }
}

impl Nested {
    fn new(arrow: &DataType) -> Result<Self> {
        let converter = RowConverter::new(vec![SortField::new(arrow.clone())])?;
        let null = arrow::array::new_null_array(arrow, 1);
        let null_row = converter.convert_columns(&[null])?.row(0).data().to_vec();
        Ok(Nested { converter, null_row })
    }
}

fn views(array: &BinaryViewArray) -> Data {
    Data::Bytes(array.views().clone(), Arc::clone(array.data_buffers()))
}

fn fixed(array: &ArrayRef, width: usize) -> Result<Data> {
    if let Some(bools) = array.as_boolean_opt() {
        let bytes: Vec<u8> = bools.values().iter().map(u8::from).collect();
        return Ok(Data::Fixed(Buffer::from_vec(bytes), 1));
    }
    let array = array.as_ref();
    let values = downcast_primitive_array! {
        array => array.values().inner().clone(),
        other => return Err(Error::internal(format!("an Arrow {other} among the numbers of a row store"))),
    };
    Ok(Data::Fixed(values, width))
}

impl Column {
    /// The fixed-width values as words of `T`; empty for other columns.
    pub(crate) fn words<T: ArrowNativeType>(&self) -> &[T] {
        match &self.data {
            Data::Fixed(buffer, width) if *width == size_of::<T>() => buffer.typed_data(),
            _ => &[],
        }
    }
}

/// The bytes that a view of more than 12 bytes refers to.
#[inline]
pub(crate) fn long_bytes(view: u128, buffers: &[Buffer]) -> &[u8] {
    let (len, buffer, offset) = (view as u32 as usize, (view >> 64) as u32 as usize, (view >> 96) as u32 as usize);
    &buffers[buffer].as_slice()[offset..offset + len]
}

/// The same values with one zero and one NaN, inside nested values too; free without floats or where nothing changes.
pub(crate) fn canonical_floats(array: &ArrayRef) -> Result<ArrayRef> {
    Ok(match array.data_type() {
        DataType::Float64 => {
            let floats = array.as_primitive::<Float64Type>();
            let odd = floats.values().iter().any(|x| x.is_nan() || x.to_bits() == 1 << 63);
            if !odd {
                return Ok(Arc::clone(array));
            }
            let fixed: Float64Array = floats.unary(|x| if x.is_nan() { f64::NAN } else { x + 0.0 });
            Arc::new(fixed)
        }
        DataType::Float32 => {
            let fixed: Float32Array = array.as_primitive::<Float32Type>().unary(|x| if x.is_nan() { f32::NAN } else { x + 0.0 });
            Arc::new(fixed)
        }
        DataType::Float16 => {
            let fixed: Float16Array = array.as_primitive::<Float16Type>().unary(|x| match x.to_bits() & 0x7fff {
                0 => Half::ZERO,
                bits if bits > 0x7c00 => Half::NAN,
                _ => x,
            });
            Arc::new(fixed)
        }
        nested if nested.is_nested() && has_floats(nested) => {
            let data = array.to_data();
            let children = data.child_data().iter().map(|c| Ok(canonical_floats(&make_array(c.clone()))?.to_data()));
            let children = children.collect::<Result<Vec<_>>>()?;
            make_array(data.into_builder().child_data(children).build()?)
        }
        _ => Arc::clone(array),
    })
}

fn has_floats(ty: &DataType) -> bool {
    match ty {
        DataType::List(f) | DataType::FixedSizeList(f, _) | DataType::Map(f, _) => has_floats(f.data_type()),
        DataType::Struct(fields) => fields.iter().any(|f| has_floats(f.data_type())),
        other => other.is_floating(),
    }
}
