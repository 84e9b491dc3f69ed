//! What the environment says.

use std::path::PathBuf;

/// Settings of the protocol layer.
#[derive(Debug, Clone)]
pub struct KernelConfig {
    /// Where history is kept; none keeps it in memory.
    pub data_dir: Option<PathBuf>,
    /// Whether cells may show progress at all.
    pub progress: bool,
    /// Inputs that history keeps on disk.
    pub history_limit: usize,
    /// Process whose end is this kernel's end.
    pub parent: Option<u32>,
    /// Whether SIGINT interrupts and SIGTERM shuts down. For the binary, not for tests.
    pub trap_signals: bool,
}

impl Default for KernelConfig {
    fn default() -> Self {
        Self { data_dir: None, progress: true, history_limit: 10_000, parent: None, trap_signals: false }
    }
}

impl KernelConfig {
    /// Settings for the binary: `WEFT_DATA_DIR` (else the user's data directory),
    /// `WEFT_PROGRESS=off`, `JPY_PARENT_PID`.
    pub fn from_env() -> Self {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let progress = variable("WEFT_PROGRESS");
        Self {
            data_dir: data_dir(),
            progress: !progress.is_some_and(|word| matches!(word.as_str(), "off" | "0" | "false")),
            parent: variable("JPY_PARENT_PID").and_then(|pid| pid.parse().ok()),
            trap_signals: true,
            ..Self::default()
        }
    }
}

/// Those of the settings `names` that the environment gives a value, as `WEFT_` and the name in capitals.
pub fn session_settings(names: impl Iterator<Item = &'static str>) -> Vec<(String, String)> {
    let variable = |name: &str| std::env::var(format!("WEFT_{}", name.to_ascii_uppercase())).ok();
    let given = names.filter_map(|name| Some((name.to_owned(), variable(name).filter(|text| !text.is_empty())?)));
    given.collect()
}

/// The user's data directory for Weft.
pub fn data_dir() -> Option<PathBuf> {
    let path = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    path("WEFT_DATA_DIR")
        .or_else(|| path("XDG_DATA_HOME").map(|home| home.join("weft")))
        .or_else(|| path("HOME").map(|home| home.join(".local/share/weft")))
}
