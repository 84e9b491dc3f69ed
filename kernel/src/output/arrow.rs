//! Arrow IPC streams: a batch a chunk, logical types as extension types of the fields.

use std::io::Write;
use std::sync::Arc;

use arrow::datatypes::Schema as ArrowSchema;
use arrow::ipc::writer::StreamWriter;
use weft_core::{Chunk, Error, Schema};

use super::{Encoder, OutputError};

pub(super) struct Arrow<W: Write> {
    schema: Schema,
    writer: StreamWriter<W>,
}

impl<W: Write> Arrow<W> {
    pub(super) fn new(schema: &Schema, out: W) -> Result<Self, OutputError> {
        // What a chunk becomes says of every column that it may hold nulls; the stream says the same.
        let fields = schema.to_arrow().fields().iter().map(|f| f.as_ref().clone().with_nullable(true)).collect::<Vec<_>>();
        let writer = StreamWriter::try_new(out, &Arc::new(ArrowSchema::new(fields))).map_err(failed)?;
        Ok(Arrow { schema: schema.clone(), writer })
    }
}

impl<W: Write> Encoder for Arrow<W> {
    fn write(&mut self, chunk: &Chunk) -> Result<(), OutputError> {
        let batch = chunk.clone().into_batch(&self.schema)?;
        self.writer.write(&batch).map_err(failed)
    }

    fn finish(&mut self) -> Result<(), OutputError> {
        self.writer.finish().map_err(failed)?;
        Ok(self.writer.get_mut().flush()?)
    }
}

fn failed(error: arrow::error::ArrowError) -> OutputError {
    match error {
        arrow::error::ArrowError::IoError(_, error) => error.into(),
        other => Error::from(other).into(),
    }
}
