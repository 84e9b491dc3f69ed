//! The rows that each row looks at. Both ends never move back from one row of a partition to the next.

use weft_core::window::{RangeBound, WindowFrame};
use weft_core::{Error, Result, Series};

use super::arrange::Arrangement;
use super::spec::SpecCall;
use crate::sort::{EncodedKeys, KeyEncoder};

/// First row of each row's frame, and the row behind its last one; equal where the frame is empty.
#[derive(Debug, Default)]
pub(super) struct Frames {
    pub(super) starts: Vec<u32>,
    pub(super) ends: Vec<u32>,
}

/// The values that the ends of a range are compared with, encoded as their key sorts.
struct Values {
    key: EncodedKeys,
    bounds: Vec<EncodedKeys>,
}

impl Frames {
    /// The frames of `call`. `range` holds, arranged, the key of a range by values and the values of its bounds.
    pub(super) fn new(call: &SpecCall, arrangement: &Arrangement, range: &[Series]) -> Result<Self> {
        let rows = arrangement.partitions.last().copied().unwrap_or(0) as usize;
        let mut frames = Frames { starts: Vec::with_capacity(rows), ends: Vec::with_capacity(rows) };
        match &call.frame {
            WindowFrame::Whole => frames.push_whole(&arrangement.partitions),
            WindowFrame::Rows { start, end } => frames.push_rows(*start, *end, &arrangement.partitions),
            WindowFrame::Range { start, end, .. } => {
                let values = match &call.range {
                    Some(order) => {
                        let encode = |c: &Series| KeyEncoder::new(std::slice::from_ref(order))?.encode(std::slice::from_ref(c));
                        let mut columns = range.iter().map(encode).collect::<Result<Vec<_>>>()?.into_iter();
                        let key = columns.next().ok_or_else(|| Error::internal("a range without its key"))?;
                        Some(Values { key, bounds: columns.collect() })
                    }
                    None => None,
                };
                frames.starts = ends(start, false, values.as_ref(), arrangement)?;
                frames.ends = ends(end, true, values.as_ref(), arrangement)?;
                frames.starts.iter().zip(&mut frames.ends).for_each(|(start, end)| *end = (*end).max(*start));
            }
        }
        Ok(frames)
    }

    fn push_whole(&mut self, partitions: &[u32]) {
        for pair in partitions.windows(2) {
            let rows = pair[1] as usize;
            self.starts.resize(rows, pair[0]);
            self.ends.resize(rows, pair[1]);
        }
    }

    fn push_rows(&mut self, start: Option<i64>, end: Option<i64>, partitions: &[u32]) {
        for pair in partitions.windows(2) {
            let (first, behind) = (i64::from(pair[0]), i64::from(pair[1]));
            let at = |row: i64, offset: i64| row.saturating_add(offset).clamp(first, behind) as u32;
            for row in first..behind {
                let from = start.map_or(pair[0], |offset| at(row, offset));
                let to = end.map_or(pair[1], |offset| at(row, offset.saturating_add(1)));
                self.starts.push(from);
                self.ends.push(to.max(from));
            }
        }
    }
}

/// One end of each row's frame: the first row of it, or the one behind its last.
fn ends(bound: &RangeBound, is_end: bool, values: Option<&Values>, arrangement: &Arrangement) -> Result<Vec<u32>> {
    let runs = match bound {
        RangeBound::Unbounded => &arrangement.partitions,
        RangeBound::Peers => &arrangement.peers,
        RangeBound::Value(_) => return by_value(is_end, values, &arrangement.partitions),
    };
    let mut ends = Vec::new();
    for pair in runs.windows(2) {
        ends.resize(pair[1] as usize, if is_end { pair[1] } else { pair[0] });
    }
    Ok(ends)
}

/// The end's value is at the first bound for a start, at the last one for an end.
fn by_value(is_end: bool, values: Option<&Values>, partitions: &[u32]) -> Result<Vec<u32>> {
    let bounds = values.and_then(|v| if is_end { v.bounds.last() } else { v.bounds.first() });
    let (Some(values), Some(bounds)) = (values, bounds) else {
        return Err(Error::internal("a range without the values of its bounds"));
    };
    let mut ends = Vec::with_capacity(bounds.len());
    for pair in partitions.windows(2) {
        let mut at = pair[0];
        for row in pair[0]..pair[1] {
            // Rows before a start are less than its value; rows up to an end are not greater.
            let passed = |at: u32| {
                let order = values.key.compare(at as usize, bounds, row as usize);
                if is_end { order.is_le() } else { order.is_lt() }
            };
            while at < pair[1] && passed(at) {
                at += 1;
            }
            ends.push(at);
        }
    }
    Ok(ends)
}
