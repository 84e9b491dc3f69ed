//! `read_csv`: delimited text, read in blocks that end with a record, so that one file is parsed by several threads.
//!
//! Blocks are found by one thread, which follows quotes and nothing else; workers split them into records, and fields
//! into columns. Compressed files are unpacked on the way.

mod blocks;
mod columns;
mod function;
mod infer;
mod records;
mod source;
mod unpack;
mod values;

pub(crate) use function::ReadCsv;
