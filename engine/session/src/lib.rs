//! The engine as one facade: functions, settings, named tables, memory, threads.
//!
//! A session is shared between threads: each query works on the snapshot of settings and tables that it began with.

mod run;
mod values;

use std::path::Path;
use std::sync::Arc;

use parking_lot::RwLock;
use weft_core::error::Result;
use weft_core::source::OpenContext;
use weft_core::{CancelToken, MemoryPool, Registry, Settings, SpillManager, Value};
use weft_exec::Runtime;

pub use run::{Progress, Query};
pub use weft_exec::{QueryMetrics, QueryResult};
pub use weft_plan::{Binding, Catalog};

/// What lives as long as a kernel, or as one run of a file.
pub struct Session {
    registry: Arc<Registry>,
    settings: RwLock<Arc<Settings>>,
    catalog: RwLock<Arc<Catalog>>,
    pool: Arc<MemoryPool>,
    spill: Arc<SpillManager>,
    runtime: Arc<Runtime>,
    working_dir: Arc<str>,
}

impl Session {
    /// A session with all functions, this machine's settings and no tables; relative paths start at `working_dir`.
    pub fn new(working_dir: impl Into<Arc<str>>) -> Self {
        let mut registry = Registry::new();
        weft_functions::register(&mut registry);
        weft_image::register(&mut registry);
        weft_io::register(&mut registry);
        let settings = Settings::new();
        let pool = MemoryPool::new(settings.memory_limit());
        let spill = SpillManager::new(settings.spill_dir(), settings.spill_limit());
        Session {
            registry: Arc::new(registry),
            settings: RwLock::new(Arc::new(settings)),
            catalog: RwLock::default(),
            pool,
            spill,
            runtime: Runtime::new(),
            working_dir: working_dir.into(),
        }
    }

    /// All functions.
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// The settings as they are now.
    pub fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings.read())
    }

    /// Changes a setting for the queries that begin from now on.
    ///
    /// # Errors
    /// For an unknown name, a value out of range, and a `spill_dir` that files cannot be made in.
    pub fn set(&self, name: &str, value: &Value) -> Result<()> {
        let mut guard = self.settings.write();
        let mut changed = (**guard).clone();
        changed.set(name, value)?;
        let folder = Path::new(&*self.working_dir).join(changed.spill_dir());
        if name == "spill_dir" {
            SpillManager::check(&folder)?;
        }
        self.pool.set_limit(changed.memory_limit());
        self.pool.set_always_spill(changed.spill_always());
        self.spill.configure(folder, changed.spill_limit());
        *guard = Arc::new(changed);
        Ok(())
    }

    /// The names as they are now.
    pub fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog.read())
    }

    /// Binds a name to a table or a value; whatever had the name is gone for later cells.
    pub fn bind(&self, name: impl Into<Arc<str>>, binding: Binding) {
        let mut guard = self.catalog.write();
        let mut changed = (**guard).clone();
        changed.bind(name.into(), binding);
        *guard = Arc::new(changed);
    }

    /// The memory budget.
    pub fn pool(&self) -> &Arc<MemoryPool> {
        &self.pool
    }

    /// Where queries write what does not fit into the budget.
    pub fn spill(&self) -> &Arc<SpillManager> {
        &self.spill
    }

    /// What opening a table may use.
    pub fn open_context(&self, cancel: &CancelToken) -> OpenContext {
        OpenContext { settings: self.settings(), working_dir: Arc::clone(&self.working_dir), cancel: cancel.clone() }
    }

    /// The folder that relative paths start from.
    pub fn working_dir(&self) -> &str {
        &self.working_dir
    }
}
