//! What completion and inspection ask of the session around the text.

use std::sync::Arc;

use weft_core::{Registry, Settings};
use weft_plan::LogicalPlan;
use weft_plan::catalog::Catalog;

use crate::resolve::{Environment, plan_before};

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

/// The same environment that cells are resolved in, and a way to look into folders.
pub struct Around<'a> {
    /// The session.
    pub env: &'a dyn Environment,
    /// What stands in a folder; see [`Surroundings::list`].
    pub list: &'a dyn Fn(&str) -> Vec<Entry>,
}

impl Surroundings for Around<'_> {
    fn registry(&self) -> &Registry {
        self.env.registry()
    }

    fn settings(&self) -> Arc<Settings> {
        self.env.settings()
    }

    fn catalog(&self) -> Arc<Catalog> {
        self.env.catalog()
    }

    fn plan(&self, cell: &str) -> Option<LogicalPlan> {
        // The table before a stage of its own is the whole pipeline.
        let cell = format!("{cell} | take 1");
        plan_before(&cell, cell.len(), self.env)
    }

    fn list(&self, folder: &str) -> Vec<Entry> {
        (self.list)(folder)
    }
}
