//! The table as people read it. Rows past a limit are counted, not shown.

use std::io::Write;

use weft_core::{Chunk, Schema};

use super::{Encoder, OutputError};
use crate::display::{Options, Preview, Total, table_text};

/// Rows that are shown.
const ROWS: usize = 1_000;
/// Characters of a value.
const CHARS: usize = 200;

pub(super) struct Text<W> {
    schema: Schema,
    /// The first rows, compact, so that they hold no more than is shown.
    kept: Vec<Chunk>,
    kept_rows: usize,
    all_rows: u64,
    out: W,
}

impl<W: Write> Text<W> {
    pub(super) fn new(schema: &Schema, out: W) -> Self {
        Text { schema: schema.clone(), kept: Vec::new(), kept_rows: 0, all_rows: 0, out }
    }
}

impl<W: Write> Encoder for Text<W> {
    fn write(&mut self, chunk: &Chunk) -> Result<(), OutputError> {
        let take = (ROWS - self.kept_rows).min(chunk.rows());
        if take > 0 {
            self.kept.push(chunk.slice(0, take).compact()?);
            self.kept_rows += take;
        }
        self.all_rows += chunk.rows() as u64;
        Ok(())
    }

    fn finish(&mut self) -> Result<(), OutputError> {
        let total = Total::Exact(self.all_rows);
        let preview = Preview { schema: self.schema.clone(), chunks: &self.kept, shown_rows: ROWS, total };
        let options = Options { columns: usize::MAX, chars: CHARS, text_width: usize::MAX, ..Options::default() };
        self.out.write_all(table_text(&preview, &options)?.as_bytes())?;
        Ok(self.out.flush()?)
    }
}
