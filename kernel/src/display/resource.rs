//! Tables as data (`application/vnd.dataresource+json`), for front ends with tables of their own.

use serde_json::{Value as Json, json};
use weft_core::Schema;
use weft_core::types::Type;

use super::preview::Rows;
use crate::output::json::{Pictures, push_string, push_value};

/// The shown rows and columns, unless they take more than `limit` bytes.
pub(super) fn render(schema: &Schema, shown: &Rows, limit: usize) -> Option<Json> {
    let fields: Vec<_> = shown.columns.iter().map(|&i| &schema.fields()[i]).collect();
    let mut text = String::from("[");
    for (i, row) in shown.rows.iter().enumerate() {
        text.push_str(if i > 0 { ",{" } else { "{" });
        for (j, (field, value)) in fields.iter().zip(row).enumerate() {
            if j > 0 {
                text.push(',');
            }
            push_string(&mut text, &field.name);
            text.push(':');
            push_value(&mut text, &field.ty, value, Pictures::Described);
            if text.len() > limit {
                return None;
            }
        }
        text.push('}');
    }
    text.push(']');
    let data: Json = serde_json::from_str(&text).ok()?;
    let columns: Vec<Json> = fields.iter().map(|f| json!({"name": &*f.name, "type": kind(&f.ty)})).collect();
    Some(json!({"profile": "tabular-data-resource", "schema": {"fields": columns}, "data": data}))
}

/// The type in the words of Table Schema.
fn kind(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "boolean",
        ty if ty.is_integer() => "integer",
        ty if ty.is_numeric() => "number",
        Type::Date => "date",
        Type::Time(_) => "time",
        Type::Timestamp(..) => "datetime",
        Type::Duration(_) | Type::Interval => "duration",
        Type::List(_) | Type::FixedList(..) | Type::Embedding(..) => "array",
        Type::Struct(_) | Type::Map(..) | Type::Tensor(..) | Type::SparseTensor(_) => "object",
        Type::Null => "any",
        _ => "string",
    }
}
