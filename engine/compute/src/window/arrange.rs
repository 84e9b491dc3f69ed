//! Bringing rows into the order of partitions and sort keys.

use std::cmp::Ordering;

use arrow::array::{ArrayRef, UInt32Array};
use arrow::compute::take;
use weft_core::{CancelToken, Result, Series};

use super::BLOCK_ROWS;
use crate::sort::{EncodedKeys, KeyEncoder, KeyOrder};

/// The rows partition by partition, each in its order; ties as they arrived.
pub(super) struct Arrangement {
    /// The input's row at each place; nothing where rows stay as they are.
    order: Option<UInt32Array>,
    /// The place of each row of the input.
    places: Option<UInt32Array>,
    /// Where each partition begins, and the end of the last one.
    pub(super) partitions: Vec<u32>,
    /// Where each run of equal sort keys begins, and the end of the last one; empty where nobody asks.
    pub(super) peers: Vec<u32>,
}

impl Arrangement {
    /// Arranges `rows` rows by the numbers of their partitions (`count` of them; none for a single one), then by the
    /// columns of `order`.
    pub(super) fn new(
        rows: usize,
        ids: Option<(&[u32], usize)>,
        order: (&[KeyOrder], &[Series]),
        wants_peers: bool,
        cancel: &CancelToken,
    ) -> Result<Self> {
        let (partitions, mut by_id) = match ids {
            None => (vec![0, rows as u32], None),
            Some((ids, count)) => counted(ids, count),
        };
        let (orders, columns) = order;
        let mut peers = Vec::new();
        if !orders.is_empty() {
            let keys = KeyEncoder::new(orders)?.encode(columns)?;
            let sorted = by_id.get_or_insert_with(|| (0..rows as u32).collect());
            for pair in partitions.windows(2) {
                cancel.check()?;
                sort_rows(&keys, &mut sorted[pair[0] as usize..pair[1] as usize], cancel)?;
            }
            if wants_peers {
                peers = runs(&keys, sorted, &partitions);
            }
        }
        cancel.check()?;
        let stays = by_id.as_ref().is_none_or(|order| order.iter().enumerate().all(|(at, &row)| at == row as usize));
        let order = by_id.filter(|_| !stays);
        let places = order.as_ref().map(|order| {
            let mut places = vec![0u32; order.len()];
            for (at, &row) in order.iter().enumerate() {
                places[row as usize] = at as u32;
            }
            UInt32Array::from(places)
        });
        Ok(Arrangement { order: order.map(UInt32Array::from), places, partitions, peers })
    }

    /// A column of the input, arranged.
    pub(super) fn arranged(&self, column: &Series) -> Result<Series> {
        match &self.order {
            None => Ok(column.clone()),
            Some(order) => column.take(order),
        }
    }

    /// An arranged column as the input stands.
    pub(super) fn restored(&self, column: ArrayRef) -> Result<ArrayRef> {
        match &self.places {
            None => Ok(column),
            Some(places) => Ok(take(&column, places, None)?),
        }
    }

    /// The first place in the input of each partition, given the place of each of its rows.
    pub(super) fn appearance(&self, arrival: &[u64]) -> Vec<u64> {
        let row = |at: u32| self.order.as_ref().map_or(at, |order| order.value(at as usize));
        let first = |pair: &[u32]| (pair[0]..pair[1]).filter_map(|at| arrival.get(row(at) as usize)).min().copied();
        self.partitions.windows(2).map(|pair| first(pair).unwrap_or(0)).collect()
    }

    /// The number of each row's partition.
    pub(super) fn numbers(&self) -> Vec<u32> {
        let mut numbers = Vec::with_capacity(self.partitions.last().copied().unwrap_or(0) as usize);
        for (number, pair) in self.partitions.windows(2).enumerate() {
            numbers.resize(numbers.len() + (pair[1] - pair[0]) as usize, number as u32);
        }
        numbers
    }
}

/// Where each number's rows begin, and the rows in the order of their numbers.
fn counted(ids: &[u32], count: usize) -> (Vec<u32>, Option<Vec<u32>>) {
    let mut starts = vec![0u32; count + 1];
    for &id in ids {
        starts[id as usize + 1] += 1;
    }
    for id in 0..count {
        starts[id + 1] += starts[id];
    }
    let mut next = starts.clone();
    let mut order = vec![0u32; ids.len()];
    for (row, &id) in ids.iter().enumerate() {
        let at = &mut next[id as usize];
        order[*at as usize] = row as u32;
        *at += 1;
    }
    (starts, Some(order))
}

/// Sorts rows by key, then by number.
fn sort_rows(keys: &EncodedKeys, rows: &mut [u32], cancel: &CancelToken) -> Result<()> {
    match keys {
        EncodedKeys::Fixed(keys) => {
            // The keys beside the rows: comparing then stays in the cache.
            let mut pairs: Vec<(u128, u32)> = rows.iter().map(|&row| (keys[row as usize], row)).collect();
            sort_checked(&mut pairs, |a, b| a.cmp(b), cancel)?;
            rows.iter_mut().zip(pairs).for_each(|(row, (_, sorted))| *row = sorted);
            Ok(())
        }
        keys => sort_checked(rows, |&a, &b| keys.compare(a as usize, keys, b as usize).then(a.cmp(&b)), cancel),
    }
}

/// Sorts small pieces and merges them pairwise, so that the token is looked at in between.
fn sort_checked<T: Copy>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering, cancel: &CancelToken) -> Result<()> {
    for piece in items.chunks_mut(BLOCK_ROWS) {
        piece.sort_unstable_by(&compare);
        if piece.len() == BLOCK_ROWS {
            cancel.check()?;
        }
    }
    let mut length = BLOCK_ROWS;
    let mut merged: Vec<T> = Vec::new();
    while length < items.len() {
        merged.clear();
        for pair in items.chunks(2 * length) {
            cancel.check()?;
            let (left, right) = pair.split_at(length.min(pair.len()));
            merge(left, right, &compare, &mut merged);
        }
        items.copy_from_slice(&merged);
        length *= 2;
    }
    Ok(())
}

fn merge<T: Copy>(left: &[T], right: &[T], compare: impl Fn(&T, &T) -> Ordering, to: &mut Vec<T>) {
    let (mut i, mut j) = (0, 0);
    while i < left.len() && j < right.len() {
        if compare(&right[j], &left[i]).is_lt() {
            to.push(right[j]);
            j += 1;
        } else {
            to.push(left[i]);
            i += 1;
        }
    }
    to.extend_from_slice(&left[i..]);
    to.extend_from_slice(&right[j..]);
}

/// Where runs of equal keys begin in each partition, and the end of the last one.
fn runs(keys: &EncodedKeys, sorted: &[u32], partitions: &[u32]) -> Vec<u32> {
    let mut starts = Vec::new();
    for pair in partitions.windows(2).filter(|pair| pair[0] < pair[1]) {
        starts.push(pair[0]);
        for at in pair[0] + 1..pair[1] {
            let (before, row) = (sorted[at as usize - 1] as usize, sorted[at as usize] as usize);
            if keys.compare(before, keys, row).is_ne() {
                starts.push(at);
            }
        }
    }
    starts.push(sorted.len() as u32);
    starts
}

#[cfg(test)]
mod tests {
    use arrow::array::{AsArray, Int64Array};
    use arrow::datatypes::Int64Type;
    use weft_core::Type;

    use super::*;

    #[test]
    fn rows_come_by_partition_then_key_and_go_back() {
        let keys = Series::new(Type::Int64, std::sync::Arc::new(Int64Array::from(vec![5, 1, 3, 1, 2]))).unwrap();
        let orders = [KeyOrder { ty: Type::Int64, descending: false, nulls_first: false }];
        let cancel = CancelToken::new();
        let ids = [0, 1, 0, 1, 1];
        let arranged = Arrangement::new(5, Some((&ids, 2)), (&orders, std::slice::from_ref(&keys)), true, &cancel).unwrap();
        assert_eq!(arranged.partitions, [0, 2, 5]);
        assert_eq!(arranged.peers, [0, 1, 2, 4, 5]);
        let sorted = arranged.arranged(&keys).unwrap().to_flat().unwrap();
        assert_eq!(sorted.as_primitive::<Int64Type>().values(), &[3, 5, 1, 1, 2]);
        let back = arranged.restored(sorted).unwrap();
        assert_eq!(back.as_primitive::<Int64Type>().values(), &[5, 1, 3, 1, 2]);
        assert_eq!(arranged.appearance(&[10, 11, 12, 13, 14]), [10, 11]);
        assert_eq!(arranged.numbers(), [0, 0, 1, 1, 1]);
    }

    #[test]
    fn long_partitions_are_sorted_in_pieces() {
        let count = 3 * BLOCK_ROWS as i64 + 17;
        let values: Vec<i64> = (0..count).map(|i| i * 7919 % count).collect();
        let keys = Series::new(Type::Int64, std::sync::Arc::new(Int64Array::from(values))).unwrap();
        let orders = [KeyOrder { ty: Type::Int64, descending: true, nulls_first: false }];
        let arranged =
            Arrangement::new(count as usize, None, (&orders, std::slice::from_ref(&keys)), false, &CancelToken::new()).unwrap();
        let sorted = arranged.arranged(&keys).unwrap().to_flat().unwrap();
        assert!(sorted.as_primitive::<Int64Type>().values().is_sorted_by(|a, b| a >= b));
    }
}
