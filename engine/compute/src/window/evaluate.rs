//! The results of all windows over some whole partitions.

use arrow::array::{Array, ArrayRef, BooleanArray, UInt32Array};
use arrow::compute::{concat, nullif};
use weft_core::window::{RangeBound, WindowFrame};
use weft_core::{Aggregator, CancelToken, Error, Framing, Reservation, Result, Series, WindowKernel, WindowRows};

use super::arrange::Arrangement;
use super::fold::Numbers;
use super::frames::Frames;
use super::sorted::Arguments;
use super::spec::{SpecCall, What, WindowSpec};
use super::{BLOCK_ROWS, distinct, fold, pick, prefix, refold, tree};
use crate::group::GroupIds;

/// All rows of some partitions, as they stand in the input.
#[derive(Debug, Default)]
pub struct WindowInput {
    /// How many.
    pub rows: usize,
    /// What partitions are made by.
    pub keys: Vec<Series>,
    /// What they are sorted by.
    pub order: Vec<Series>,
    /// What each call reads.
    pub calls: Vec<CallInput>,
    /// The place of each row in the input; empty unless the spec [asks for it](WindowSpec::reads_arrival).
    pub arrival: Vec<u64>,
}

/// What one call reads, a value for each row.
#[derive(Debug, Default)]
pub struct CallInput {
    /// Its arguments, in the resolved types.
    pub args: Vec<Series>,
    /// Only rows where this is true count; null is false.
    pub filter: Option<Series>,
    /// For a range by values: the key, then the values of the bounds that have one.
    pub range: Vec<Series>,
}

/// What the calls share.
struct Shared<'a> {
    input: &'a WindowInput,
    ids: Option<UInt32Array>,
    partitions: usize,
    arrangement: Option<Arrangement>,
    reservation: &'a Reservation,
    cancel: &'a CancelToken,
}

impl WindowSpec {
    /// A column of results for each call, in the order of the input.
    ///
    /// # Errors
    /// When the memory limit refuses, naming the operator that `reservation` belongs to; when an aggregate fails, at its
    /// place; when the query is cancelled.
    pub fn evaluate(&self, input: &WindowInput, reservation: &Reservation, cancel: &CancelToken) -> Result<Vec<ArrayRef>> {
        if u32::try_from(input.rows).is_err() {
            return Err(Error::unsupported("a window over more than 4 billion rows that belong together"));
        }
        let mut held = reservation.sibling();
        held.try_grow(input.rows * self.bytes_a_row())?;
        let (ids, partitions) = self.numbered(input, reservation, cancel)?;
        let mut shared = Shared { input, ids, partitions, arrangement: None, reservation, cancel };
        if !self.calls.iter().all(SpecCall::is_folded) {
            let ids = shared.ids.as_ref().map(|ids| (&ids.values()[..], partitions));
            let peers = self.calls.iter().any(SpecCall::needs_peers);
            let order = (self.orders.as_slice(), input.order.as_slice());
            shared.arrangement = Some(Arrangement::new(input.rows, ids, order, peers, cancel)?);
        }
        let mut frames: Vec<(&WindowFrame, Frames)> = Vec::new();
        let mut results = Vec::with_capacity(self.calls.len());
        for (call, own) in self.calls.iter().zip(&input.calls) {
            cancel.check()?;
            let mut bytes = reservation.sibling();
            // The arguments once more as they are arranged, and the results in pieces, as one, and back in place.
            bytes.try_grow((own.args.len() + 2) * input.rows * 16)?;
            results.push(shared.result(call, own, &mut frames).map_err(|e| e.at(call.origin))?);
        }
        Ok(results)
    }

    /// Bytes that each row takes besides columns: numbers of partitions, order and places, keys while they are sorted (with
    /// the rows beside them, and once more where two runs merge), frames.
    fn bytes_a_row(&self) -> usize {
        let (keyed, sorted) = (!self.keys.is_empty(), !self.orders.is_empty());
        let arranged = keyed && !self.calls.iter().all(SpecCall::is_folded) || sorted;
        let frames = self.calls.iter().filter(|c| c.reads_frames()).count();
        4 * usize::from(keyed) + 12 * usize::from(arranged) + 80 * usize::from(sorted) + 8 * frames
    }

    /// The numbers of the rows' partitions, and how many there are.
    fn numbered(
        &self,
        input: &WindowInput,
        reservation: &Reservation,
        cancel: &CancelToken,
    ) -> Result<(Option<UInt32Array>, usize)> {
        if self.keys.is_empty() {
            return Ok((None, 1));
        }
        let mut known = GroupIds::new(&self.keys, reservation, cancel)?;
        let mut ids = Vec::with_capacity(input.rows);
        for start in (0..input.rows).step_by(BLOCK_ROWS) {
            cancel.check()?;
            let length = BLOCK_ROWS.min(input.rows - start);
            let part: Vec<Series> = input.keys.iter().map(|k| k.slice(start, length)).collect();
            known.assign(&part, length, &mut ids)?;
        }
        Ok((Some(ids.into()), known.len()))
    }
}

impl<'s> Shared<'s> {
    fn result(&self, call: &'s SpecCall, own: &CallInput, frames: &mut Vec<(&'s WindowFrame, Frames)>) -> Result<ArrayRef> {
        if let (What::Aggregate { aggregator, .. }, true) = (&call.what, call.is_folded()) {
            let numbers = Numbers { ids: self.ids.as_ref(), count: self.partitions };
            let mut args = Arguments::new(own, self.input.rows, None)?;
            if call.distinct {
                args = fold::distinct(args, &numbers, self.reservation, self.cancel)?;
            }
            return fold::whole(&**aggregator, &args, &numbers, self.reservation, self.cancel);
        }
        let arrangement = self.arrangement.as_ref().ok_or_else(|| Error::internal("windows that were not arranged"))?;
        let sorted = match &call.what {
            What::Function { kernel, reads_frame, reads_appearance, .. } => {
                let frame = if *reads_frame { Some(self.frames(call, own, arrangement, frames)?) } else { None };
                let appearance = if *reads_appearance { arrangement.appearance(&self.input.arrival) } else { Vec::new() };
                self.function(&**kernel, own, arrangement, frame, &appearance)?
            }
            What::Aggregate { aggregator, framing, .. } => {
                let args = Arguments::new(own, self.input.rows, Some(arrangement))?;
                let frame = self.frames(call, own, arrangement, frames)?;
                let result = self.aggregate(call, &**aggregator, *framing, &args, frame)?;
                if call.min_periods > 0 { enough(result, &args, frame, call.min_periods)? } else { result }
            }
        };
        arrangement.restored(sorted)
    }

    /// The frames of a call; calls with equal ones share them.
    fn frames<'f>(
        &self,
        call: &'s SpecCall,
        own: &CallInput,
        arrangement: &Arrangement,
        known: &'f mut Vec<(&'s WindowFrame, Frames)>,
    ) -> Result<&'f Frames> {
        let at = match known.iter().position(|(frame, _)| **frame == call.frame) {
            Some(at) => at,
            None => {
                let range = own.range.iter().map(|c| arrangement.arranged(c)).collect::<Result<Vec<_>>>()?;
                known.push((&call.frame, Frames::new(call, arrangement, &range)?));
                known.len() - 1
            }
        };
        Ok(&known[at].1)
    }

    fn function(
        &self,
        kernel: &dyn WindowKernel,
        own: &CallInput,
        arrangement: &Arrangement,
        frames: Option<&Frames>,
        appearance: &[u64],
    ) -> Result<ArrayRef> {
        let args = own.args.iter().map(|a| arrangement.arranged(a)?.to_flat()).collect::<Result<Vec<_>>>()?;
        let frames: (&[u32], &[u32]) = frames.map_or((&[], &[]), |f| (&f.starts, &f.ends));
        let mut parts = Vec::with_capacity(self.input.rows.div_ceil(BLOCK_ROWS));
        for start in (0..self.input.rows).step_by(BLOCK_ROWS) {
            self.cancel.check()?;
            let block = start as u32..self.input.rows.min(start + BLOCK_ROWS) as u32;
            let (partitions, peers) = (arrangement.partitions.as_slice(), arrangement.peers.as_slice());
            parts.push(kernel.evaluate(&args, &WindowRows { block, partitions, peers, frames, appearance })?);
        }
        joined(&parts)
    }

    fn aggregate(
        &self,
        call: &SpecCall,
        aggregator: &dyn Aggregator,
        framing: Framing,
        args: &Arguments,
        frames: &Frames,
    ) -> Result<ArrayRef> {
        let arrangement = self.arrangement.as_ref().ok_or_else(|| Error::internal("windows that were not arranged"))?;
        let (partitions, reservation, cancel) = (arrangement.partitions.as_slice(), self.reservation, self.cancel);
        match framing {
            Framing::First | Framing::Last => pick::outer(args, frames, framing == Framing::Last),
            Framing::Least | Framing::Greatest => pick::extreme(args, frames, framing == Framing::Greatest, cancel),
            Framing::Distinct => distinct::counts(args, frames, reservation, cancel),
            Framing::Merge | Framing::Refold if call.frame == WindowFrame::Whole => {
                let numbers = UInt32Array::from(arrangement.numbers());
                let numbers = Numbers { ids: Some(&numbers), count: partitions.len() - 1 };
                fold::whole(aggregator, args, &numbers, reservation, cancel)
            }
            Framing::Merge if starts_open(&call.frame) => {
                prefix::from_start(aggregator, args, frames, partitions, reservation, cancel)
            }
            Framing::Merge if ends_open(&call.frame) => prefix::to_end(aggregator, args, frames, partitions, reservation, cancel),
            Framing::Merge => tree::sliding(aggregator, args, frames, reservation, cancel),
            Framing::Refold => refold::each(aggregator, args, frames, reservation, cancel),
        }
    }
}

fn starts_open(frame: &WindowFrame) -> bool {
    matches!(frame, WindowFrame::Rows { start: None, .. } | WindowFrame::Range { start: RangeBound::Unbounded, .. })
}

fn ends_open(frame: &WindowFrame) -> bool {
    matches!(frame, WindowFrame::Rows { end: None, .. } | WindowFrame::Range { end: RangeBound::Unbounded, .. })
}

fn joined(parts: &[ArrayRef]) -> Result<ArrayRef> {
    match parts {
        [one] => Ok(std::sync::Arc::clone(one)),
        parts => Ok(concat(&parts.iter().map(|a| &**a as &dyn Array).collect::<Vec<_>>())?),
    }
}

/// Null where the frame holds fewer than `least` values.
fn enough(result: ArrayRef, args: &Arguments, frames: &Frames, least: u64) -> Result<ArrayRef> {
    let mut before = Vec::with_capacity(args.rows + 1);
    let mut count = 0u64;
    for valid in args.valid()? {
        before.push(count);
        count += u64::from(valid);
    }
    before.push(count);
    let too_few = |(&start, &end): (&u32, &u32)| before[end as usize] - before[start as usize] < least;
    let mask: Vec<bool> = frames.starts.iter().zip(&frames.ends).map(too_few).collect();
    Ok(nullif(&result, &BooleanArray::from(mask))?)
}
