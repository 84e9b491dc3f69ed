//! Vocabulary of the Weft engine: types, columns, expressions, and the contracts that
//! functions, aggregates, table sources and operators keep.
//!
//! Nothing here reads files, runs plans or knows source text; see `ARCHITECTURE.md` for the stage table.

pub mod aggregate;
pub mod cancel;
pub mod chunk;
pub mod error;
pub mod expr;
pub mod function;
pub mod memory;
pub mod metrics;
pub mod origin;
pub mod partition;
pub mod registry;
pub mod schema;
pub mod series;
pub mod settings;
pub mod source;
pub mod spill;
pub mod states;
pub mod subquery;
pub mod types;
pub mod value;
pub mod window;

pub use aggregate::{Aggregate, AggregateCall, Aggregator, Framing};
pub use cancel::CancelToken;
pub use chunk::{Chunk, Selection};
pub use error::{Error, ErrorKind, Result};
pub use expr::{ColumnRef, Expr, ExprKind};
pub use function::{Function, ScalarFunction};
pub use memory::{MemoryPool, Reservation};
pub use metrics::OperatorMetrics;
pub use origin::Origin;
pub use partition::MicroPartition;
pub use registry::Registry;
pub use schema::{Field, Schema};
pub use series::Series;
pub use settings::Settings;
pub use source::{ScanTask, TableSource};
pub use spill::SpillManager;
pub use subquery::{Answers, Subquery};
pub use types::{TimeUnit, Type};
pub use value::Value;
pub use window::{WindowCall, WindowFrame, WindowFunction, WindowKernel, WindowRows};
