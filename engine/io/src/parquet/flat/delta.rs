//! Pages in the encodings of differences and split streams, turned into the plain layout that all columns read.

use bytes::Bytes;
use weft_core::{Error, Result};

use super::hybrid::{ends_early, varint};

/// Integers of `WIDTH` bytes from DELTA_BINARY_PACKED.
pub(super) fn integers<const WIDTH: usize>(data: &[u8], count: usize) -> Result<Bytes> {
    let mut plain = Vec::new();
    Deltas::new(data)?.all(count, |value| plain.extend_from_slice(&value.to_le_bytes()[..WIDTH]))?;
    Ok(plain.into())
}

/// Byte strings from DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes.
pub(super) fn with_lengths(data: &[u8], count: usize) -> Result<Bytes> {
    let (lengths, mut rest) = lengths(data, count)?;
    let mut plain = Vec::with_capacity(rest.len() + lengths.len() * 4);
    for length in lengths {
        let (value, later) = rest.split_at_checked(length).ok_or_else(ends_early)?;
        push(value, &[], &mut plain);
        rest = later;
    }
    Ok(plain.into())
}

/// Byte strings from DELTA_BYTE_ARRAY: how many bytes each shares with the one before it, then the rest of each.
pub(super) fn with_prefixes(data: &[u8], count: usize, prefixed: bool) -> Result<Bytes> {
    /// A page holds at most this much, as its header counts in 31 bits.
    const MOST: usize = i32::MAX as usize;
    let (shared, rest) = lengths(data, count)?;
    let (lengths, mut rest) = lengths(rest, count)?;
    let mut plain: Vec<u8> = Vec::new();
    let mut last: Vec<u8> = Vec::new();
    for (shared, length) in shared.into_iter().zip(lengths) {
        let (suffix, later) = rest.split_at_checked(length).ok_or_else(ends_early)?;
        let start = last.get(..shared).ok_or_else(|| Error::format("a value shares more bytes than the one before it has"))?;
        if plain.len() + shared + length > MOST {
            return Err(Error::format("the values of a page take more than 2 GiB"));
        }
        match prefixed {
            true => push(start, suffix, &mut plain),
            false => plain.extend(start.iter().chain(suffix)),
        }
        last.truncate(shared);
        last.extend_from_slice(suffix);
        rest = later;
    }
    Ok(plain.into())
}

/// Values of `width` bytes from BYTE_STREAM_SPLIT: the first bytes of all values, then the second ones, and so on.
pub(super) fn unsplit(data: &[u8], width: usize) -> Bytes {
    let count = data.len() / width.max(1);
    let mut plain = vec![0; count * width];
    for (stream, bytes) in data.chunks_exact(count.max(1)).take(width).enumerate() {
        for (value, &byte) in plain.chunks_exact_mut(width).zip(bytes) {
            value[stream] = byte;
        }
    }
    plain.into()
}

fn push(start: &[u8], rest: &[u8], plain: &mut Vec<u8>) {
    // Both come from one page, which is shorter than 2 GiB.
    plain.extend_from_slice(&((start.len() + rest.len()) as u32).to_le_bytes());
    plain.extend_from_slice(start);
    plain.extend_from_slice(rest);
}

/// `count` lengths, and what stands behind them.
fn lengths(data: &[u8], count: usize) -> Result<(Vec<usize>, &[u8])> {
    let mut lengths = Vec::new();
    let mut bad = false;
    let end = Deltas::new(data)?.all(count, |n| match usize::try_from(n) {
        Ok(n) => lengths.push(n),
        Err(_) => bad = true,
    })?;
    match bad {
        true => Err(Error::format("a length is negative")),
        false => Ok((lengths, &data[end..])),
    }
}

/// DELTA_BINARY_PACKED: blocks of differences less their least one, bit-packed in small blocks of a width each.
struct Deltas<'a> {
    data: &'a [u8],
    at: usize,
    /// Differences in a block.
    block: usize,
    /// Small blocks in a block.
    parts: usize,
    total: usize,
    first: i64,
}

impl<'a> Deltas<'a> {
    fn new(data: &'a [u8]) -> Result<Self> {
        let mut at = 0;
        let mut number = || varint(data, &mut at);
        let (block, parts, total) = (number()?, number()?, number()?);
        let first = zigzag(number()?);
        let sizes = || -> Option<(usize, usize, usize)> {
            let (block, parts) = (usize::try_from(block).ok()?, usize::try_from(parts).ok()?);
            let sound = parts > 0 && block < 1 << 24 && block % parts == 0 && block / parts % 8 == 0 && block > 0;
            sound.then_some((block, parts, usize::try_from(total).ok()?))
        };
        let (block, parts, total) = sizes().ok_or_else(|| Error::format("a block of differences has a wrong size"))?;
        Ok(Deltas { data, at, block, parts, total, first })
    }

    /// Gives `count` values to `take`, and tells where the encoded values end.
    fn all(mut self, count: usize, mut take: impl FnMut(i64)) -> Result<usize> {
        if self.total < count {
            return Err(ends_early());
        }
        let mut value = self.first;
        if count > 0 {
            take(value);
        }
        // All that are encoded are passed: other data may follow them.
        let mut left = self.total.saturating_sub(1);
        let mut wanted = count.saturating_sub(1);
        while left > 0 {
            let least = zigzag(varint(self.data, &mut self.at)?);
            let widths = self.data.get(self.at..self.at + self.parts).ok_or_else(ends_early)?;
            self.at += self.parts;
            for &width in widths {
                if left == 0 {
                    break;
                }
                let (width, size) = (usize::from(width), self.block / self.parts);
                if width > 64 {
                    return Err(Error::format(format!("differences of {width} bits")));
                }
                let bytes = size / 8 * width;
                let packed = self.data.get(self.at..).unwrap_or_default();
                // The last small block may be cut short by its writer.
                let packed = &packed[..bytes.min(packed.len())];
                if packed.len() < (size.min(left) * width).div_ceil(8) {
                    return Err(ends_early());
                }
                self.at += packed.len();
                for i in 0..size.min(left).min(wanted) {
                    value = value.wrapping_add(least).wrapping_add(one(packed, width, i) as i64);
                    take(value);
                }
                wanted -= size.min(left).min(wanted);
                left -= size.min(left);
            }
        }
        Ok(self.at)
    }
}

fn zigzag(n: u64) -> i64 {
    (n >> 1) as i64 ^ -((n & 1) as i64)
}

/// Value `index` of those packed in `width` bits, at most 64.
fn one(packed: &[u8], width: usize, index: usize) -> u64 {
    let bit = index * width;
    let bytes = packed.get(bit / 8..).unwrap_or_default();
    let word = match bytes.first_chunk::<16>() {
        Some(word) => u128::from_le_bytes(*word),
        None => bytes.iter().take(16).rev().fold(0, |word, &byte| word << 8 | u128::from(byte)),
    };
    ((word >> (bit % 8)) & ((1u128 << width) - 1)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_format_read() {
        // 1, 2, 3, 4, 5: one block of 128 differences in four parts, all of them 1.
        let data = [0x80, 1, 4, 5, 2, 2, 0, 0, 0, 0];
        let plain = integers::<4>(&data, 5).unwrap();
        assert_eq!(&plain[..], [1i32, 2, 3, 4, 5].map(i32::to_le_bytes).as_flattened());
        assert!(integers::<4>(&data, 6).is_err());
        assert_eq!(unsplit(&[1, 2, 3, 4, 5, 6], 2)[..], [1, 4, 2, 5, 3, 6]);
        // Hello, World: lengths 5 and 5, then the bytes.
        let words = [&[0x80, 1, 4, 2, 10, 0, 0, 0, 0, 0][..], b"HelloWorld"].concat();
        assert_eq!(&with_lengths(&words, 2).unwrap()[..], b"\x05\0\0\0Hello\x05\0\0\0World");
    }

    #[test]
    fn damaged_blocks_are_errors() {
        let data = [0x80u8, 1, 4, 9, 2, 2, 7, 0, 0, 0, 1, 2, 3];
        for end in 0..data.len() {
            assert!(integers::<8>(&data[..end], 9).is_err(), "{end}");
        }
        for sizes in [[0u8, 4], [7, 4], [16, 0], [16, 4]] {
            assert!(integers::<8>(&[sizes[0], sizes[1], 9, 2, 0, 0, 0, 0, 0, 0, 0], 9).is_err());
        }
        assert!(with_prefixes(&[0x80, 1, 4, 1, 10, 0x80, 1, 4, 1, 2, b'x'], 1, true).is_err());
    }
}
