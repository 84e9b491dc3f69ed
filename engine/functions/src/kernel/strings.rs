//! Loops that read text and write string views.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringViewArray, StringViewBuilder};
use arrow::buffer::NullBuffer;
use weft_core::{Result, Series, Type};

use super::columns::{Column, booleans, propagating};

/// The text of a column, row by row.
pub(crate) struct Text<'a> {
    column: &'a Column,
    array: &'a StringViewArray,
}

impl<'a> Text<'a> {
    /// The column as text.
    pub(crate) fn new(column: &'a Column) -> Result<Self> {
        Ok(Text { column, array: column.strings()? })
    }

    /// The text in `row`; empty or arbitrary where it is null.
    #[inline]
    pub(crate) fn get(&self, row: usize) -> &'a str {
        self.array.value(self.column.at(row))
    }
}

/// Text for each row: a part of what is there already.
pub(crate) fn parts<'a>(rows: usize, nulls: Option<&NullBuffer>, part: impl Fn(usize) -> &'a str) -> ArrayRef {
    let mut out = StringViewBuilder::with_capacity(rows);
    for row in 0..rows {
        if nulls.is_some_and(|n| n.is_null(row)) {
            out.append_null();
        } else {
            out.append_value(part(row));
        }
    }
    Arc::new(out.finish())
}

/// Text for each row, written into a buffer that is empty at each call.
pub(crate) fn written(
    rows: usize,
    nulls: Option<&NullBuffer>,
    mut write: impl FnMut(usize, &mut String) -> Result<()>,
) -> Result<ArrayRef> {
    let mut out = StringViewBuilder::with_capacity(rows);
    let mut text = String::new();
    for row in 0..rows {
        if nulls.is_some_and(|n| n.is_null(row)) {
            out.append_null();
            continue;
        }
        text.clear();
        write(row, &mut text)?;
        out.append_value(&text);
    }
    Ok(Arc::new(out.finish()))
}

/// A function of one text that writes another.
pub(crate) fn text_to_text(args: &[Series], rows: usize, write: impl Fn(&str, &mut String)) -> Result<Series> {
    propagating(args, rows, Type::String, |columns, rows, nulls| {
        let text = Text::new(super::columns::first(columns)?)?;
        written(rows, nulls.as_ref(), |row, out| {
            write(text.get(row), out);
            Ok(())
        })
    })
}

/// A function of two texts that is true or false; the second is often a constant.
pub(crate) fn test_pair(args: &[Series], rows: usize, test: impl Fn(&str, &str) -> bool) -> Result<Series> {
    propagating(args, rows, Type::Bool, |columns, rows, nulls| {
        let (text, other) = pair(columns)?;
        Ok(booleans(rows, nulls, |row| test(text.get(row), other.get(row))))
    })
}

/// The first two columns as text.
pub(crate) fn pair(columns: &[Column]) -> Result<(Text<'_>, Text<'_>)> {
    match columns {
        [a, b, ..] => Ok((Text::new(a)?, Text::new(b)?)),
        _ => Err(weft_core::Error::internal("a function of two texts met fewer")),
    }
}

/// The byte position of character `n` counted from 0; the end where there are fewer.
pub(crate) fn char_offset(text: &str, n: usize) -> usize {
    if text.is_ascii() {
        return n.min(text.len());
    }
    text.char_indices().nth(n).map_or(text.len(), |(at, _)| at)
}
