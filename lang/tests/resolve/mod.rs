//! Resolution: plans and messages of cells over toy tables.

mod cells;
mod examples;
mod kept;
mod toys;
