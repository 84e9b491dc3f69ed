//! Comma-separated values by RFC 4180, lines ended by a newline, in UTF-8.
//!
//! A null is an empty field, an empty text a quoted one (`""`); in a table of one column a null is
//! quoted as well, since many readers skip empty lines. Nested values and pictures stand as JSON,
//! bytes as base64, times by ISO 8601.

use std::io::Write;

use weft_core::types::Type;
use weft_core::{Chunk, Schema};

use super::json::{self, Cells, Pictures};
use super::{Encoder, OutputError};

pub(super) struct Csv<W> {
    types: Vec<Type>,
    line: String,
    field: String,
    out: W,
}

impl<W: Write> Csv<W> {
    pub(super) fn new(schema: &Schema, mut out: W) -> Result<Self, OutputError> {
        let mut line = String::new();
        for (i, name) in schema.names().enumerate() {
            if i > 0 {
                line.push(',');
            }
            push_field(&mut line, name);
        }
        line.push('\n');
        out.write_all(line.as_bytes())?;
        let types = schema.fields().iter().map(|f| f.ty.clone()).collect();
        Ok(Csv { types, line, field: String::new(), out })
    }
}

impl<W: Write> Encoder for Csv<W> {
    fn write(&mut self, chunk: &Chunk) -> Result<(), OutputError> {
        let columns = Cells::of(chunk)?;
        for row in 0..chunk.rows() {
            self.line.clear();
            for (i, (cells, ty)) in columns.iter().zip(&self.types).enumerate() {
                if i > 0 {
                    self.line.push(',');
                }
                if cells.is_null(row) {
                    self.line.push_str(if columns.len() == 1 { "\"\"" } else { "" });
                    continue;
                }
                if let Some(text) = cells.text(row) {
                    push_field(&mut self.line, text);
                    continue;
                }
                self.field.clear();
                cells.push_json(&mut self.field, row, ty, Pictures::Whole)?;
                push_field(&mut self.line, json::unquoted(&self.field, ty));
            }
            self.line.push('\n');
            self.out.write_all(self.line.as_bytes())?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), OutputError> {
        Ok(self.out.flush()?)
    }
}

/// Quotes a text where a reader needs it.
fn push_field(line: &mut String, text: &str) {
    let special = |b: u8| matches!(b, b'"' | b',' | b'\n' | b'\r');
    let edge = text.starts_with(' ') || text.ends_with(' ');
    if !text.is_empty() && !edge && !text.bytes().any(special) {
        return line.push_str(text);
    }
    line.push('"');
    for (i, part) in text.split('"').enumerate() {
        if i > 0 {
            line.push_str("\"\"");
        }
        line.push_str(part);
    }
    line.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_readers_need_it() {
        let mut line = String::new();
        for text in ["plain", "a,b", "say \"x\"", "two\nlines", "", " edge", "\r"] {
            push_field(&mut line, text);
            line.push('|');
        }
        assert_eq!(line, "plain|\"a,b\"|\"say \"\"x\"\"\"|\"two\nlines\"|\"\"|\" edge\"|\"\r\"|");
    }
}
