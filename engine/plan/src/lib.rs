//! Logical plans: lazy, typed, serializable. Built by name, optimized by rules, lowered by `weft-exec`.

pub mod builder;
pub mod catalog;
pub mod explain;
pub mod fingerprint;
pub mod nodes;
pub mod optimize;
pub mod order;
pub mod plan;
pub mod serialize;
pub mod statistics;

#[cfg(test)]
mod testing;

pub use catalog::{Binding, Catalog};
pub use explain::{ExplainNode, explain};
pub use fingerprint::{Fingerprint, fingerprint};
pub use nodes::{Node, NodeKind};
pub use optimize::{Optimized, optimize};
pub use order::ObservedOrder;
pub use plan::LogicalPlan;
pub use serialize::{from_json, to_json};
pub use statistics::{PlanStatistics, estimate};
