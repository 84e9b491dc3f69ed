//! Numbers for the keys of rows: equal keys get the same, new ones the next.

#![allow(unsafe_code)]

use std::sync::Arc;

use weft_core::{CancelToken, Error, Reservation, Result, Series, Type};

use crate::hash::prepare;
use crate::rows::{BATCH_ROWS, Extras, Layout, Longs, RowTable};

/// Numbers keys from 0 by first appearance. Nulls are a key.
#[derive(Debug)]
pub struct GroupIds {
    layout: Arc<Layout>,
    table: RowTable,
    count: u32,
    rows: Vec<*mut u8>,
    hashes: Vec<u64>,
}

// SAFETY: the pointers are to rows of the table's own store, which moves with it.
unsafe impl Send for GroupIds {}

impl GroupIds {
    /// For keys of these types, for the operator that `reservation` belongs to; `cancel` ends it while it grows.
    pub fn new(keys: &[Type], reservation: &Reservation, cancel: &CancelToken) -> Result<Self> {
        let layout = Arc::new(Layout::new(keys, &[], &[size_of::<u64>()], Extras::default())?);
        let table = RowTable::new(Arc::clone(&layout), 0, reservation, cancel)?;
        Ok(GroupIds { layout, table, count: 0, rows: Vec::new(), hashes: Vec::new() })
    }

    /// How many keys were met.
    pub fn len(&self) -> usize {
        self.count as usize
    }

    /// Whether none was met.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Appends the number of each row's key to `ids`.
    ///
    /// # Errors
    /// When the memory limit refuses, or there are more than 4 billion keys.
    pub fn assign(&mut self, keys: &[Series], rows: usize, ids: &mut Vec<u32>) -> Result<()> {
        let mut hashes = std::mem::take(&mut self.hashes);
        let columns = prepare(&self.layout, keys, rows, &mut hashes)?;
        let longs = Longs::columns(&columns);
        let at = self.layout.states[0].0;
        for start in (0..rows).step_by(BATCH_ROWS) {
            let part = &hashes[start..rows.min(start + BATCH_ROWS)];
            let layout = Arc::clone(&self.layout);
            self.table.batch().read_columns(&layout, &columns, start, part.len());
            self.rows.clear();
            self.table.find_or_insert(&longs, part, |_| 0, &mut self.rows)?;
            for &row in &self.rows {
                // SAFETY: a row of our own store, which holds a word at `at`, aligned to 8 and reached by nobody else.
                // A fresh row's word is 0: numbers are kept plus one.
                let number = unsafe { &mut *row.add(at).cast::<u64>() };
                if *number == 0 {
                    self.count =
                        self.count.checked_add(1).ok_or_else(|| Error::unsupported("more than 4 billion different keys"))?;
                    *number = u64::from(self.count);
                }
                ids.push((*number - 1) as u32);
            }
        }
        self.hashes = hashes;
        Ok(())
    }
}
