//! Casts to bytes and identifiers: text by its UTF-8 bytes, a uuid by its 16 bytes.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BinaryViewArray, FixedSizeBinaryBuilder};
use weft_core::expr::CastMode;
use weft_core::{Error, Result, Type};

use super::failure::{by_row, check};

pub(super) fn cast(array: &ArrayRef, from: &Type, to: &Type, mode: CastMode) -> Result<ArrayRef> {
    let result: ArrayRef = match (from, to) {
        (Type::String, Type::Uuid) => {
            let texts = array.as_string_view();
            fixed(array, 16, |i| parse_uuid(texts.value(i).trim()).map(|u| u.to_vec()))?
        }
        (_, Type::Binary) => Arc::new(by_row::<Vec<u8>, BinaryViewArray>(array, |i| bytes(array, i).map(<[u8]>::to_vec))),
        (_, Type::FixedBinary(n)) => fixed(array, *n as usize, |i| bytes(array, i).map(<[u8]>::to_vec))?,
        (_, Type::Uuid) => fixed(array, 16, |i| bytes(array, i).map(<[u8]>::to_vec))?,
        _ => return Err(Error::internal(format!("{to} holds no bytes"))),
    };
    check(array, from, to, mode, result)
}

fn bytes(array: &ArrayRef, row: usize) -> Option<&[u8]> {
    if let Some(texts) = array.as_string_view_opt() {
        return Some(texts.value(row).as_bytes());
    }
    if let Some(binary) = array.as_binary_view_opt() {
        return Some(binary.value(row));
    }
    array.as_fixed_size_binary_opt().map(|fixed| fixed.value(row))
}

fn fixed(array: &ArrayRef, width: usize, f: impl Fn(usize) -> Option<Vec<u8>>) -> Result<ArrayRef> {
    let mut builder = FixedSizeBinaryBuilder::with_capacity(array.len(), width as i32);
    for row in 0..array.len() {
        match (!array.is_null(row)).then(|| f(row)).flatten().filter(|b| b.len() == width) {
            Some(value) => builder.append_value(value)?,
            None => builder.append_null(),
        }
    }
    Ok(Arc::new(builder.finish()))
}

/// 32 hexadecimal digits, hyphens anywhere between.
fn parse_uuid(text: &str) -> Option<[u8; 16]> {
    let text = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')).unwrap_or(text);
    let mut id = 0u128;
    let mut count = 0;
    for c in text.chars().filter(|c| *c != '-') {
        id = id.checked_shl(4)? | u128::from(c.to_digit(16)?);
        count += 1;
    }
    (count == 32).then(|| id.to_be_bytes())
}
