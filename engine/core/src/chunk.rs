//! The unit of execution: a few thousand rows of columns, some of them perhaps not selected.

use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchOptions, UInt32Array};

use crate::error::{Error, Result};
use crate::schema::Schema;
use crate::series::Series;

/// Positions of the rows that count, ascending.
pub type Selection = Arc<[u32]>;

/// Where a chunk stands in its source's order: task, then position in the task. Orders as a pair.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The task, counted from 0 in the source's order.
    pub task: u64,
    /// The first row's number in the task's output, ascending within a task.
    pub row: u64,
}

/// Columns of equal length. At least one row; with a selection only the rows it names count.
#[derive(Debug, Clone)]
pub struct Chunk {
    columns: Vec<Series>,
    rows: usize,
    selection: Option<Selection>,
    /// Where the chunk stands in the order.
    pub position: Position,
}

impl Chunk {
    /// A chunk of `rows` rows, all selected.
    pub fn new(columns: Vec<Series>, rows: usize) -> Result<Self> {
        if let Some(odd) = columns.iter().find(|c| c.len() != rows) {
            return Err(Error::internal(format!("a column of {} rows in a chunk of {rows}", odd.len())));
        }
        Ok(Chunk { columns, rows, selection: None, position: Position::default() })
    }

    /// The same chunk at another place in the order.
    pub fn at(mut self, position: Position) -> Self {
        self.position = position;
        self
    }

    /// The columns, all their rows.
    pub fn columns(&self) -> &[Series] {
        &self.columns
    }

    /// Column `index`.
    pub fn column(&self, index: usize) -> Result<&Series> {
        self.columns.get(index).ok_or_else(|| Error::internal(format!("no column {index} in the chunk")))
    }

    /// Rows that the columns hold, selected or not.
    pub fn physical_rows(&self) -> usize {
        self.rows
    }

    /// Rows that count.
    pub fn rows(&self) -> usize {
        self.selection.as_ref().map_or(self.rows, |s| s.len())
    }

    /// The rows that count, or nothing when all do.
    pub fn selection(&self) -> Option<&Selection> {
        self.selection.as_ref()
    }

    /// The same columns with another selection, over the physical rows.
    pub fn with_selection(mut self, selection: Option<Selection>) -> Self {
        self.selection = selection;
        self
    }

    /// Other columns over the same physical rows, selection and position.
    pub fn with_columns(&self, columns: Vec<Series>) -> Self {
        Chunk { columns, rows: self.rows, selection: self.selection.clone(), position: self.position }
    }

    /// Only the selected rows, without a selection; free when all rows count.
    pub fn compact(self) -> Result<Chunk> {
        let Some(selection) = &self.selection else { return Ok(self) };
        let indices = UInt32Array::from(selection.to_vec());
        let columns = self.columns.iter().map(|c| c.take(&indices)).collect::<Result<_>>()?;
        Ok(Chunk { columns, rows: indices.len(), selection: None, position: self.position })
    }

    /// `length` of the rows that count, from `offset`.
    pub fn slice(&self, offset: usize, length: usize) -> Chunk {
        let mut part = self.clone();
        match &self.selection {
            Some(selection) => part.selection = Some(selection[offset..offset + length].into()),
            None => {
                part.columns = self.columns.iter().map(|c| c.slice(offset, length)).collect();
                part.rows = length;
            }
        }
        part.position.row += offset as u64;
        part
    }

    /// The rows that count as an Arrow batch under `schema`.
    pub fn into_batch(self, schema: &Schema) -> Result<RecordBatch> {
        let chunk = self.compact()?;
        let arrays = chunk.columns.iter().map(Series::to_flat).collect::<Result<Vec<_>>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(chunk.rows));
        let arrow = schema.to_arrow();
        let nullable: Vec<_> = arrow.fields().iter().map(|f| f.as_ref().clone().with_nullable(true)).collect();
        let arrow = Arc::new(arrow::datatypes::Schema::new(nullable));
        Ok(RecordBatch::try_new_with_options(arrow, arrays, &options)?)
    }

    /// A chunk of an Arrow batch that is in the engine's storage types.
    pub fn from_batch(batch: &RecordBatch, schema: &Schema) -> Result<Chunk> {
        if batch.num_columns() != schema.len() {
            return Err(Error::internal("a batch whose columns are not the schema's"));
        }
        let pairs = batch.columns().iter().zip(schema.fields());
        let columns = pairs.map(|(a, f)| Series::new(f.ty.clone(), Arc::clone(a))).collect::<Result<_>>()?;
        Chunk::new(columns, batch.num_rows())
    }

    /// Bytes held, shared buffers counted in full.
    pub fn memory_bytes(&self) -> usize {
        self.columns.iter().map(Series::memory_bytes).sum()
    }
}
