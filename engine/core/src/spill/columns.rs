//! Columns as Arrow IPC messages, one for each array, and back.
//!
//! What a column shares with others is not written: views hold no more text than they show, slices only their rows.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayData, ArrayRef, AsArray, RecordBatch, StructArray, UInt32Array, make_array};
use arrow::buffer::Buffer;
use arrow::datatypes::{DataType, Field, Schema};
use arrow::ipc::reader::read_record_batch;
use arrow::ipc::writer::{DictionaryTracker, IpcDataGenerator, IpcWriteContext, IpcWriteOptions};
use arrow::ipc::{MetadataVersion, root_as_message};

use crate::error::{Error, Result};
use crate::series::{Encoding, Series};
use crate::types::Type;

/// Buffers of arrays begin at multiples of this in a message's data, and messages in a block.
const ALIGNMENT: usize = 64;

const FLAT: u8 = 0;
const CONSTANT: u8 = 1;
const DICTIONARY: u8 = 2;

/// Appends columns to `out`.
pub(super) struct ColumnWriter {
    options: IpcWriteOptions,
    context: IpcWriteContext,
}

impl ColumnWriter {
    pub(super) fn new() -> Result<Self> {
        let options = IpcWriteOptions::try_new(ALIGNMENT, false, MetadataVersion::V5)?;
        Ok(ColumnWriter { options, context: IpcWriteContext::default() })
    }

    /// Appends a column of `rows` rows.
    pub(super) fn write(&mut self, series: &Series, out: &mut Vec<u8>) -> Result<()> {
        match series.encoding() {
            Encoding::Flat(array) => self.array(FLAT, &compact(array)?, out),
            Encoding::Constant(array, _) => self.array(CONSTANT, &compact(array)?, out),
            // A dictionary that several chunks share is worth its place in each only if it is small.
            Encoding::Dictionary { codes, values } if values.len() <= codes.len() => {
                self.array(DICTIONARY, &(Arc::new(codes.clone()) as ArrayRef), out)?;
                self.array(FLAT, &compact(values)?, out)
            }
            Encoding::Dictionary { .. } => self.array(FLAT, &compact(&series.to_flat()?)?, out),
        }
    }

    /// The tag, two lengths, the message and, aligned, its data.
    fn array(&mut self, tag: u8, array: &ArrayRef, out: &mut Vec<u8>) -> Result<()> {
        let schema = Arc::new(Schema::new(vec![Field::new("", array.data_type().clone(), true)]));
        let batch = RecordBatch::try_new(schema, vec![Arc::clone(array)])?;
        let mut tracker = DictionaryTracker::new(false);
        let (_, encoded) = IpcDataGenerator::default().encode(&batch, &mut tracker, &self.options, &mut self.context)?;
        out.extend_from_slice(&u64::from(tag).to_le_bytes());
        out.extend_from_slice(&(encoded.ipc_message.len() as u64).to_le_bytes());
        out.extend_from_slice(&(encoded.arrow_data.len() as u64).to_le_bytes());
        pad(out);
        out.extend_from_slice(&encoded.ipc_message);
        pad(out);
        out.extend_from_slice(&encoded.arrow_data);
        pad(out);
        Ok(())
    }
}

fn pad(out: &mut Vec<u8>) {
    out.resize(out.len().next_multiple_of(ALIGNMENT), 0);
}

/// Reads what a [`ColumnWriter`] wrote.
pub(super) struct ColumnReader {
    block: Buffer,
    at: usize,
}

impl ColumnReader {
    pub(super) fn new(block: Buffer) -> Self {
        ColumnReader { block, at: 0 }
    }

    /// The next column, of type `ty`, with `rows` rows. It shares nothing with the block.
    pub(super) fn read(&mut self, ty: &Type, rows: usize) -> Result<Series> {
        let (tag, array) = self.array(None, ty)?;
        match tag {
            FLAT => Series::new(ty.clone(), array),
            CONSTANT => Series::constant_array(ty.clone(), array, rows),
            DICTIONARY => {
                let codes = array.as_any().downcast_ref::<UInt32Array>().cloned().ok_or_else(damaged)?;
                let (_, values) = self.array(Some(FLAT), ty)?;
                Ok(Series::dictionary(ty.clone(), codes, values))
            }
            _ => Err(damaged()),
        }
    }

    fn array(&mut self, expected: Option<u8>, ty: &Type) -> Result<(u8, ArrayRef)> {
        let tag = u8::try_from(self.number()?).map_err(|_| damaged())?;
        let (message, data) = (self.number()?, self.number()?);
        self.align();
        let (message, data) = (self.piece(message)?, self.piece(data)?);
        if expected.is_some_and(|e| e != tag) {
            return Err(damaged());
        }
        let storage = if tag == DICTIONARY { DataType::UInt32 } else { ty.to_arrow() };
        let schema = Arc::new(Schema::new(vec![Field::new("", storage, true)]));
        let root = root_as_message(&message).map_err(|_| damaged())?;
        let batch = root.header_as_record_batch().ok_or_else(damaged)?;
        let batch = read_record_batch(&data, batch, schema, &HashMap::new(), None, &root.version())?;
        Ok((tag, make_array(own(&batch.column(0).to_data())?)))
    }

    fn number(&mut self) -> Result<usize> {
        let bytes = self.block.get(self.at..self.at + 8).ok_or_else(damaged)?;
        self.at += 8;
        let bytes: [u8; 8] = bytes.try_into().map_err(|_| damaged())?;
        usize::try_from(u64::from_le_bytes(bytes)).map_err(|_| damaged())
    }

    fn piece(&mut self, length: usize) -> Result<Buffer> {
        if length > self.block.len().saturating_sub(self.at) {
            return Err(damaged());
        }
        let piece = self.block.slice_with_length(self.at, length);
        self.at += length;
        self.align();
        Ok(piece)
    }

    fn align(&mut self) {
        self.at = self.at.next_multiple_of(ALIGNMENT);
    }
}

fn damaged() -> Error {
    Error::internal("a spilled chunk is not what was written")
}

/// The same array in buffers of its own, each as large as it must be: the block can be used again, and what the array
/// takes is what it says it takes.
fn own(data: &ArrayData) -> Result<ArrayData> {
    let buffers = data.buffers().iter().map(|b| Buffer::from(b.as_slice())).collect();
    let children = data.child_data().iter().map(own).collect::<Result<_>>()?;
    let nulls = data.nulls().map(|n| {
        let bits = n.inner();
        let copy = arrow::buffer::BooleanBuffer::new(Buffer::from(bits.inner().as_slice()), bits.offset(), bits.len());
        arrow::buffer::NullBuffer::new(copy)
    });
    let copy = data.clone().into_builder().buffers(buffers).child_data(children).nulls(nulls);
    Ok(copy.build()?)
}

/// The same array without text that only other rows show.
fn compact(array: &ArrayRef) -> Result<ArrayRef> {
    Ok(match array.data_type() {
        DataType::Utf8View => {
            let views = array.as_string_view();
            if is_loose(views.data_buffers(), views.total_buffer_bytes_used()) { Arc::new(views.gc()) } else { Arc::clone(array) }
        }
        DataType::BinaryView => {
            let views = array.as_binary_view();
            if is_loose(views.data_buffers(), views.total_buffer_bytes_used()) { Arc::new(views.gc()) } else { Arc::clone(array) }
        }
        DataType::Struct(fields) => {
            let members = array.as_struct();
            let columns = members.columns().iter().map(compact).collect::<Result<Vec<_>>>()?;
            Arc::new(StructArray::try_new_with_length(fields.clone(), columns, members.nulls().cloned(), array.len())?)
        }
        _ => Arc::clone(array),
    })
}

fn is_loose(buffers: &[Buffer], used: usize) -> bool {
    buffers.iter().map(Buffer::len).sum::<usize>() > used + used / 8
}
