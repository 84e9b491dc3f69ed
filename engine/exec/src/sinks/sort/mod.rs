//! All rows in order. Workers keep chunks with their keys. While everything fits into memory, parts of it are sorted at
//! once and merged when read. A worker that must give way sorts what it holds and writes it out as a run; then all that is
//! left becomes runs, several rounds merge them while there are more than can be read at once, and the rest is merged
//! when read.
//!
//! Merging runs of the size of the memory is as in Knuth, The Art of Computer Programming 3, 5.4. DuckDB and Polars sort
//! so too. Ties keep the input's order: each spilled row carries its place.

mod in_memory;
mod local;
mod output;
mod runs;

use std::sync::Arc;

use parking_lot::Mutex;
use weft_compute::sort::{KeyEncoder, KeyOrder};
use weft_core::error::{Error, Result};
use weft_core::{OperatorMetrics, Reservation};

use self::local::Local;
pub(crate) use self::output::SortOutput;
use self::runs::{RunMerge, RunWriter, SpilledRun, merge_bytes};
use super::run::{KeyedChunk, RowAt};
use crate::pipeline::{LocalSink, Shared, Sink, downcast};

/// Rows that are sorted or merged between two looks at the token.
const CHECK_ROWS: usize = 16_384;

/// Runs that are merged at once at most: more make the heap slow and the reads small.
const MOST_RUNS: usize = 512;

/// Sorts by key columns that stand behind the `width` columns that are kept.
pub(crate) struct SortSink {
    shared: Shared,
    metrics: Arc<OperatorMetrics>,
    encoder: Arc<KeyEncoder>,
    width: usize,
    sorted: Arc<Mutex<Sorted>>,
}

/// Everything that a sort keeps when all input has come.
#[derive(Default)]
enum Sorted {
    #[default]
    Nothing,
    Memory {
        chunks: Arc<Vec<KeyedChunk>>,
        /// Positions in `chunks`, each run sorted.
        runs: Vec<Vec<RowAt>>,
        reservation: Reservation,
    },
    Disk {
        runs: Vec<SpilledRun>,
        /// What the parts of this round do.
        jobs: Vec<Option<Job>>,
    },
}

/// What one part does to make fewer runs.
enum Job {
    /// Writes out what a worker still holds.
    Write(Box<Local>),
    /// Merges the runs of each group.
    Merge(Vec<Vec<SpilledRun>>),
}

impl SortSink {
    pub(crate) fn new(shared: &Shared, orders: Vec<KeyOrder>, width: usize) -> Result<Self> {
        let metrics = shared.metrics.operator("sort");
        let encoder = Arc::new(KeyEncoder::new(&orders)?);
        Ok(SortSink { shared: shared.clone(), metrics, encoder, width, sorted: Arc::default() })
    }

    pub(crate) fn output(&self) -> SortOutput {
        SortOutput::new(&self.shared, Arc::clone(&self.sorted))
    }

    fn seal_in_memory(&self, locals: Vec<Local>, rows: usize) -> usize {
        let mut chunks = Vec::new();
        let mut held = self.shared.pool.reservation("sort");
        for local in locals {
            let (kept, reservation) = local.into_chunks();
            chunks.extend(kept);
            held.absorb(reservation);
        }
        chunks.sort_by_key(|c: &KeyedChunk| c.chunk.position);
        self.metrics.peak_memory.raise(held.bytes() as u64);
        let runs = in_memory::split(&chunks, self.shared.settings.threads(), rows);
        let parts = runs.len();
        *self.sorted.lock() = Sorted::Memory { chunks: Arc::new(chunks), runs, reservation: held };
        parts
    }

    fn seal_on_disk(&self, locals: Vec<Local>) -> Result<usize> {
        let (mut runs, mut jobs) = (Vec::new(), Vec::new());
        for mut local in locals {
            runs.append(&mut local.runs);
            if !local.is_empty() {
                jobs.push(Some(Job::Write(Box::new(local))));
            }
        }
        let parts = jobs.len();
        *self.sorted.lock() = Sorted::Disk { runs, jobs };
        if parts == 0 { self.next_round() } else { Ok(parts) }
    }

    fn sort_in_memory(&self, part: usize) -> Result<()> {
        let (chunks, mut run) = match &mut *self.sorted.lock() {
            Sorted::Memory { chunks, runs, .. } => (Arc::clone(chunks), std::mem::take(&mut runs[part])),
            _ => return Err(out_of_turn()),
        };
        in_memory::sort_run(&chunks, &mut run, self.shared.cancel())?;
        if let Sorted::Memory { runs, .. } = &mut *self.sorted.lock() {
            runs[part] = run;
        }
        Ok(())
    }

    fn do_job(&self, job: Job) -> Result<Vec<SpilledRun>> {
        match job {
            Job::Write(mut local) => {
                local.write_run()?;
                Ok(std::mem::take(&mut local.runs))
            }
            Job::Merge(groups) => {
                let mut writer = RunWriter::new(&self.shared, &self.metrics);
                let merged = |group| {
                    let mut merge = RunMerge::new(&self.shared, group)?;
                    self.metrics.peak_memory.raise(merge.held_bytes() as u64);
                    writer.write_merged(&mut merge)
                };
                groups.into_iter().map(merged).collect()
            }
        }
    }

    /// How many runs can be merged at once if `merges` such merges share half of what memory is left.
    fn fan_in(&self, runs: &[SpilledRun], merges: usize) -> usize {
        let pool = &self.shared.pool;
        let largest = runs.iter().map(SpilledRun::block_bytes).max().unwrap_or(0);
        let budget = pool.limit().saturating_sub(pool.used()) / 2 / merges.max(1);
        (budget / merge_bytes(largest).max(1)).clamp(2, MOST_RUNS)
    }

    /// Takes as many runs, the shortest, as must be merged before the rest can be read at once.
    fn plan_merges(&self, runs: &mut Vec<SpilledRun>) -> Vec<Option<Job>> {
        let last = self.fan_in(runs, 1);
        if runs.len() <= last {
            return Vec::new();
        }
        let threads = self.shared.settings.threads();
        let each = self.fan_in(runs, threads);
        runs.sort_by_key(|run| std::cmp::Reverse(run.rows()));
        let mut groups = Vec::new();
        let mut left = runs.len();
        while left + groups.len() > last && left >= 2 {
            let size = each.min(left);
            groups.push(runs.split_off(left - size));
            left -= size;
        }
        let mut jobs: Vec<Vec<Vec<SpilledRun>>> = (0..threads.min(groups.len())).map(|_| Vec::new()).collect();
        let count = jobs.len();
        groups.into_iter().enumerate().for_each(|(index, group)| jobs[index % count].push(group));
        jobs.into_iter().map(|groups| Some(Job::Merge(groups))).collect()
    }
}

impl Sink for SortSink {
    fn local(&self) -> Result<Box<dyn LocalSink>> {
        Ok(Box::new(Local::new(&self.shared, &self.metrics, &self.encoder, self.width)))
    }

    fn seal(&self, locals: Vec<Box<dyn LocalSink>>) -> Result<usize> {
        let locals = downcast::<Local>(locals)?;
        let rows = locals.iter().map(|local| local.rows).sum();
        self.metrics.rows_out.add(rows as u64);
        if locals.iter().all(|local| local.runs.is_empty() && !local.should_spill()) {
            Ok(self.seal_in_memory(locals, rows))
        } else {
            self.seal_on_disk(locals)
        }
    }

    fn finish_part(&self, part: usize) -> Result<()> {
        let job = match &mut *self.sorted.lock() {
            Sorted::Disk { jobs, .. } => Some(jobs[part].take().ok_or_else(out_of_turn)?),
            _ => None,
        };
        let Some(job) = job else { return self.sort_in_memory(part) };
        let made = self.do_job(job)?;
        if let Sorted::Disk { runs, .. } = &mut *self.sorted.lock() {
            runs.extend(made);
        }
        Ok(())
    }

    fn next_round(&self) -> Result<usize> {
        match &mut *self.sorted.lock() {
            Sorted::Disk { runs, jobs } => {
                *jobs = self.plan_merges(runs);
                Ok(jobs.len())
            }
            _ => Ok(0),
        }
    }

    fn metrics(&self) -> &Arc<OperatorMetrics> {
        &self.metrics
    }
}

fn out_of_turn() -> Error {
    Error::internal("a part of a sort was done twice")
}
