//! The names of a session: tables and values, by value.

use std::collections::BTreeMap;
use std::sync::Arc;

use weft_core::{Type, Value};

use crate::LogicalPlan;

/// What a name stands for. A table is a plan: later changes to the names in it change nothing.
#[derive(Debug, Clone)]
pub enum Binding {
    /// A lazy table.
    Table(LogicalPlan),
    /// A value with its type.
    Scalar(Type, Value),
}

/// Names and what they stand for, in one namespace.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    names: BTreeMap<Arc<str>, Binding>,
}

impl Catalog {
    /// What `name` stands for.
    pub fn get(&self, name: &str) -> Option<&Binding> {
        self.names.get(name)
    }

    /// All names in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Binding)> {
        self.names.iter()
    }

    /// Binds a name.
    pub fn bind(&mut self, name: Arc<str>, binding: Binding) {
        self.names.insert(name, binding);
    }
}
