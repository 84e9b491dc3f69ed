//! Runs and bit-packed groups in turn (Parquet's RLE hybrid): dictionary codes, definition levels, booleans.

use arrow::array::BooleanBufferBuilder;
use arrow::buffer::BooleanBuffer;
use bytes::Bytes;
use weft_core::{Error, Result};

/// Values in a block that is unpacked at once.
const BLOCK: usize = 32;

/// A stretch of encoded values, read from front to back.
pub(super) struct Hybrid {
    data: Bytes,
    /// The byte after the run at hand.
    at: usize,
    /// Bits of a value, at most 32.
    width: usize,
    run: Run,
}

/// What is left of the run at hand.
#[derive(Clone, Copy)]
enum Run {
    Same {
        value: u32,
        left: usize,
    },
    /// Values from `next` on of those packed from byte `start` up to byte [`Hybrid::at`].
    Packed {
        start: usize,
        next: usize,
        left: usize,
    },
}

impl Run {
    fn left(self) -> usize {
        match self {
            Run::Same { left, .. } | Run::Packed { left, .. } => left,
        }
    }
}

impl Hybrid {
    /// Values of `width` bits.
    pub(super) fn new(data: Bytes, width: usize) -> Result<Self> {
        if width > 32 {
            return Err(Error::format(format!("codes of {width} bits")));
        }
        Ok(Hybrid { data, at: 0, width, run: Run::Same { value: 0, left: 0 } })
    }

    /// Appends the next `n` values to `out`.
    pub(super) fn read(&mut self, n: usize, out: &mut Vec<u32>) -> Result<()> {
        out.reserve(n);
        self.each_run(n, |hybrid, run, n| match run {
            Run::Same { value, .. } => out.resize(out.len() + n, value),
            Run::Packed { start, next, .. } => unpack(&hybrid.data[start..hybrid.at], hybrid.width, next, n, out),
        })
    }

    /// Appends those of the next `span` values that stand at `indices`, ascending, counted from here, and passes all.
    pub(super) fn pick(&mut self, mut indices: &[u32], span: usize, out: &mut Vec<u32>) -> Result<()> {
        out.reserve(indices.len());
        let mut passed = 0;
        self.each_run(span, |hybrid, run, n| {
            let (here, later) = indices.split_at(indices.partition_point(|&i| (i as usize) < passed + n));
            match run {
                Run::Same { value, .. } => out.resize(out.len() + here.len(), value),
                Run::Packed { start, next, .. } => {
                    let packed = &hybrid.data[start..hybrid.at];
                    out.extend(here.iter().map(|&i| one(packed, hybrid.width, next + i as usize - passed)));
                }
            }
            (passed, indices) = (passed + n, later);
        })
    }

    /// Passes the next `n` values.
    pub(super) fn skip(&mut self, n: usize) -> Result<()> {
        self.each_run(n, |_, _, _| {})
    }

    /// The first `n` values, of one bit each, as bits.
    pub(super) fn bits(mut self, n: usize) -> Result<BooleanBuffer> {
        let mut bits = BooleanBufferBuilder::new(n);
        let mut odd = false;
        self.each_run(n, |hybrid, run, n| match run {
            Run::Same { value, .. } => {
                odd |= value > 1;
                bits.append_n(n, value == 1);
            }
            Run::Packed { start, next, .. } => bits.append_packed_range(next..next + n, &hybrid.data[start..hybrid.at]),
        })?;
        if odd {
            return Err(Error::format("a level or bit is greater than 1"));
        }
        Ok(bits.finish())
    }

    /// Whether the next `n` values are one run of `value`.
    pub(super) fn is_all(&mut self, value: u32, n: usize) -> Result<bool> {
        if self.run.left() == 0 && n > 0 {
            self.next_run()?;
        }
        Ok(matches!(self.run, Run::Same { value: same, left } if same == value && left >= n))
    }

    /// Calls `take` with each part of a run, and the values to take of it, until `n` values are taken.
    fn each_run(&mut self, mut n: usize, mut take: impl FnMut(&Self, Run, usize)) -> Result<()> {
        while n > 0 {
            if self.run.left() == 0 {
                self.next_run()?;
            }
            let part = self.run.left().min(n);
            take(self, self.run, part);
            match &mut self.run {
                Run::Same { left, .. } => *left -= part,
                Run::Packed { next, left, .. } => (*next, *left) = (*next + part, *left - part),
            }
            n -= part;
        }
        Ok(())
    }

    fn next_run(&mut self) -> Result<()> {
        while self.run.left() == 0 {
            let header = varint(&self.data, &mut self.at)?;
            let count = usize::try_from(header >> 1).unwrap_or(usize::MAX);
            let rest = self.data.len() - self.at;
            self.run = if header & 1 == 1 {
                // The last group of a page may be cut short by its writer.
                let bytes = count.saturating_mul(self.width).min(rest);
                let whole = (bytes * 8).checked_div(self.width).unwrap_or(usize::MAX);
                let (start, left) = (self.at, whole.min(count.saturating_mul(8)));
                self.at += bytes;
                Run::Packed { start, next: 0, left }
            } else {
                let bytes = self.width.div_ceil(8);
                let value = self.data.get(self.at..self.at + bytes).ok_or_else(ends_early)?;
                let mut wide = [0; 4];
                wide[..bytes].copy_from_slice(value);
                self.at += bytes;
                Run::Same { value: u32::from_le_bytes(wide), left: count }
            };
        }
        Ok(())
    }
}

/// An unsigned number in groups of seven bits, the lowest first.
pub(super) fn varint(data: &[u8], at: &mut usize) -> Result<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let byte = *data.get(*at).ok_or_else(ends_early)?;
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Error::format("a number has no end"))
}

pub(super) fn ends_early() -> Error {
    Error::format("a page ends before its values")
}

/// Value `index` of those packed into `packed`.
#[inline]
fn one(packed: &[u8], width: usize, index: usize) -> u32 {
    let bit = index * width;
    let bytes = packed.get(bit / 8..).unwrap_or_default();
    let word = match bytes.first_chunk::<8>() {
        Some(word) => u64::from_le_bytes(*word),
        None => bytes.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)),
    };
    ((word >> (bit % 8)) & ((1u64 << width) - 1)) as u32
}

/// Appends `n` values from value `first` on.
fn unpack(packed: &[u8], width: usize, first: usize, n: usize, out: &mut Vec<u32>) {
    let end = first + n;
    // Every eighth value begins with a byte.
    let aligned = first.next_multiple_of(8).min(end);
    out.extend((first..aligned).map(|i| one(packed, width, i)));
    let blocks = (end - aligned) / BLOCK;
    let from = aligned * width / 8;
    if let Some(bytes) = packed.get(from..from + blocks * BLOCK * width / 8) {
        unpack_blocks(bytes, width, blocks, out);
        out.extend((aligned + blocks * BLOCK..end).map(|i| one(packed, width, i)));
    } else {
        out.extend((aligned..end).map(|i| one(packed, width, i)));
    }
}

/// One loop for each width, so that the compiler knows every shift.
fn unpack_blocks(bytes: &[u8], width: usize, blocks: usize, out: &mut Vec<u32>) {
    macro_rules! widths {
        ($($w:literal)*) => {
            match width {
                $($w => blocks_of::<$w>(bytes, out),)*
                _ => out.resize(out.len() + blocks * BLOCK, 0),
            }
        };
    }
    widths!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32);
}

fn blocks_of<const W: usize>(bytes: &[u8], out: &mut Vec<u32>) {
    let mask = if W == 32 { u32::MAX } else { (1 << W) - 1 };
    for block in bytes.chunks_exact(BLOCK / 8 * W) {
        let mut words = [0u32; 33];
        for (word, bytes) in words.iter_mut().zip(block.as_chunks::<4>().0) {
            *word = u32::from_le_bytes(*bytes);
        }
        let mut values = [0u32; BLOCK];
        for (i, value) in values.iter_mut().enumerate() {
            let (word, shift) = (i * W / 32, i * W % 32);
            // Both words as one: a value may lie across them.
            let pair = u64::from(words[word]) | u64::from(words[word + 1]) << 32;
            *value = (pair >> shift) as u32 & mask;
        }
        out.extend_from_slice(&values);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `values` as one bit-packed run, cut to whole bytes of the last value.
    fn packed(values: &[u32], width: usize) -> Vec<u8> {
        let mut data = vec![(values.len().div_ceil(8) as u8) << 1 | 1];
        assert!(values.len() < 500);
        let mut bits = vec![0u8; (values.len().next_multiple_of(8) * width).div_ceil(8)];
        for (i, &value) in values.iter().enumerate() {
            for b in 0..width {
                bits[(i * width + b) / 8] |= ((value >> b & 1) as u8) << ((i * width + b) % 8);
            }
        }
        data.extend(bits);
        data
    }

    fn same(value: u32, count: usize, width: usize) -> Vec<u8> {
        let mut data = vec![(count as u8) << 1];
        data.extend(&value.to_le_bytes()[..width.div_ceil(8)]);
        data
    }

    #[test]
    fn every_width_reads_picks_and_skips() {
        for width in 0..=32usize {
            let mask = ((1u64 << width) - 1) as u32;
            let first: Vec<u32> = (0..160u32).map(|i| i.wrapping_mul(0x9e37_79b9) & mask).collect();
            let last: Vec<u32> = (0..40u32).map(|i| i.wrapping_mul(0x85eb_ca6b) & mask).collect();
            let data: Bytes = [packed(&first, width), same(mask, 21, width), packed(&last, width)].concat().into();
            let expected = [first.clone(), vec![mask; 21], last].concat();
            for steps in [&[221][..], &[1, 3, 100, 7, 60, 49, 1], &[13; 17]] {
                let mut hybrid = Hybrid::new(data.clone(), width).unwrap();
                let mut out = Vec::new();
                steps.iter().for_each(|&n| hybrid.read(n, &mut out).unwrap());
                assert_eq!(out, expected, "width {width}");
            }
            let mut hybrid = Hybrid::new(data.clone(), width).unwrap();
            let mut out = Vec::new();
            hybrid.skip(5).unwrap();
            let indices: Vec<u32> = (0..200).filter(|i| i % 3 == 1).collect();
            hybrid.pick(&indices, 200, &mut out).unwrap();
            hybrid.read(16, &mut out).unwrap();
            let picked = indices.iter().map(|&i| expected[i as usize + 5]).chain(expected[205..].iter().copied());
            assert_eq!(out, picked.collect::<Vec<u32>>(), "width {width}");
        }
    }

    #[test]
    fn data_that_end_early_are_an_error() {
        for data in [&[][..], &[0x80], &[9], &[5, 1], &[0xff; 12], &[0, 0, 0]] {
            let mut out = Vec::new();
            let mut hybrid = Hybrid::new(Bytes::copy_from_slice(data), 3).unwrap();
            assert!(hybrid.read(1_000, &mut Vec::new()).is_err(), "{data:?}");
            let mut hybrid = Hybrid::new(Bytes::copy_from_slice(data), 3).unwrap();
            let _ = hybrid.pick(&[0, 1, 900], 1000, &mut out);
        }
        assert!(Hybrid::new(Bytes::new(), 33).is_err());
    }

    #[test]
    fn bits_come_from_runs_and_groups() {
        let data: Bytes = [same(1, 5, 1), packed(&[1, 0, 1, 1, 0, 0, 0, 1], 1), same(0, 3, 1)].concat().into();
        let bits = Hybrid::new(data.clone(), 1).unwrap().bits(16).unwrap();
        let expected = [1, 1, 1, 1, 1, 1, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0].map(|b| b == 1);
        assert_eq!(bits.iter().collect::<Vec<_>>(), expected);
        assert!(Hybrid::new(data.clone(), 1).unwrap().is_all(1, 5).unwrap());
        assert!(!Hybrid::new(data, 1).unwrap().is_all(1, 6).unwrap());
        assert!(Hybrid::new(same(2, 4, 1).into(), 1).unwrap().bits(4).is_err());
    }
}
