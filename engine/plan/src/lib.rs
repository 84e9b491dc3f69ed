//! Logical plans: lazy, typed, serializable. Built by name, optimized by rules, lowered by `weft-exec`.

pub mod builder;
pub mod nodes;
pub mod plan;

pub use nodes::{Node, NodeKind};
pub use plan::LogicalPlan;
