//! What completion and inspection ask of the session around the text.

use std::sync::Arc;

use weft_core::{Registry, Settings};
use weft_plan::LogicalPlan;
use weft_plan::catalog::Catalog;

/// The session as completion and inspection see it. All of it is snapshots: a query may run meanwhile.
pub trait Surroundings {
    /// Functions, aggregates and sources.
    fn registry(&self) -> &Registry;

    /// The settings now.
    fn settings(&self) -> Arc<Settings>;

    /// The names bound now.
    fn catalog(&self) -> Arc<Catalog>;

    /// The plan of the last statement of a cell, which is a pipeline, or nothing where it cannot be resolved. It may
    /// open sources, but runs nothing.
    fn plan(&self, cell: &str) -> Option<LogicalPlan>;

    /// What stands in a folder, for paths in strings. The folder is as typed, empty for the working folder.
    fn list(&self, folder: &str) -> Vec<Entry>;
}

/// A file or folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its name, without the folder.
    pub name: String,
    /// Whether it is a folder.
    pub is_folder: bool,
}
