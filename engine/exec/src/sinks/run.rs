//! Chunks beside their sort keys: what sort and top-n keep.

use std::cmp::Ordering;

use arrow::array::{Array, ArrayRef, UInt32Array};
use arrow::compute::interleave;
use weft_compute::sort::{EncodedKeys, KeyEncoder};
use weft_core::error::Result;
use weft_core::{Chunk, Reservation, Series};

use crate::retain::{retained, retained_columns};

/// A chunk without its key columns, and the keys of its rows.
pub(crate) struct KeyedChunk {
    pub(crate) chunk: Chunk,
    pub(crate) keys: EncodedKeys,
}

/// A row of a list of keyed chunks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowAt {
    pub(crate) chunk: u32,
    pub(crate) row: u32,
}

impl KeyedChunk {
    /// Splits the key columns (behind the first `width`) off, encodes them and keeps the rest.
    pub(crate) fn new(chunk: Chunk, width: usize, encoder: &KeyEncoder, reservation: &mut Reservation) -> Result<Self> {
        let (position, chunk) = (chunk.position, chunk.compact()?);
        let keys = encoder.encode(&chunk.columns()[width..])?;
        let rows = chunk.physical_rows();
        let chunk = Chunk::new(chunk.columns()[..width].to_vec(), rows)?.at(position);
        reservation.try_grow(keys.memory_bytes())?;
        let chunk = retained(chunk, reservation)?;
        Ok(KeyedChunk { chunk, keys })
    }

    /// Some of its rows, ascending. They stay in order, not numbered as before: that is all that ties need.
    pub(crate) fn take(&self, rows: impl Iterator<Item = u32>) -> Result<Self> {
        let indices = UInt32Array::from_iter_values(rows);
        let columns = self.chunk.columns().iter().map(|c| c.take(&indices)).collect::<Result<_>>()?;
        let chunk = Chunk::new(columns, indices.len())?.at(self.chunk.position);
        Ok(KeyedChunk { chunk: retained_columns(chunk)?, keys: self.keys.take(&indices) })
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.chunk.memory_bytes() + self.keys.memory_bytes()
    }
}

/// The order of two rows: by key, then by where they stand in `chunks` (which is the input's order).
#[inline]
pub(crate) fn compare(chunks: &[KeyedChunk], a: RowAt, b: RowAt) -> Ordering {
    let (x, y) = (&chunks[a.chunk as usize], &chunks[b.chunk as usize]);
    let by_key = x.keys.compare(a.row as usize, &y.keys, b.row as usize);
    by_key.then_with(|| (a.chunk, a.row).cmp(&(b.chunk, b.row)))
}

/// The rows `at` as one chunk.
pub(crate) fn gather(chunks: &[KeyedChunk], at: &[RowAt]) -> Result<Chunk> {
    let (met, places) = met(chunks, at);
    let met: Vec<&Chunk> = met.into_iter().map(|keyed| &keyed.chunk).collect();
    interleaved(&met, &places, met.first().map_or(0, |c| c.columns().len()))
}

/// Their keys.
pub(crate) fn gather_keys(chunks: &[KeyedChunk], at: &[RowAt]) -> EncodedKeys {
    let (met, places) = met(chunks, at);
    let keys: Vec<&EncodedKeys> = met.into_iter().map(|keyed| &keyed.keys).collect();
    EncodedKeys::gather(&keys, places.into_iter())
}

/// The chunks that are met by the rows `at`, and where in those the rows are: arrow looks at every array it is given.
fn met<'a>(chunks: &'a [KeyedChunk], at: &[RowAt]) -> (Vec<&'a KeyedChunk>, Vec<(usize, usize)>) {
    let mut place = vec![u32::MAX; chunks.len()];
    let mut met = Vec::new();
    let mut places = Vec::with_capacity(at.len());
    for row in at {
        let slot = &mut place[row.chunk as usize];
        if *slot == u32::MAX {
            *slot = met.len() as u32;
            met.push(&chunks[row.chunk as usize]);
        }
        places.push((*slot as usize, row.row as usize));
    }
    (met, places)
}

/// The first `width` columns of rows of several chunks (which chunk, which row), as one chunk.
pub(crate) fn interleaved(chunks: &[&Chunk], places: &[(usize, usize)], width: usize) -> Result<Chunk> {
    let column = |index: usize| {
        let flats = chunks.iter().map(|c| c.column(index)?.to_flat()).collect::<Result<Vec<ArrayRef>>>()?;
        let arrays: Vec<&dyn Array> = flats.iter().map(|a| &**a).collect();
        Series::new(chunks[0].column(index)?.ty().clone(), interleave(&arrays, places)?)
    };
    Chunk::new((0..width).map(column).collect::<Result<_>>()?, places.len())
}
