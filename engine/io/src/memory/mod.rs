//! Tables in memory: table literals, and what tests make up.

mod inline;

use std::sync::Arc;

use weft_core::source::{ChunkReader, Estimate, ScanRequest, ScanTask, SourceSpec, TableSource, TableStatistics, TaskStream};
use weft_core::{Chunk, Error, Result, Schema, Series, Settings, Value};

use crate::chunks::{FnTask, IterReader};

pub(crate) use inline::InlineTable;

/// A table whose chunks are at hand.
///
/// Written down as a call of `inline_table` with the rows in Arrow's IPC format, so that plans over it serialize.
#[derive(Debug)]
pub struct MemorySource {
    schema: Schema,
    chunks: Arc<[Chunk]>,
    rows: u64,
}

impl MemorySource {
    /// A table of `chunks` in order, with the columns of `schema`. Selections are applied, empty chunks left out.
    pub fn new(schema: Schema, chunks: Vec<Chunk>) -> Result<Self> {
        if let Some(odd) = chunks.iter().find(|c| c.columns().len() != schema.len()) {
            return Err(Error::internal(format!("a chunk of {} columns for {}", odd.columns().len(), schema.len())));
        }
        let chunks = chunks.into_iter().filter(|c| c.rows() > 0).map(Chunk::compact).collect::<Result<Vec<_>>>()?;
        let rows = chunks.iter().map(|c| c.rows() as u64).sum();
        Ok(MemorySource { schema, chunks: chunks.into(), rows })
    }

    /// A table literal: `rows` of one value per column.
    ///
    /// # Errors
    /// When a row has another length than the schema, or a value does not fit its column's type.
    pub fn from_rows(schema: Schema, rows: &[Vec<Value>]) -> Result<Self> {
        if let Some((i, odd)) = rows.iter().enumerate().find(|(_, r)| r.len() != schema.len()) {
            return Err(Error::argument(format!("row {i} has {} values for {} columns", odd.len(), schema.len())));
        }
        let column = |i: usize| {
            let field = &schema.fields()[i];
            let values: Vec<Value> = rows.iter().map(|r| r[i].clone()).collect();
            let array = Value::array(&field.ty, &values).map_err(|e| e.with_context(format!("column `{}`", field.name)))?;
            Series::new(field.ty.clone(), array)
        };
        let columns = (0..schema.len()).map(column).collect::<Result<Vec<_>>>()?;
        let chunk = Chunk::new(columns, rows.len())?;
        MemorySource::new(schema, vec![chunk])
    }

    /// The chunks in order.
    pub fn chunks(&self) -> &[Chunk] {
        &self.chunks
    }
}

impl TableSource for MemorySource {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn spec(&self) -> SourceSpec {
        inline::spec(&self.schema, &self.chunks)
    }

    fn label(&self) -> String {
        match self.rows {
            1 => "in memory, 1 row".into(),
            n => format!("in memory, {n} rows"),
        }
    }

    fn statistics(&self) -> TableStatistics {
        TableStatistics { rows: Some(Estimate::Exact(self.rows)), columns: Vec::new() }
    }

    fn validator(&self) -> Option<String> {
        Some("constant".into())
    }

    fn scan(&self, request: ScanRequest) -> Result<Box<dyn TaskStream>> {
        if let Some(odd) = request.projection.iter().find(|&&i| i >= self.schema.len()) {
            return Err(Error::internal(format!("column {odd} of a table of {}", self.schema.len())));
        }
        let left = self.rows.min(request.limit.unwrap_or(u64::MAX));
        Ok(Box::new(MemoryTasks { chunks: Arc::clone(&self.chunks), chunk: 0, row: 0, left, request }))
    }
}

struct MemoryTasks {
    chunks: Arc<[Chunk]>,
    chunk: usize,
    row: usize,
    left: u64,
    request: ScanRequest,
}

impl MemoryTasks {
    /// The next slice of at most `rows` rows, not across chunks.
    fn slice(&mut self, rows: usize) -> Option<Chunk> {
        let chunk = self.chunks.get(self.chunk)?;
        let length = rows.min(chunk.rows() - self.row).min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let slice = chunk.slice(self.row, length);
        self.row += length;
        self.left -= length as u64;
        if self.row == chunk.rows() {
            (self.chunk, self.row) = (self.chunk + 1, 0);
        }
        let columns: Vec<Series> = self.request.projection.iter().map(|&i| slice.columns()[i].clone()).collect();
        Some(slice.with_columns(columns).at(weft_core::chunk::Position::default()))
    }
}

impl TaskStream for MemoryTasks {
    fn next_task(&mut self) -> Result<Option<Box<dyn ScanTask>>> {
        let settings: Arc<Settings> = Arc::clone(&self.request.context.settings);
        let mut slices = Vec::new();
        let mut room = settings.task_rows();
        while room > 0 && self.left > 0 {
            let Some(slice) = self.slice(room.min(settings.chunk_rows())) else { break };
            room -= slice.rows();
            slices.push(slice);
        }
        if slices.is_empty() {
            return Ok(None);
        }
        let (rows, cancel) = ((settings.task_rows() - room) as u64, self.request.context.cancel.clone());
        let open = move || Ok(Box::new(IterReader::new(slices.into_iter().map(Ok), cancel)) as Box<dyn ChunkReader>);
        Ok(Some(Box::new(FnTask { rows: Some(rows), open })))
    }

    fn size_hint(&self) -> Option<usize> {
        usize::try_from(self.left.div_ceil(self.request.context.settings.task_rows() as u64)).ok()
    }
}
