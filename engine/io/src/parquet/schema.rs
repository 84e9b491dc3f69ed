//! A file's columns: their engine types, and the Arrow types in which the decoder hands them over.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field as ArrowField, FieldRef, Schema as ArrowSchema, SchemaRef, TimeUnit, UInt32Type};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::arrow::parquet_to_arrow_schema;
use parquet::basic::{LogicalType, Type as PhysicalType};
use parquet::file::metadata::ParquetMetaData;
use weft_core::types::common_type;
use weft_core::{Error, Field, Result, Series, Type};

use super::footer::failed;

/// A text column is read as codes into its dictionary when it takes less than this many bytes a value in the file:
/// plain text takes at least four (its length), so nearly all pages must be dictionary codes.
const DICTIONARY_BYTES: i64 = 2;

/// Decimals stored so are decoded in 128 bits only, and cast.
const BYTES: PhysicalType = PhysicalType::BYTE_ARRAY;

/// The columns of one file.
#[derive(Debug)]
pub(super) struct FileSchema {
    /// Root columns in order; an error for those whose type the engine has not.
    pub(super) columns: Vec<(Arc<str>, Result<Field>)>,
    /// What the decoder is told to make; nothing where it refused and makes what it likes.
    pub(super) hint: Option<SchemaRef>,
    /// The Arrow schema the decoder uses.
    pub(super) arrow: SchemaRef,
}

impl FileSchema {
    pub(super) fn new(metadata: &Arc<ParquetMetaData>, path: &str) -> Result<Self> {
        let file = metadata.file_metadata();
        let descriptor = file.schema_descr();
        let native = parquet_to_arrow_schema(descriptor, file.key_value_metadata()).map_err(|e| failed(path, e))?;
        let mut columns: Vec<(Arc<str>, Result<Field>)> = Vec::with_capacity(native.fields().len());
        let mut hints = Vec::with_capacity(native.fields().len());
        for (root, field) in native.fields().iter().enumerate() {
            let name = free_name(&columns, field.name());
            columns.push((Arc::clone(&name), engine_field(metadata, root, field, name)));
            hints.push(hint_field(metadata, root, field));
        }
        let hint: SchemaRef = Arc::new(ArrowSchema::new(hints));
        let taken = reader_metadata(metadata, Some(&hint)).is_ok();
        let arrow = if taken { Arc::clone(&hint) } else { Arc::new(native) };
        Ok(FileSchema { columns, hint: taken.then_some(hint), arrow })
    }

    /// Where each of `wanted` stands among the root columns.
    ///
    /// # Errors
    /// When one is missing, or has a type that does not widen to the wanted one.
    pub(super) fn locate(&self, wanted: &[Field], path: &str) -> Result<Vec<usize>> {
        wanted.iter().map(|field| self.locate_one(field, path)).collect()
    }

    fn locate_one(&self, wanted: &Field, path: &str) -> Result<usize> {
        let Some(root) = self.columns.iter().position(|(name, _)| *name == wanted.name) else {
            let message = format!("`{path}` has no column `{}`, which the first file has", wanted.name);
            return Err(Error::format(message).with_help("read files of different columns one by one and `union` them"));
        };
        let found = self.columns[root].1.as_ref().map_err(Clone::clone)?;
        if common_type(&found.ty, &wanted.ty).as_ref() != Some(&wanted.ty) {
            let (name, got, want) = (&wanted.name, &found.ty, &wanted.ty);
            return Err(Error::format(format!("column `{name}` of `{path}` is {got}, but {want} in the first file")));
        }
        if found.nullable && !wanted.nullable {
            let message = format!("column `{}` of `{path}` may hold nulls, but not in the first file", wanted.name);
            return Err(Error::format(message).with_help("read the files one by one and `union` them"));
        }
        Ok(root)
    }

    /// What the decoder needs to know, with `metadata` of the same file (with or without the page index).
    pub(super) fn reader(&self, metadata: &Arc<ParquetMetaData>) -> parquet::errors::Result<ArrowReaderMetadata> {
        reader_metadata(metadata, self.hint.as_ref())
    }
}

fn reader_metadata(metadata: &Arc<ParquetMetaData>, hint: Option<&SchemaRef>) -> parquet::errors::Result<ArrowReaderMetadata> {
    let options = ArrowReaderOptions::new();
    let options = match hint {
        Some(hint) => options.with_schema(Arc::clone(hint)),
        None => options,
    };
    ArrowReaderMetadata::try_new(Arc::clone(metadata), options)
}

/// `name`, or `name_2`, `name_3` … where columns are called so already.
fn free_name(columns: &[(Arc<str>, Result<Field>)], name: &str) -> Arc<str> {
    let taken = |name: &str| columns.iter().any(|(other, _)| &**other == name);
    let mut free: String = name.to_string();
    let mut n = 2;
    while taken(&free) {
        free = format!("{name}_{n}");
        n += 1;
    }
    free.into()
}

/// The column in the engine's types, before any data are seen.
fn engine_field(metadata: &ParquetMetaData, root: usize, native: &ArrowField, name: Arc<str>) -> Result<Field> {
    let mut field = Field::from_arrow(native).map_err(|e| {
        Error::unsupported(format!("column `{}`: {}", native.name(), e.message()))
            .with_help("leave it out: name the others with `columns: [\"…\"]`")
    })?;
    field.name = name;
    let schema = metadata.file_metadata().schema_descr();
    let parquet = &schema.root_schema().get_fields()[root];
    if field.ty == Type::FixedBinary(16) && parquet.get_basic_info().logical_type_ref() == Some(&LogicalType::Uuid) {
        field.ty = Type::Uuid;
    }
    if is_int96(metadata, root) {
        field.ty = Type::timestamp();
    }
    Ok(field)
}

/// INT96 timestamps reach far past what nanoseconds hold: they are read in microseconds.
fn is_int96(metadata: &ParquetMetaData, root: usize) -> bool {
    physical_type(metadata, root) == Some(PhysicalType::INT96)
}

/// How a flat root column is stored; nothing for nested ones.
fn physical_type(metadata: &ParquetMetaData, root: usize) -> Option<PhysicalType> {
    let schema = metadata.file_metadata().schema_descr();
    let parquet = schema.root_schema().get_fields().get(root)?;
    parquet.is_primitive().then(|| parquet.get_physical_type())
}

fn hint_field(metadata: &ParquetMetaData, root: usize, native: &FieldRef) -> FieldRef {
    let wanted = match native.data_type() {
        DataType::Decimal128(p, s) | DataType::Decimal32(p, s) if *p <= 18 && physical_type(metadata, root) != Some(BYTES) => {
            DataType::Decimal64(*p, *s)
        }
        _ if is_int96(metadata, root) => DataType::Timestamp(TimeUnit::Microsecond, None),
        other => match engine_storage(other) {
            DataType::Utf8View if has_few_values(metadata, root) => {
                DataType::Dictionary(Box::new(DataType::UInt32), Box::new(DataType::Utf8View))
            }
            storage => storage,
        },
    };
    Arc::new(native.as_ref().clone().with_data_type(wanted))
}

/// An Arrow type with its leaves in the engine's storage types, names and shape untouched.
fn engine_storage(native: &DataType) -> DataType {
    let inner = |f: &FieldRef| Arc::new(f.as_ref().clone().with_data_type(engine_storage(f.data_type())));
    match native {
        DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
        DataType::Binary | DataType::LargeBinary => DataType::BinaryView,
        DataType::Dictionary(_, values) => engine_storage(values),
        DataType::List(item) => DataType::List(inner(item)),
        DataType::LargeList(item) => DataType::LargeList(inner(item)),
        DataType::FixedSizeList(item, n) => DataType::FixedSizeList(inner(item), *n),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(inner).collect()),
        DataType::Map(entries, sorted) => DataType::Map(inner(entries), *sorted),
        other => other.clone(),
    }
}

/// Whether a flat column is dictionary codes in every row group.
fn has_few_values(metadata: &ParquetMetaData, root: usize) -> bool {
    let schema = metadata.file_metadata().schema_descr();
    let mut leaves = (0..schema.num_columns()).filter(|&leaf| schema.get_column_root_idx(leaf) == root);
    let (Some(leaf), None) = (leaves.next(), leaves.next()) else { return false };
    let groups = metadata.row_groups();
    !groups.is_empty()
        && groups.iter().all(|group| {
            let chunk = group.column(leaf);
            let small = chunk.uncompressed_size() < chunk.num_values().saturating_mul(DICTIONARY_BYTES);
            chunk.dictionary_page_offset().is_some() && small
        })
}

/// A decoded column as a series of type `ty`.
pub(super) fn to_series(array: &ArrayRef, ty: &Type) -> Result<Series> {
    let storage = ty.to_arrow();
    let strict = CastOptions { safe: false, ..CastOptions::default() };
    if let DataType::Dictionary(_, _) = array.data_type()
        && let Some(dictionary) = array.as_dictionary_opt::<UInt32Type>()
    {
        let values = match dictionary.values().data_type() == &storage {
            true => Arc::clone(dictionary.values()),
            false => cast_with_options(dictionary.values(), &storage, &strict)?,
        };
        return Ok(Series::dictionary(ty.clone(), dictionary.keys().clone(), values));
    }
    // Names of list items and the like differ between writers: inside there is one kind of list.
    if array.data_type() == &storage {
        return Series::new(ty.clone(), Arc::clone(array));
    }
    Series::new(ty.clone(), cast_with_options(array, &storage, &strict)?)
}
