//! The row store: keys with states or payload in pages, shared by aggregation, distinct and join build.
//!
//! Rows stand in pages of up to 256 KiB that are reserved before they are allocated, in radix partitions from the first
//! row. Rows hold no pointers: what varies in length is a place in a heap of such pages, rows refer to each other by
//! address (page number and offset). All `unsafe` of the crate is about these rows, and all of it is in this folder and
//! in the operators that walk rows (`group`, `join`).

mod column;
mod gather;
mod heap;
mod keys;
mod layout;
mod page;
mod scatter;
mod spill;
mod store;
mod table;

pub(crate) use column::{Codec, Column, Data, long_bytes};
pub(crate) use gather::gather;
pub(crate) use heap::Heap;
pub(crate) use keys::{BATCH_ROWS, KeyBatch, Longs, same_key};
pub(crate) use layout::{Extras, Layout, Place};
pub(crate) use page::{Page, fits};
pub(crate) use scatter::{copy_payload, scatter};
pub(crate) use spill::{DEEPEST, DIGIT_BITS, OWN, Pieces, SpilledRows, digit, digits};
pub(crate) use store::{Numbers, PARTITIONS, PartitionPages, RowStore, page_rows, partition_of};
pub(crate) use table::{RowTable, Slots, prefetch};
