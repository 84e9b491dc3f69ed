//! A JSON object a line, members in the order of the columns; [`super::json`] says how values stand.

use std::io::Write;

use weft_core::{Chunk, Schema};

use super::json::{Cells, Pictures, push_string};
use super::{Encoder, OutputError};

pub(super) struct Ndjson<W> {
    /// `"name":` for each column, ready to be written.
    keys: Vec<String>,
    schema: Schema,
    line: String,
    out: W,
}

impl<W: Write> Ndjson<W> {
    pub(super) fn new(schema: &Schema, out: W) -> Self {
        let key = |name: &std::sync::Arc<str>| {
            let mut key = String::new();
            push_string(&mut key, name);
            key.push(':');
            key
        };
        Ndjson { keys: schema.names().map(key).collect(), schema: schema.clone(), line: String::new(), out }
    }
}

impl<W: Write> Encoder for Ndjson<W> {
    fn write(&mut self, chunk: &Chunk) -> Result<(), OutputError> {
        let columns = Cells::of(chunk)?;
        for row in 0..chunk.rows() {
            self.line.clear();
            self.line.push('{');
            for (i, ((cells, key), field)) in columns.iter().zip(&self.keys).zip(self.schema.fields()).enumerate() {
                if i > 0 {
                    self.line.push(',');
                }
                self.line.push_str(key);
                cells.push_json(&mut self.line, row, &field.ty, Pictures::Whole)?;
            }
            self.line.push_str("}\n");
            self.out.write_all(self.line.as_bytes())?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), OutputError> {
        Ok(self.out.flush()?)
    }
}
