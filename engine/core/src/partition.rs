//! Data of a table, loaded or not yet: what scans make, caches keep and a distributed runner ships.

use std::sync::Arc;

use crate::chunk::Chunk;
use crate::schema::Schema;
use crate::source::{TableSource, TableStatistics};

/// A part of a table (or all of it) with its schema.
#[derive(Debug, Clone)]
pub struct MicroPartition {
    schema: Schema,
    state: State,
}

#[derive(Debug, Clone)]
enum State {
    Unloaded(Arc<dyn TableSource>),
    Loaded(Arc<[Chunk]>),
}

impl MicroPartition {
    /// A part that a source would yield.
    pub fn unloaded(source: Arc<dyn TableSource>) -> Self {
        MicroPartition { schema: source.schema().clone(), state: State::Unloaded(source) }
    }

    /// A part in memory; chunks in order.
    pub fn loaded(schema: Schema, chunks: Vec<Chunk>) -> Self {
        MicroPartition { schema, state: State::Loaded(chunks.into()) }
    }

    /// The columns.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The chunks, where loaded.
    pub fn chunks(&self) -> Option<&[Chunk]> {
        match &self.state {
            State::Loaded(chunks) => Some(chunks),
            State::Unloaded(_) => None,
        }
    }

    /// The source, where not loaded.
    pub fn source(&self) -> Option<&Arc<dyn TableSource>> {
        match &self.state {
            State::Unloaded(source) => Some(source),
            State::Loaded(_) => None,
        }
    }

    /// Rows, where known.
    pub fn rows(&self) -> Option<u64> {
        match &self.state {
            State::Loaded(chunks) => Some(chunks.iter().map(|c| c.rows() as u64).sum()),
            State::Unloaded(source) => match source.statistics().rows {
                Some(crate::source::Estimate::Exact(n)) => Some(n),
                _ => None,
            },
        }
    }

    /// What is known of it.
    pub fn statistics(&self) -> TableStatistics {
        match &self.state {
            State::Unloaded(source) => source.statistics(),
            State::Loaded(_) => TableStatistics { rows: self.rows().map(crate::source::Estimate::Exact), columns: Vec::new() },
        }
    }
}
