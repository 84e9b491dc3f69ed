//! Hashes of key columns, a whole vector at a time. Equal values hash alike: one zero, one NaN, strings by content
//! however they are laid out; a dictionary's values and constants are hashed once.

use arrow::array::Array;
use arrow::datatypes::ArrowNativeType;
use weft_core::series::Encoding;
use weft_core::{Error, Result, Series};

use crate::rows::{Codec, Column, Data, Layout};

const SEED: u64 = 0x243f_6a88_85a3_08d3;
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
const OTHER: u64 = 0xa076_1d64_78bd_642f;
const NULL: u64 = 0x6c8e_9cf5_7093_2bd5;

/// Hashes `columns` row by row into `hashes` (its old content is dropped, its memory reused).
///
/// All 64 bits are mixed: tables take slots from the low, partitions and salts from the high ones. Without columns all
/// hashes are alike.
///
/// # Errors
/// When a column has not `rows` rows.
pub fn hash_columns(columns: &[Series], rows: usize, hashes: &mut Vec<u64>) -> Result<()> {
    hashes.clear();
    hashes.resize(rows, SEED);
    for (i, column) in columns.iter().enumerate() {
        if column.len() != rows {
            return Err(Error::internal(format!("a key column of {} rows among {rows}", column.len())));
        }
        hash_series(&Codec::new(column.ty(), true)?, column, hashes, i == 0)?;
    }
    Ok(())
}

/// The key columns ready for lookup, and their hashes.
pub(crate) fn prepare(layout: &Layout, keys: &[Series], rows: usize, hashes: &mut Vec<u64>) -> Result<Vec<Column>> {
    hashes.clear();
    hashes.resize(rows, 0);
    let mut columns = Vec::with_capacity(keys.len());
    for (i, ((codec, _), key)) in layout.keys.iter().zip(keys).enumerate() {
        if key.len() != rows {
            return Err(Error::internal(format!("a key column of {} rows among {rows}", key.len())));
        }
        hash_series(codec, key, hashes, i == 0)?;
        columns.push(codec.column(key)?);
    }
    Ok(columns)
}

/// Hashes one column of the codec's type into `hashes`: alone when it is the first, else on top of what stands there.
pub(crate) fn hash_series(codec: &Codec, column: &Series, hashes: &mut [u64], first: bool) -> Result<()> {
    match column.encoding() {
        Encoding::Flat(array) => hash_column(&codec.array(array)?, hashes, first),
        Encoding::Constant(array, _) => {
            let mut one = [0];
            hash_column(&codec.array(array)?, &mut one, true);
            fold_in(hashes, first, |_| one[0]);
        }
        Encoding::Dictionary { codes, values } if values.len() <= codes.len() => {
            let mut each = vec![0; values.len()];
            hash_column(&codec.array(values)?, &mut each, true);
            let code = |i: usize| codes.values()[i] as usize;
            match codes.nulls() {
                None => fold_in(hashes, first, |i| each[code(i)]),
                Some(nulls) => fold_in(hashes, first, |i| if nulls.is_null(i) { NULL } else { each[code(i)] }),
            }
        }
        Encoding::Dictionary { .. } => hash_column(&codec.column(column)?, hashes, first),
    }
    Ok(())
}

/// Hashes a prepared column.
pub(crate) fn hash_column(column: &Column, hashes: &mut [u64], first: bool) {
    match &column.data {
        Data::Null => fold_in(hashes, first, |_| NULL),
        Data::Fixed(_, 1) => hash_words::<u8>(column, hashes, first, |v| v.into()),
        Data::Fixed(_, 2) => hash_words::<u16>(column, hashes, first, |v| v.into()),
        Data::Fixed(_, 4) => hash_words::<u32>(column, hashes, first, |v| v.into()),
        Data::Fixed(_, 8) => hash_words::<u64>(column, hashes, first, |v| v),
        Data::Fixed(..) => hash_words::<i128>(column, hashes, first, |v| v as u64 ^ mix((v >> 64) as u64 ^ OTHER, FACTOR)),
        Data::Bytes(views, buffers) => {
            let hash = |i: usize| hash_view(views[i], buffers);
            hash_with_nulls(column, hashes, first, hash);
        }
    }
}

fn hash_words<T: ArrowNativeType>(column: &Column, hashes: &mut [u64], first: bool, word: impl Fn(T) -> u64) {
    let values = column.words::<T>();
    hash_with_nulls(column, hashes, first, |i| mix(word(values[i]) ^ SEED, FACTOR));
}

fn hash_with_nulls(column: &Column, hashes: &mut [u64], first: bool, hash: impl Fn(usize) -> u64) {
    match &column.nulls {
        None => fold_in(hashes, first, hash),
        Some(nulls) => fold_in(hashes, first, |i| if nulls.is_null(i) { NULL } else { hash(i) }),
    }
}

fn fold_in(hashes: &mut [u64], first: bool, hash: impl Fn(usize) -> u64) {
    if first {
        hashes.iter_mut().enumerate().for_each(|(i, h)| *h = hash(i));
    } else {
        hashes.iter_mut().enumerate().for_each(|(i, h)| *h = mix(h.rotate_left(23) ^ hash(i), OTHER));
    }
}

/// The 128-bit product, folded.
#[inline]
fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

fn hash_view(view: u128, buffers: &[arrow::buffer::Buffer]) -> u64 {
    let (first, rest) = (view as u64, (view >> 64) as u64);
    if first as u32 <= 12 {
        return mix(mix(first ^ SEED, FACTOR) ^ rest, OTHER);
    }
    hash_bytes(crate::rows::long_bytes(view, buffers))
}

/// Bytes, 16 at a time; the last 16 may overlap those before.
fn hash_bytes(bytes: &[u8]) -> u64 {
    let word = |at: usize| bytes.get(at..at + 8).map_or(0, |b| u64::from_le_bytes(b.try_into().unwrap_or_default()));
    let mut hash = SEED ^ bytes.len() as u64;
    let mut at = 0;
    while at + 16 < bytes.len() {
        hash = mix(word(at) ^ hash, word(at + 8) ^ FACTOR);
        at += 16;
    }
    let tail = bytes.len().saturating_sub(16);
    mix(mix(word(tail) ^ hash, word(tail + 8) ^ FACTOR), OTHER)
}
