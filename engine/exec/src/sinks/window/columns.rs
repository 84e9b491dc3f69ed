//! What windows read of a chunk, in the order of parts.

use std::ops::Range;

use arrow::array::{Array, ArrayRef, UInt32Array};
use arrow::compute::concat;
use arrow::datatypes::DataType;
use weft_compute::hash::hash_columns;
use weft_compute::window::{CallInput, WindowInput};
use weft_core::error::Result;
use weft_core::{CancelToken, Chunk, Reservation, Series, Type};

use super::SPLIT_ROWS;
use crate::retain::retained;

/// Parts that partitions fall into.
pub(super) const PARTS: usize = 64;

/// Where the columns that windows read stand in a chunk, and which of them each window reads.
pub(crate) struct WindowColumns {
    /// Columns of the input, which are passed on.
    pub(crate) width: usize,
    /// Positions of the columns that are read.
    pub(crate) positions: Vec<usize>,
    /// Their types.
    pub(crate) types: Vec<Type>,
    /// Which of them make partitions.
    pub(crate) keys: Vec<usize>,
    /// Which of them sort.
    pub(crate) order: Vec<usize>,
    /// What each window reads.
    pub(crate) calls: Vec<CallColumns>,
}

/// What one window reads.
pub(crate) struct CallColumns {
    pub(crate) args: Vec<WindowColumn>,
    pub(crate) filter: Option<WindowColumn>,
    pub(crate) range: Vec<WindowColumn>,
}

/// A column that is read, or one value for all rows.
pub(crate) enum WindowColumn {
    Column(usize),
    Constant(ArrayRef, Type),
}

/// A chunk, and what windows read of it.
pub(super) struct Kept {
    /// The columns that are passed on.
    pub(super) payload: Chunk,
    /// The part of each row; empty where there is one part.
    pub(super) parts: Vec<u8>,
    /// Where the rows of each part begin in the pieces, and the end of the last one.
    pub(super) offsets: Vec<u32>,
    /// The columns that are read, in the order of parts.
    pub(super) pieces: Vec<Series>,
}

impl WindowColumns {
    /// Takes a chunk apart.
    pub(super) fn keep(
        &self,
        chunk: Chunk,
        hashes: &mut Vec<u64>,
        held: &mut Reservation,
        pieces: &mut Reservation,
    ) -> Result<Kept> {
        let position = chunk.position;
        let chunk = retained(chunk, held)?;
        let rows = chunk.physical_rows();
        let flat = |&at: &usize| {
            let column = chunk.column(at)?;
            Series::new(column.ty().clone(), column.to_flat()?)
        };
        let mut read = self.positions.iter().map(flat).collect::<Result<Vec<_>>>()?;
        let payload = Chunk::new(chunk.columns()[..self.width].to_vec(), rows)?.at(position);
        if self.keys.is_empty() {
            return Ok(Kept { payload, parts: Vec::new(), offsets: vec![0, rows as u32], pieces: read });
        }
        let keys: Vec<Series> = self.keys.iter().map(|&k| read[k].clone()).collect();
        hash_columns(&keys, rows, hashes)?;
        let parts: Vec<u8> = hashes.iter().map(|&hash| part_of(hash, 0)).collect();
        let (offsets, order) = by_part(&parts);
        pieces.try_grow(rows * 5 + read.iter().map(slot_bytes).sum::<usize>())?;
        read = read.iter().map(|c| c.take(&order)).collect::<Result<_>>()?;
        Ok(Kept { payload, parts, offsets, pieces: read })
    }

    /// The parts that are computed together when there are `rows` rows.
    pub(super) fn ranges(&self, rows: usize) -> Vec<Range<usize>> {
        if self.keys.is_empty() {
            return std::iter::once(0..1).collect();
        }
        let count = (rows / SPLIT_ROWS).clamp(1, PARTS).next_power_of_two();
        let size = PARTS / count;
        (0..count).map(|i| i * size..(i + 1) * size).collect()
    }

    /// The rows of some parts, chunk after chunk; `working` holds what they take.
    pub(super) fn input(
        &self,
        kept: &[Kept],
        range: Range<usize>,
        with_arrival: bool,
        working: &mut Reservation,
        cancel: &CancelToken,
    ) -> Result<WindowInput> {
        let rows: usize = kept.iter().map(|k| k.rows_of(&range).len()).sum();
        let mut columns = Vec::with_capacity(self.types.len());
        for (at, ty) in self.types.iter().enumerate() {
            cancel.check()?;
            let slices = kept.iter().map(|k| k.piece(at, &range)).filter(|s| !s.is_empty()).collect::<Vec<_>>();
            working.try_grow(slices.iter().map(slot_bytes).sum())?;
            let flat = slices.iter().map(Series::to_flat).collect::<Result<Vec<_>>>()?;
            let parts: Vec<&dyn Array> = flat.iter().map(|a| &**a).collect();
            columns.push(Series::new(ty.clone(), concat(&parts)?)?);
        }
        let column = |&at: &usize| columns[at].clone();
        let value = |column: &WindowColumn| match column {
            WindowColumn::Column(at) => Ok(columns[*at].clone()),
            WindowColumn::Constant(array, ty) => Series::constant_array(ty.clone(), array.clone(), rows),
        };
        let call = |call: &CallColumns| {
            Ok(CallInput {
                args: call.args.iter().map(value).collect::<Result<_>>()?,
                filter: call.filter.as_ref().map(value).transpose()?,
                range: call.range.iter().map(value).collect::<Result<_>>()?,
            })
        };
        Ok(WindowInput {
            rows,
            keys: self.keys.iter().map(column).collect(),
            order: self.order.iter().map(column).collect(),
            calls: self.calls.iter().map(call).collect::<Result<_>>()?,
            arrival: if with_arrival { arrival(kept, &range, rows) } else { Vec::new() },
        })
    }
}

impl Kept {
    /// The same without the columns that were read for windows.
    pub(super) fn without_pieces(self) -> Self {
        Kept { pieces: Vec::new(), ..self }
    }

    /// The rows of some parts in the pieces.
    pub(super) fn rows_of(&self, range: &Range<usize>) -> Range<usize> {
        self.offsets[range.start] as usize..self.offsets[range.end] as usize
    }

    fn piece(&self, column: usize, range: &Range<usize>) -> Series {
        let rows = self.rows_of(range);
        self.pieces[column].slice(rows.start, rows.len())
    }

    /// Calls `each` with each row and its place in the pieces.
    pub(super) fn each_place(&self, mut each: impl FnMut(usize, u32)) {
        if self.parts.is_empty() {
            return (0..self.payload.physical_rows()).for_each(|row| each(row, row as u32));
        }
        let mut next = self.offsets.clone();
        for (row, &part) in self.parts.iter().enumerate() {
            let place = &mut next[part as usize];
            each(row, *place);
            *place += 1;
        }
    }
}

/// The part of a hash at a level: bits that no level before it looked at, none past the deepest.
pub(super) fn part_of(hash: u64, level: usize) -> u8 {
    hash.checked_shr(36 + 6 * level as u32).map_or(0, |bits| bits as u8 % PARTS as u8)
}

/// Where each part's rows begin, and the rows in the order of their parts.
pub(super) fn by_part(parts: &[u8]) -> (Vec<u32>, UInt32Array) {
    let mut offsets = vec![0u32; PARTS + 1];
    for &part in parts {
        offsets[part as usize + 1] += 1;
    }
    for part in 0..PARTS {
        offsets[part + 1] += offsets[part];
    }
    let mut next = offsets.clone();
    let mut order = vec![0u32; parts.len()];
    for (row, &part) in parts.iter().enumerate() {
        order[next[part as usize] as usize] = row as u32;
        next[part as usize] += 1;
    }
    (offsets, order.into())
}

/// The number in the input of each row of some parts.
fn arrival(kept: &[Kept], range: &Range<usize>, rows: usize) -> Vec<u64> {
    let mut arrival = vec![0; rows];
    let (mut before, mut base) = (0, 0);
    for chunk in kept {
        let own = chunk.rows_of(range);
        chunk.each_place(|row, place| {
            if own.contains(&(place as usize)) {
                arrival[before + place as usize - own.start] = base + row as u64;
            }
        });
        before += own.len();
        base += chunk.payload.physical_rows() as u64;
    }
    arrival
}

/// Bytes of a column's own slots; long texts stay where they are.
fn slot_bytes(column: &Series) -> usize {
    let rows = column.len();
    match column.ty().to_arrow() {
        DataType::Null => 0,
        DataType::Boolean => rows / 4 + 1,
        DataType::Utf8View | DataType::BinaryView => rows * 17,
        other => match other.primitive_width() {
            Some(width) => rows * width + rows / 8 + 1,
            None => column.memory_bytes(),
        },
    }
}
