//! Resolution: plans and messages of cells over toy tables.

mod cells;
mod examples;
mod kept;
pub(crate) mod toys;
