//! Fields to columns.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, StringViewBuilder, TimestampMicrosecondBuilder,
};
use weft_core::expr::CastMode;
use weft_core::{Error, Result, Series, TimeUnit, Type};

use super::function::Formats;
use super::values;

/// Collects the fields of one column of a chunk.
pub(super) struct Column {
    ty: Type,
    formats: Formats,
    builder: Builder,
}

enum Builder {
    Bool(BooleanBuilder),
    Int(Int64Builder),
    Float(Float64Builder),
    Date(Date32Builder),
    Timestamp(TimestampMicrosecondBuilder),
    /// Of text columns, and of all types without a builder here: those are cast when the chunk is whole.
    Text(StringViewBuilder),
}

/// Why a field cannot stand in its column.
pub(super) enum Misfit {
    /// It is no value of the column's type.
    Value,
    /// It is not UTF-8.
    Encoding,
}

impl Column {
    pub(super) fn new(ty: &Type, formats: &Formats) -> Self {
        let builder = match ty {
            Type::Bool => Builder::Bool(BooleanBuilder::new()),
            Type::Int64 => Builder::Int(Int64Builder::new()),
            Type::Float64 => Builder::Float(Float64Builder::new()),
            Type::Date => Builder::Date(Date32Builder::new()),
            Type::Timestamp(TimeUnit::Microsecond, _) => Builder::Timestamp(TimestampMicrosecondBuilder::new()),
            _ => Builder::Text(StringViewBuilder::new()),
        };
        Column { ty: ty.clone(), formats: formats.clone(), builder }
    }

    /// Appends a field, or a null.
    pub(super) fn push(&mut self, field: Option<&[u8]>) -> Result<(), Misfit> {
        let formats = &self.formats;
        match (&mut self.builder, field) {
            (Builder::Bool(b), None) => b.append_null(),
            (Builder::Int(b), None) => b.append_null(),
            (Builder::Float(b), None) => b.append_null(),
            (Builder::Date(b), None) => b.append_null(),
            (Builder::Timestamp(b), None) => b.append_null(),
            (Builder::Text(b), None) => b.append_null(),
            (Builder::Bool(b), Some(text)) => b.append_value(values::bool(text).ok_or(Misfit::Value)?),
            (Builder::Int(b), Some(text)) => b.append_value(values::int(text).ok_or(Misfit::Value)?),
            (Builder::Float(b), Some(text)) => b.append_value(values::float(text).ok_or(Misfit::Value)?),
            (Builder::Date(b), Some(text)) => b.append_value(date(text, formats).ok_or(Misfit::Value)?),
            (Builder::Timestamp(b), Some(text)) => b.append_value(timestamp(text, &self.ty, formats).ok_or(Misfit::Value)?),
            (Builder::Text(b), Some(text)) => b.append_value(std::str::from_utf8(text).map_err(|_| Misfit::Encoding)?),
        }
        Ok(())
    }

    /// The column, and empty again. Where a text does not fit a type that texts are cast to, the row and the error.
    pub(super) fn finish(&mut self) -> Result<Series, (usize, Error)> {
        let array: ArrayRef = match &mut self.builder {
            Builder::Bool(b) => Arc::new(b.finish()),
            Builder::Int(b) => Arc::new(b.finish()),
            Builder::Float(b) => Arc::new(b.finish()),
            Builder::Date(b) => Arc::new(b.finish()),
            Builder::Timestamp(b) => Arc::new(b.finish().with_data_type(self.ty.to_arrow())),
            Builder::Text(b) => Arc::new(b.finish()),
        };
        if !matches!(self.builder, Builder::Text(_)) || self.ty == Type::String {
            return Series::new(self.ty.clone(), array).map_err(|e| (0, e));
        }
        let texts = Series::new(Type::String, Arc::clone(&array)).map_err(|e| (0, e))?;
        weft_compute::cast(&texts, &self.ty, CastMode::Strict).map_err(|error| (first_misfit(&texts, &self.ty, &array), error))
    }
}

/// The first row whose text does not fit.
fn first_misfit(texts: &Series, ty: &Type, array: &ArrayRef) -> usize {
    let tried = weft_compute::cast(texts, ty, CastMode::Try).and_then(|s| s.to_flat());
    tried.map_or(0, |tried| (0..array.len()).find(|&i| tried.is_null(i) && array.is_valid(i)).unwrap_or(0))
}

fn date(text: &[u8], formats: &Formats) -> Option<i32> {
    match &formats.date {
        Some(format) => values::date_as(text, format),
        None => values::date(text),
    }
}

/// In a column with a zone, a time without an offset is UTC; in one without, offsets do not fit.
fn timestamp(text: &[u8], ty: &Type, formats: &Formats) -> Option<i64> {
    if let Some(format) = &formats.timestamp {
        return values::timestamp_as(text, format);
    }
    let (micros, offset) = values::timestamp(text)?;
    (!offset || matches!(ty, Type::Timestamp(_, Some(_)))).then_some(micros)
}
