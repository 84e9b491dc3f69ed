//! `read_parquet`: footers read once, row groups and pages left out by statistics, filter columns decoded first.
//!
//! A scan opens one file after the other, as its tasks are asked for. A task is a row group, or a slice of one where
//! the file has an offset index; without one a slice would read whole column chunks, so the row group stays whole.

mod bounds;
mod filter;
mod flat;
mod footer;
mod function;
mod read;
mod schema;
mod source;
mod statistics;
mod tasks;

pub(crate) use function::ReadParquet;
