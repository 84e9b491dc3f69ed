//! The rows that an expression is evaluated on: columns, gathered to the rows that are open when first read.

use std::cell::RefCell;

use arrow::array::UInt32Array;
use arrow::buffer::BooleanBuffer;
use weft_core::{Chunk, Error, Result, Series};

/// Columns of a chunk and the rows of it that are open. Each column is gathered at most once, and only when read.
pub(super) struct Input<'a> {
    columns: &'a [Series],
    rows: usize,
    open: Option<UInt32Array>,
    gathered: RefCell<Vec<Option<Series>>>,
}

impl<'a> Input<'a> {
    /// The rows of `chunk` that count.
    pub(super) fn selected(chunk: &'a Chunk) -> Self {
        match chunk.selection() {
            None => Self::all_rows(chunk),
            Some(selection) => Self::at(chunk.columns(), UInt32Array::from(selection.to_vec())),
        }
    }

    /// All rows that `chunk` holds, whether they count or not.
    pub(super) fn all_rows(chunk: &'a Chunk) -> Self {
        Input { columns: chunk.columns(), rows: chunk.physical_rows(), open: None, gathered: RefCell::default() }
    }

    fn at(columns: &'a [Series], open: UInt32Array) -> Self {
        Input { columns, rows: open.len(), gathered: RefCell::new(vec![None; columns.len()]), open: Some(open) }
    }

    /// Rows that are open.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Column `index`, open rows only.
    pub(super) fn column(&self, index: usize) -> Result<Series> {
        let column = self.columns.get(index).ok_or_else(|| Error::internal(format!("no column {index} in the chunk")))?;
        let Some(open) = &self.open else { return Ok(column.clone()) };
        if let Some(done) = &self.gathered.borrow()[index] {
            return Ok(done.clone());
        }
        let series = column.take(open)?;
        self.gathered.borrow_mut()[index] = Some(series.clone());
        Ok(series)
    }

    /// The same columns with only those of the open rows that are set in `mask` (one bit for each open row).
    pub(super) fn narrow(&self, mask: &BooleanBuffer) -> Input<'a> {
        let open: Vec<u32> = match &self.open {
            None => mask.set_indices_u32().collect(),
            Some(open) => mask.set_indices().map(|i| open.value(i)).collect(),
        };
        Input::at(self.columns, open.into())
    }
}
