//! The functions, aggregates, window functions and table functions that a session knows, by name.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::aggregate::Aggregate;
use crate::error::{Error, Result};
use crate::function::{Function, ScalarFunction};
use crate::source::TableFunction;
use crate::window::WindowFunction;

/// All functions by name. Families add theirs from one list each.
#[derive(Clone, Default)]
pub struct Registry {
    scalars: BTreeMap<&'static str, FunctionRef>,
    aggregates: BTreeMap<&'static str, AggregateRef>,
    windows: BTreeMap<&'static str, WindowRef>,
    tables: BTreeMap<&'static str, TableFunctionRef>,
}

impl Registry {
    /// An empty registry.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds scalar functions.
    pub fn add_scalars(&mut self, functions: impl IntoIterator<Item = Arc<dyn ScalarFunction>>) {
        self.scalars.extend(functions.into_iter().map(|f| (f.info().name, FunctionRef(f))));
    }

    /// Adds aggregates.
    pub fn add_aggregates(&mut self, aggregates: impl IntoIterator<Item = Arc<dyn Aggregate>>) {
        self.aggregates.extend(aggregates.into_iter().map(|f| (f.info().name, AggregateRef(f))));
    }

    /// Adds window functions.
    pub fn add_windows(&mut self, functions: impl IntoIterator<Item = Arc<dyn WindowFunction>>) {
        self.windows.extend(functions.into_iter().map(|f| (f.info().name, WindowRef(f))));
    }

    /// Adds table functions.
    pub fn add_tables(&mut self, functions: impl IntoIterator<Item = Arc<dyn TableFunction>>) {
        self.tables.extend(functions.into_iter().map(|f| (f.info().name, TableFunctionRef(f))));
    }

    /// The scalar function `name`.
    pub fn scalar(&self, name: &str) -> Option<FunctionRef> {
        self.scalars.get(name).cloned()
    }

    /// The aggregate `name`.
    pub fn aggregate(&self, name: &str) -> Option<AggregateRef> {
        self.aggregates.get(name).cloned()
    }

    /// The window function `name`.
    pub fn window(&self, name: &str) -> Option<WindowRef> {
        self.windows.get(name).cloned()
    }

    /// The table function `name`.
    pub fn table(&self, name: &str) -> Option<TableFunctionRef> {
        self.tables.get(name).cloned()
    }

    /// The scalar function `name`, or an error: for names the engine itself relies on.
    pub fn require_scalar(&self, name: &str) -> Result<FunctionRef> {
        self.scalar(name).ok_or_else(|| Error::not_found(format!("no function `{name}`")))
    }

    /// All scalar functions by name.
    pub fn scalars(&self) -> impl Iterator<Item = &FunctionRef> {
        self.scalars.values()
    }

    /// All aggregates by name.
    pub fn aggregates(&self) -> impl Iterator<Item = &AggregateRef> {
        self.aggregates.values()
    }

    /// All window functions by name.
    pub fn windows(&self) -> impl Iterator<Item = &WindowRef> {
        self.windows.values()
    }

    /// All table functions by name.
    pub fn tables(&self) -> impl Iterator<Item = &TableFunctionRef> {
        self.tables.values()
    }

    /// The data of every function of any kind.
    pub fn infos(&self) -> impl Iterator<Item = &'static Function> {
        let scalars = self.scalars.values().map(|f| f.info());
        let aggregates = self.aggregates.values().map(|f| f.info());
        let windows = self.windows.values().map(|f| f.info());
        scalars.chain(aggregates).chain(windows).chain(self.tables.values().map(|f| f.info()))
    }

    /// Runs `read` with this registry at hand for the function names in a serialized plan.
    pub fn while_reading<T>(&self, read: impl FnOnce() -> T) -> T {
        let before = READING.replace(Some(self.clone()));
        let result = read();
        READING.set(before);
        result
    }
}

thread_local! {
    /// serde has no context: the registry under which names are read back stands here meanwhile.
    static READING: RefCell<Option<Registry>> = const { RefCell::new(None) };
}

macro_rules! reference {
    ($(#[$doc:meta])* $name:ident, $target:ident, $lookup:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(pub Arc<dyn $target>);

        impl std::ops::Deref for $name {
            type Target = dyn $target;

            fn deref(&self) -> &Self::Target {
                &*self.0
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.info().name == other.info().name
            }
        }

        impl Eq for $name {}

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.info().name)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.info().name)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = String::deserialize(deserializer)?;
                let found = READING.with_borrow(|r| r.as_ref().and_then(|r| r.$lookup(&name)));
                found.ok_or_else(|| serde::de::Error::custom(format!(concat!("no ", $what, " `{}`"), name)))
            }
        }
    };
}

reference!(
    /// A registered scalar function; equal, printed and serialized by its name.
    FunctionRef, ScalarFunction, scalar, "function"
);
reference!(
    /// A registered aggregate; equal, printed and serialized by its name.
    AggregateRef, Aggregate, aggregate, "aggregate"
);
reference!(
    /// A registered window function; equal, printed and serialized by its name.
    WindowRef, WindowFunction, window, "window function"
);
reference!(
    /// A registered table function; equal, printed and serialized by its name.
    TableFunctionRef, TableFunction, table, "table function"
);
