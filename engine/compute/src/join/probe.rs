//! Looking up probe rows.

#![allow(unsafe_code)]

use std::sync::Arc;

use arrow::buffer::BooleanBuffer;
use weft_core::{Error, Result, Series};

use super::{BuildRow, JoinTable};
use crate::hash::prepare;
use crate::rows::{BATCH_ROWS, Column, KeyBatch, Longs, partition_of, prefetch};

/// One thread's probe. Made by [`JoinTable::probe`].
#[derive(Debug)]
pub struct JoinProbe {
    table: Arc<JoinTable>,
    batch: KeyBatch,
    hashes: Vec<u64>,
    /// For each probe row its first build row, or none.
    heads: Vec<BuildRow>,
    scratch: Scratch,
    /// The probe row whose matches come next, and the one of them to begin with.
    cursor: (usize, BuildRow),
    probe: Vec<u32>,
    build: Vec<BuildRow>,
}

#[derive(Debug, Default)]
struct Scratch {
    open: Vec<u32>,
    candidates: Vec<u32>,
    probes: Vec<usize>,
    pointers: Vec<*mut u8>,
}

// SAFETY: the pointers are scratch that no call reads from another's.
unsafe impl Send for Scratch {}

/// Pairs of rows whose keys are equal, in the order of the probe rows.
#[derive(Debug, Clone, Copy)]
pub struct JoinMatches<'a> {
    /// Numbers of probe rows in their chunk.
    pub probe: &'a [u32],
    /// The build row for each.
    pub build: &'a [BuildRow],
}

impl JoinProbe {
    pub(super) fn new(table: Arc<JoinTable>) -> Self {
        JoinProbe {
            table,
            batch: KeyBatch::default(),
            hashes: Vec::new(),
            heads: Vec::new(),
            scratch: Scratch::default(),
            cursor: (0, BuildRow::NONE),
            probe: Vec::new(),
            build: Vec::new(),
        }
    }

    /// Looks up the keys of a chunk of `rows` rows.
    pub fn begin(&mut self, keys: &[Series], rows: usize) -> Result<()> {
        let table = Arc::clone(&self.table);
        if keys.len() != table.spec.layout.keys.len() {
            return Err(Error::internal("a join was probed with other keys than its own"));
        }
        self.heads.clear();
        self.heads.resize(rows, BuildRow::NONE);
        if table.rows() > 0 {
            let columns = prepare(&table.spec.layout, keys, rows, &mut self.hashes)?;
            for start in (0..rows).step_by(BATCH_ROWS) {
                self.look_up(&table, &columns, start, rows.min(start + BATCH_ROWS));
            }
        }
        self.cursor = (0, self.heads.first().copied().unwrap_or(BuildRow::NONE));
        Ok(())
    }

    fn look_up(&mut self, table: &JoinTable, columns: &[Column], start: usize, end: usize) {
        let (layout, longs) = (&*table.spec.layout, Longs::columns(columns));
        self.batch.read_columns(layout, columns, start, end - start);
        let Scratch { open, candidates, probes, pointers } = &mut self.scratch;
        let (hashes, heads) = (&self.hashes[start..end], &mut self.heads[start..end]);
        open.clear();
        open.extend((0..hashes.len() as u32).filter(|&i| !table.slots[partition_of(hashes[i as usize])].is_empty()));
        for (column, _) in columns.iter().zip(&table.spec.null_safe).filter(|(_, safe)| !**safe) {
            if let Some(nulls) = &column.nulls {
                open.retain(|&i| nulls.is_valid(start + i as usize));
            }
        }
        probes.clear();
        probes.extend(hashes.iter().map(|&h| table.slots[partition_of(h)].start(h)));
        pointers.clear();
        pointers.resize(hashes.len(), std::ptr::null_mut());
        while !open.is_empty() {
            candidates.clear();
            for &i in open.iter() {
                let at = i as usize;
                let (slot, found) = table.slots[partition_of(hashes[at])].seek(probes[at], hashes[at]);
                if let Some(address) = found {
                    probes[at] = slot;
                    pointers[at] = table.store.pointer(address);
                    prefetch(pointers[at]);
                    heads[at] = BuildRow(address);
                    candidates.push(i);
                }
            }
            open.clear();
            // SAFETY: the candidates point at rows of the table, whose keys are no longer changed.
            unsafe { self.batch.compare(layout, &longs, candidates, pointers, &table.store.heap, open) };
            for &i in open.iter() {
                let at = i as usize;
                probes[at] = table.slots[partition_of(hashes[at])].after(probes[at]);
                heads[at] = BuildRow::NONE;
            }
        }
    }

    /// For each probe row whether it has a match: semi, anti and mark joins need no more.
    pub fn matched(&self) -> BooleanBuffer {
        BooleanBuffer::collect_bool(self.heads.len(), |i| self.heads[i] != BuildRow::NONE)
    }

    /// For each probe row its first match, or [`BuildRow::NONE`]; all there is when the table is unique.
    pub fn first_matches(&self) -> &[BuildRow] {
        &self.heads
    }

    /// The next pairs, at most `max_rows` of them, in the order of the probe rows; nothing at the end.
    pub fn next(&mut self, max_rows: usize) -> Option<JoinMatches<'_>> {
        self.probe.clear();
        self.build.clear();
        let (mut row, mut build) = self.cursor;
        while row < self.heads.len() && self.probe.len() < max_rows.max(1) {
            if build != BuildRow::NONE {
                self.probe.push(row as u32);
                self.build.push(build);
                if let Some(next) = self.table.next(build.0) {
                    build = BuildRow(next);
                    continue;
                }
            }
            row += 1;
            build = self.heads.get(row).copied().unwrap_or(BuildRow::NONE);
        }
        self.cursor = (row, build);
        (!self.probe.is_empty()).then_some(JoinMatches { probe: &self.probe, build: &self.build })
    }
}
