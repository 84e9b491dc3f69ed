//! What a table is to the engine: a schema, statistics, and tasks that yield chunks.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use serde::{Deserialize, Serialize};

use crate::cancel::CancelToken;
use crate::chunk::Chunk;
use crate::error::Result;
use crate::expr::Expr;
use crate::function::Function;
use crate::metrics::OperatorMetrics;
use crate::schema::Schema;
use crate::settings::Settings;
use crate::value::Value;

/// A function that stands at the head of a pipeline: `read_parquet("…")`, `range(10)`.
pub trait TableFunction: Send + Sync {
    /// Name, parameters, docs.
    fn info(&self) -> &'static Function;

    /// The table for these arguments, one per parameter, defaults filled in; a list argument is a `Value::List`.
    ///
    /// May read what the schema needs (a footer, the first rows), nothing more.
    fn open(&self, args: &[Value], context: &OpenContext) -> Result<Arc<dyn TableSource>>;
}

/// What opening a table may use.
#[derive(Debug, Clone)]
pub struct OpenContext {
    /// The session's settings.
    pub settings: Arc<Settings>,
    /// The folder that relative paths start from.
    pub working_dir: Arc<str>,
    /// Interrupts the opening.
    pub cancel: CancelToken,
}

/// How a source is written down in a serialized plan: a call of a table function.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceSpec {
    /// The table function's name.
    pub function: String,
    /// Its arguments, one per parameter. Credentials stand by name only.
    pub args: Vec<Value>,
}

/// A table that is not loaded.
pub trait TableSource: Send + Sync + fmt::Debug {
    /// Its columns.
    fn schema(&self) -> &Schema;

    /// How to make it again elsewhere.
    fn spec(&self) -> SourceSpec;

    /// One line for `explain`: format and place, no secrets.
    fn label(&self) -> String;

    /// What is known without reading data.
    fn statistics(&self) -> TableStatistics {
        TableStatistics::default()
    }

    /// How far the source applies `filter` (columns by name) itself.
    fn filter_support(&self, _filter: &Expr) -> FilterSupport {
        FilterSupport::None
    }

    /// What changes when the data change (file identities), or nothing when that cannot be told.
    fn validator(&self) -> Option<String> {
        None
    }

    /// Begins a scan. Tasks are made one by one as they are asked for.
    fn scan(&self, request: ScanRequest) -> Result<Box<dyn TaskStream>>;
}

/// How far a source applies a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterSupport {
    /// Not at all.
    None,
    /// It leaves out some rows that fail (pruning); the filter must run again.
    Pruning,
    /// It leaves out exactly the rows for which the filter is not true.
    Exact,
}

/// What a scan is to yield.
#[derive(Debug, Clone)]
pub struct ScanRequest {
    /// Positions of the wanted columns in the source's schema, in the order wanted. May be empty: only rows count.
    pub projection: Vec<usize>,
    /// Conditions over the source's columns by name, all of which rows must meet as far as [`FilterSupport`] said.
    pub filters: Vec<Expr>,
    /// No more rows than this are needed (after the filters, where those are exact).
    pub limit: Option<u64>,
    /// Settings, counters, token.
    pub context: ScanContext,
}

/// What all tasks of a scan share.
#[derive(Debug, Clone)]
pub struct ScanContext {
    /// The session's settings.
    pub settings: Arc<Settings>,
    /// The scan's counters.
    pub metrics: Arc<OperatorMetrics>,
    /// The query's token.
    pub cancel: CancelToken,
    /// What functions in filters need.
    pub query: crate::function::QueryContext,
}

/// The tasks of a scan, in the source's order.
pub trait TaskStream: Send {
    /// The next task, or nothing at the end. Called by one thread at a time.
    fn next_task(&mut self) -> Result<Option<Box<dyn ScanTask>>>;

    /// How many tasks there will be in all, where known: for progress.
    fn size_hint(&self) -> Option<usize> {
        None
    }
}

/// The unit of scheduling and order: a row group, a slice of a file; at most 122,880 rows and 32 MiB.
pub trait ScanTask: Send {
    /// Begins to read. Runs on the worker that executes the task.
    fn open(self: Box<Self>) -> Result<Box<dyn ChunkReader>>;

    /// Rows before filters, where known.
    fn rows(&self) -> Option<u64> {
        None
    }
}

/// Yields the chunks of a task in order.
pub trait ChunkReader: Send {
    /// The next chunk (at least one row), nothing at the end; pending only for input that waits on the network.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Chunk>>>;
}

/// What is known of a table before it is read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableStatistics {
    /// Rows.
    pub rows: Option<Estimate>,
    /// For each column of the schema, or empty.
    pub columns: Vec<ColumnStatistics>,
}

/// A count that is known or guessed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Estimate {
    /// Exactly.
    Exact(u64),
    /// About.
    About(u64),
}

impl Estimate {
    /// The number either way.
    pub fn value(self) -> u64 {
        match self {
            Estimate::Exact(n) | Estimate::About(n) => n,
        }
    }
}

/// What is known of a column before it is read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ColumnStatistics {
    /// No value is smaller.
    pub min: Option<Value>,
    /// No value is greater.
    pub max: Option<Value>,
    /// Nulls.
    pub nulls: Option<Estimate>,
    /// Distinct values.
    pub distinct: Option<Estimate>,
    /// Mean bytes of a value.
    pub bytes: Option<u64>,
}
