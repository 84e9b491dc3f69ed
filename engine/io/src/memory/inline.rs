//! `inline_table(bytes)`: how a table in memory is written down in a plan, as an Arrow IPC stream.

use std::io::Cursor;
use std::sync::Arc;

use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use weft_core::function::{Family, Param};
use weft_core::source::{OpenContext, SourceSpec, TableFunction, TableSource};
use weft_core::{Chunk, Error, Function, Result, Schema, Value};

use super::MemorySource;
use crate::options::Options;

/// See the module.
pub(crate) struct InlineTable;

static INFO: Function = Function {
    name: "inline_table",
    family: Family::Source,
    summary: "The table that an Arrow IPC stream holds: how plans carry table literals.",
    params: &[Param::required("bytes", "binary", "an Arrow IPC stream")],
    variadic: false,
    operator: None,
    examples: &[],
};

impl TableFunction for InlineTable {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn open(&self, args: &[Value], _context: &OpenContext) -> Result<Arc<dyn TableSource>> {
        let options = Options::new(&INFO, args)?;
        let Value::Binary(bytes) = options.value("bytes") else { return Err(options.refuse("bytes", "binary")) };
        let reader = StreamReader::try_new(Cursor::new(&**bytes), None)?;
        let schema = Schema::from_arrow(&reader.schema())?;
        let chunks = reader.map(|batch| Chunk::from_batch(&batch?, &schema)).collect::<Result<Vec<_>>>()?;
        Ok(Arc::new(MemorySource::new(schema, chunks)?))
    }
}

/// The call that makes this table again. A table that Arrow cannot write (none is known) becomes an empty stream,
/// which `open` refuses with Arrow's message.
pub(super) fn spec(schema: &Schema, chunks: &[Chunk]) -> SourceSpec {
    let bytes = write(schema, chunks).unwrap_or_default();
    SourceSpec { function: INFO.name.to_string(), args: vec![Value::Binary(bytes.into())] }
}

fn write(schema: &Schema, chunks: &[Chunk]) -> Result<Vec<u8>> {
    let arrow = schema.to_arrow();
    let mut writer = StreamWriter::try_new(Vec::new(), &arrow)?;
    for chunk in chunks {
        writer.write(&chunk.clone().into_batch(schema)?)?;
    }
    writer.finish()?;
    writer.into_inner().map_err(Error::from)
}
