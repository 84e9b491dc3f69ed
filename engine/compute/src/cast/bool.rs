//! Casts to bool: numbers are true unless zero, text by its word.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray};
use arrow::compute::CastOptions;
use arrow::datatypes::DataType;
use weft_core::expr::CastMode;
use weft_core::{Result, Type};

use super::failure::{by_row, check};

pub(super) fn cast(array: &ArrayRef, from: &Type, mode: CastMode) -> Result<ArrayRef> {
    let result: ArrayRef = match from {
        Type::String => {
            let texts = array.as_string_view();
            Arc::new(by_row::<bool, BooleanArray>(array, |i| word(texts.value(i))))
        }
        Type::Decimal { .. } => {
            let digits = super::decimal::digits(array)?;
            let bits = digits.iter().map(|d| *d != 0).collect::<Vec<_>>();
            Arc::new(BooleanArray::new(bits.into(), array.nulls().cloned()))
        }
        _ => arrow::compute::cast_with_options(array, &DataType::Boolean, &CastOptions::default())?,
    };
    check(array, from, &Type::Bool, mode, result)
}

fn word(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "1" => Some(true),
        "false" | "f" | "no" | "n" | "0" => Some(false),
        _ => None,
    }
}
