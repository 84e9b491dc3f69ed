//! The build side of a join: rows go into the row store, partitions are linked in parallel. Where the rows outgrow memory,
//! they end on disk instead, in parts by the hashes of their keys (see `operators/join/spilled.rs`).

use std::any::Any;
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use weft_compute::Work;
use weft_compute::join::{JoinBuild, JoinBuilder, JoinSpec, JoinTable, SpilledBuild};
use weft_core::error::{Error, Result};
use weft_core::{Chunk, OperatorMetrics, Series};

use crate::pipeline::{LocalSink, Shared, Sink, downcast};

/// The finished table, for the operators that probe it.
pub(crate) type SharedTable = Arc<OnceLock<Arc<JoinTable>>>;

/// In place of the table, where it would not fit: the build rows on disk. Taken by what joins them.
pub(crate) type SharedSpill = Arc<OnceLock<Mutex<Option<SpilledBuild>>>>;

/// Builds a join table.
pub(crate) struct BuildSink {
    shared: Shared,
    metrics: Arc<OperatorMetrics>,
    spec: Arc<JoinSpec>,
    keys: Vec<usize>,
    payload: Vec<usize>,
    state: Mutex<State>,
    table: SharedTable,
    /// None where all rows are needed at once, as in a set that expressions look into.
    spilled: Option<SharedSpill>,
}

/// What is being finished, and the parts that are not done.
#[derive(Default)]
enum State {
    #[default]
    Nothing,
    Memory(Arc<JoinBuild>, usize),
    Disk(Vec<Option<JoinBuilder>>, usize),
}

struct Local {
    builder: JoinBuilder,
    keys: Vec<usize>,
    payload: Vec<usize>,
}

impl BuildSink {
    /// `keys` and `payload` are positions in the chunks that come. Where it `spills`, see [`spilled`](Self::spilled).
    pub(crate) fn new(shared: &Shared, spec: Arc<JoinSpec>, keys: Vec<usize>, payload: Vec<usize>, spills: bool) -> Self {
        let metrics = shared.metrics.operator("join build");
        let (state, table, spilled) = (Mutex::default(), SharedTable::default(), spills.then(SharedSpill::default));
        BuildSink { shared: shared.clone(), metrics, spec, keys, payload, state, table, spilled }
    }

    pub(crate) fn table(&self) -> SharedTable {
        Arc::clone(&self.table)
    }

    /// Where the rows are once they are on disk.
    pub(crate) fn spilled(&self) -> SharedSpill {
        self.spilled.clone().unwrap_or_default()
    }

    fn builder(&self) -> Result<JoinBuilder> {
        let pool = &self.shared.pool;
        if self.spilled.is_none() {
            return self.spec.builder(&pool.reservation("join"));
        }
        let work = Work::new(self.shared.cancel()).spilling(&self.shared.spill, &self.metrics);
        Ok(self.spec.builder(&pool.spillable("join"))?.spilling(&work))
    }

    /// Takes over the rows that were all written out.
    fn finish_on_disk(&self, builders: Vec<JoinBuilder>) {
        let (pool, threads) = (&self.shared.pool, self.shared.settings.threads());
        // All threads load a part at a time, and leave most of what there is to others.
        let free = pool.limit().saturating_sub(pool.used()).max(pool.limit() / 8);
        let spilled = SpilledBuild::new(&self.spec, builders, free / 4 / threads);
        if let Some(place) = &self.spilled {
            // The last part comes once, so nothing can stand there yet.
            let _ = place.set(Mutex::new(Some(spilled)));
        }
    }

    fn finish_in_memory(&self, build: Arc<JoinBuild>) -> Result<()> {
        let build = Arc::try_unwrap(build).map_err(|_| Error::internal("a join table in use while it is built"))?;
        self.metrics.peak_memory.raise(build.bytes_held() as u64);
        // As above.
        let _ = self.table.set(Arc::new(build.finish()?));
        Ok(())
    }
}

impl Sink for BuildSink {
    fn local(&self) -> Result<Box<dyn LocalSink>> {
        Ok(Box::new(Local { builder: self.builder()?, keys: self.keys.clone(), payload: self.payload.clone() }))
    }

    fn seal(&self, locals: Vec<Box<dyn LocalSink>>) -> Result<usize> {
        let mut builders: Vec<JoinBuilder> = downcast::<Local>(locals)?.into_iter().map(|l| l.builder).collect();
        if builders.is_empty() {
            builders.push(self.builder()?);
        }
        self.metrics.rows_out.add(self.metrics.rows_in.get());
        if JoinBuilder::outgrow_memory(&builders, self.shared.settings.threads()) {
            let parts = builders.len();
            *self.state.lock() = State::Disk(builders.into_iter().map(Some).collect(), parts);
            return Ok(parts);
        }
        let build = JoinBuild::new(builders)?;
        let parts = build.partitions();
        *self.state.lock() = State::Memory(Arc::new(build), parts);
        Ok(parts)
    }

    fn finish_part(&self, part: usize) -> Result<()> {
        let builder = match &mut *self.state.lock() {
            State::Disk(builders, _) => builders[part].take(),
            _ => None,
        };
        if let Some(mut builder) = builder {
            builder.spill()?;
            if let State::Disk(builders, _) = &mut *self.state.lock() {
                builders[part] = Some(builder);
            }
        } else {
            let build = if let State::Memory(build, _) = &*self.state.lock() { Some(Arc::clone(build)) } else { None };
            build.ok_or_else(|| Error::internal("a join table that was not sealed"))?.build(part, self.shared.cancel())?;
        }
        let mut state = self.state.lock();
        if let State::Memory(_, left) | State::Disk(_, left) = &mut *state {
            *left -= 1;
            if *left > 0 {
                return Ok(());
            }
        }
        let done = std::mem::take(&mut *state);
        drop(state);
        match done {
            State::Memory(build, _) => self.finish_in_memory(build)?,
            State::Disk(builders, _) => self.finish_on_disk(builders.into_iter().flatten().collect()),
            State::Nothing => {}
        }
        Ok(())
    }

    fn metrics(&self) -> &Arc<OperatorMetrics> {
        &self.metrics
    }
}

impl LocalSink for Local {
    fn push(&mut self, chunk: Chunk) -> Result<()> {
        let (position, chunk) = (chunk.position, chunk.compact()?);
        let pick = |columns: &[usize]| columns.iter().map(|&c| chunk.column(c).cloned()).collect::<Result<Vec<Series>>>();
        self.builder.push(&pick(&self.keys)?, &pick(&self.payload)?, chunk.physical_rows(), position)
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
