//! What `weft run` writes: a whole result, chunk by chunk, to any writer.

mod arrow;
mod csv;
pub(crate) mod json;
mod ndjson;
mod text;

use std::fmt;
use std::io::{self, Write};

use weft_core::types::Type;
use weft_core::{Chunk, Error, Field, Schema, Series, Value};

/// How a result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// An aligned table for people; long results are cut and say so
    #[default]
    Text,
    /// Comma-separated values by RFC 4180, with a header
    Csv,
    /// A JSON object a line
    Ndjson,
    /// An Arrow IPC stream
    Arrow,
}

/// Why a result could not be written.
#[derive(Debug)]
pub enum OutputError {
    /// Whoever read the output left: no fault.
    Closed,
    /// The output could not be written.
    Io(io::Error),
    /// A value could not be written in the format.
    Value(Error),
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the reader of the output left"),
            Self::Io(error) => write!(f, "the output cannot be written: {error}"),
            Self::Value(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OutputError {}

impl From<io::Error> for OutputError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::Closed } else { Self::Io(error) }
    }
}

impl From<Error> for OutputError {
    fn from(error: Error) -> Self {
        Self::Value(error)
    }
}

/// A result that is being written. Nothing is certain to be out before [`Output::finish`].
pub struct Output<'a>(Box<dyn Encoder + 'a>);

/// One format's way to write chunks.
trait Encoder {
    fn write(&mut self, chunk: &Chunk) -> Result<(), OutputError>;
    fn finish(&mut self) -> Result<(), OutputError>;
}

impl<'a> Output<'a> {
    /// Begins a result of the columns of `schema`. `out` need not be buffered.
    ///
    /// # Errors
    /// If the beginning cannot be written.
    pub fn new(format: Format, schema: &Schema, out: impl Write + 'a) -> Result<Self, OutputError> {
        let out = io::BufWriter::with_capacity(1 << 16, out);
        Ok(Output(match format {
            Format::Text => Box::new(text::Text::new(schema, out)),
            Format::Csv => Box::new(csv::Csv::new(schema, out)?),
            Format::Ndjson => Box::new(ndjson::Ndjson::new(schema, out)),
            Format::Arrow => Box::new(arrow::Arrow::new(schema, out)?),
        }))
    }

    /// Writes the rows of a chunk that count.
    ///
    /// # Errors
    /// If they cannot be written; [`OutputError::Closed`] if nobody reads any more.
    pub fn write(&mut self, chunk: &Chunk) -> Result<(), OutputError> {
        self.0.write(chunk)
    }

    /// Writes what remains.
    ///
    /// # Errors
    /// As [`Output::write`].
    pub fn finish(mut self) -> Result<(), OutputError> {
        self.0.finish()
    }
}

/// Writes a value that is no table: as text alone, or as a table of one column `value`.
///
/// # Errors
/// As [`Output::write`].
pub fn scalar(format: Format, ty: &Type, value: &Value, mut out: impl Write) -> Result<(), OutputError> {
    if format == Format::Text {
        let bundle = crate::display::scalar(ty, value)?;
        writeln!(out, "{}", bundle.text().unwrap_or_default())?;
        return Ok(out.flush()?);
    }
    let schema = Schema::new(vec![Field::new("value", ty.clone())])?;
    let chunk = Chunk::new(vec![Series::constant(ty.clone(), value, 1)?], 1)?;
    let mut output = Output::new(format, &schema, out)?;
    output.write(&chunk)?;
    output.finish()
}
