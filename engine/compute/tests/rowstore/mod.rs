//! Grouping and joining against simple models, on seeded data.

mod group;
mod join;
mod support;
