//! Sources of the Weft engine: local files, Parquet, CSV, listings, generated tables, tables in memory; and `download`.
//!
//! One folder a format or source, each with its table function. Everything is reached through the contracts of
//! `weft_core::source`; execution never sees a file.

mod chunks;
mod csv;
mod download;
mod listing;
mod local;
pub mod memory;
mod options;
mod parquet;
mod range;
mod tpch;
mod type_text;

use std::sync::Arc;

use weft_core::source::TableFunction;
use weft_core::{Registry, ScalarFunction};

pub use memory::MemorySource;

/// Adds the table functions of this crate, and the functions that wait for input.
pub fn register(registry: &mut Registry) {
    let tables: Vec<Arc<dyn TableFunction>> = vec![
        Arc::new(range::Range),
        Arc::new(memory::InlineTable),
        Arc::new(parquet::ReadParquet),
        Arc::new(csv::ReadCsv),
        Arc::new(tpch::Tpch),
        Arc::new(listing::Glob),
    ];
    registry.add_tables(tables);
    registry.add_scalars([Arc::new(download::Download) as Arc<dyn ScalarFunction>]);
}
