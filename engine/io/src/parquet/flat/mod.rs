//! Our own decoder for flat columns, on the Parquet crate's page layer.
//!
//! Columns come chunk by chunk. Conditions are evaluated first, on dictionaries where pages hold codes; of the other
//! columns only pages with rows that are left are read, and only those rows are built. Text is views into the pages.
//! Nested columns, and what is seldom met (INT96, bit-packed levels), go through the crate's push decoder.

mod bools;
mod column;
mod delta;
mod fetch;
mod fixed;
mod hybrid;
mod reader;
mod text;
mod values;

use arrow::datatypes::DataType;
use parquet::basic::{Encoding, Type as PhysicalType};

use self::bools::Bools;
use self::fixed::{Big, Fixed, Little};
pub(super) use self::reader::FlatReader;
use self::text::Text;
use self::values::Values;
use super::tasks::OpenFile;

/// A flat column of a file.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    /// Among the file's root columns.
    pub(super) root: usize,
    /// Among the file's leaf columns.
    index: usize,
    physical: PhysicalType,
    /// Bytes of a fixed-length value.
    length: usize,
    /// What pages are decoded to.
    arrow: DataType,
    /// Whether pages say which rows are null.
    optional: bool,
}

/// The flat columns at `roots`, or nothing where one of them is not ours to read in this row group.
pub(super) fn leaves(open: &OpenFile, group: usize, roots: &[usize]) -> Option<Vec<Leaf>> {
    roots.iter().map(|&root| leaf(open, group, root)).collect()
}

fn leaf(open: &OpenFile, group: usize, root: usize) -> Option<Leaf> {
    let schema = open.metadata.file_metadata().schema_descr();
    let index = (0..schema.num_columns()).find(|&leaf| schema.get_column_root_idx(leaf) == root)?;
    let column = schema.column(index);
    let flat = schema.root_schema().get_fields().get(root)?.is_primitive();
    if !flat || column.max_rep_level() > 0 || column.max_def_level() > 1 {
        return None;
    }
    let arrow = match open.footer.schema.arrow.fields().get(root)?.data_type() {
        DataType::Dictionary(_, values) => values.as_ref().clone(),
        other => other.clone(),
    };
    let leaf = Leaf {
        root,
        index,
        physical: column.physical_type(),
        length: usize::try_from(column.type_length()).unwrap_or(0),
        arrow,
        optional: column.max_def_level() == 1,
    };
    let known = |encoding| {
        use Encoding as E;
        matches!(encoding, E::PLAIN | E::PLAIN_DICTIONARY | E::RLE_DICTIONARY | E::RLE | E::BYTE_STREAM_SPLIT)
            || matches!(encoding, E::DELTA_BINARY_PACKED | E::DELTA_LENGTH_BYTE_ARRAY | E::DELTA_BYTE_ARRAY)
    };
    let decodable = open.metadata.row_groups().get(group)?.column(index).encodings().all(known);
    (decodable && leaf.values().is_some()).then_some(leaf)
}

impl Leaf {
    fn is_text(&self) -> bool {
        self.physical == PhysicalType::BYTE_ARRAY
    }

    /// The reader of its values; nothing for pairs of types that are left to the push decoder.
    fn values(&self) -> Option<Box<dyn Values>> {
        use DataType as T;
        let (ty, length) = (&self.arrow, self.length);
        Some(match (self.physical, ty) {
            (PhysicalType::BOOLEAN, T::Boolean) => Bools::boxed(),
            (PhysicalType::INT32, T::Int8) => Fixed::<Little<4, (i32, i8)>>::boxed(ty, length),
            (PhysicalType::INT32, T::Int16) => Fixed::<Little<4, (i32, i16)>>::boxed(ty, length),
            (PhysicalType::INT32, T::Int32 | T::Date32 | T::Time32(_)) => Fixed::<Little<4, (i32, i32)>>::boxed(ty, length),
            (PhysicalType::INT32, T::UInt8) => Fixed::<Little<4, (i32, u8)>>::boxed(ty, length),
            (PhysicalType::INT32, T::UInt16) => Fixed::<Little<4, (i32, u16)>>::boxed(ty, length),
            (PhysicalType::INT32, T::UInt32) => Fixed::<Little<4, (i32, u32)>>::boxed(ty, length),
            (PhysicalType::INT32, T::Decimal64(..)) => Fixed::<Little<4, (i32, i64)>>::boxed(ty, length),
            (PhysicalType::FLOAT, T::Float32) => Fixed::<Little<4, (f32, f32)>>::boxed(ty, length),
            (PhysicalType::INT64, T::Int64 | T::Decimal64(..) | T::Timestamp(..) | T::Time64(_) | T::Duration(_)) => {
                Fixed::<Little<8, (i64, i64)>>::boxed(ty, length)
            }
            (PhysicalType::INT64, T::UInt64) => Fixed::<Little<8, (i64, u64)>>::boxed(ty, length),
            (PhysicalType::DOUBLE, T::Float64) => Fixed::<Little<8, (f64, f64)>>::boxed(ty, length),
            (PhysicalType::FIXED_LEN_BYTE_ARRAY, T::Decimal64(..)) if length > 0 => Fixed::<Big<i64>>::boxed(ty, length),
            (PhysicalType::FIXED_LEN_BYTE_ARRAY, T::Decimal128(..)) if length > 0 => Fixed::<Big<i128>>::boxed(ty, length),
            (PhysicalType::BYTE_ARRAY, T::Utf8View) => Text::boxed(true),
            (PhysicalType::BYTE_ARRAY, T::BinaryView) => Text::boxed(false),
            _ => return None,
        })
    }
}
