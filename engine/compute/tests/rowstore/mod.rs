//! Grouping, joining and sorting against simple models, on seeded data.

mod group;
mod support;
