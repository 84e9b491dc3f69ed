//! Grouping and joining against simple models, on seeded data.

#![allow(clippy::unwrap_used)]

mod group;
mod join;
mod support;
