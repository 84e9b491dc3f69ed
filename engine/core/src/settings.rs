//! One typed table of settings, for planning, execution and display.

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::value::Value;

/// One setting: what `set NAME = value`, the environment (`WEFT_NAME`) and completion know of it.
#[derive(Debug)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// One sentence, units included.
    pub doc: &'static str,
    /// What it may be.
    pub range: Range,
    /// The value before anybody sets it.
    pub default: Default,
}

/// What a setting may be.
#[derive(Debug, Clone, Copy)]
pub enum Range {
    /// A whole number from … to ….
    Int(i64, i64),
    /// Bytes, as a number or as text like `"8GB"`, from … up.
    Bytes(i64),
    /// `true` or `false`.
    Bool,
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// Any text.
    Text,
    /// A name of the zone database.
    TimeZone,
    /// Names, separated by commas.
    Names,
}

/// A setting's value before anybody sets it.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub enum Default {
    Int(i64),
    Bool(bool),
    Text(&'static str),
    /// Found out on this machine when the session begins.
    Machine(fn() -> i64),
    /// A folder of this machine.
    Folder(fn() -> String),
}

/// Every setting there is.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "threads",
        doc: "Worker threads of a query.",
        range: Range::Int(1, 1024),
        default: Default::Machine(machine::threads),
    },
    Setting {
        name: "memory_limit",
        doc: "Bytes that queries and kept results may hold together.",
        range: Range::Bytes(16 << 20),
        default: Default::Machine(machine::memory_limit),
    },
    Setting {
        name: "spill",
        doc: "When operators write what they keep to disk: when memory is short, or always, which is for tests.",
        range: Range::Choice(&["auto", "always"]),
        default: Default::Text("auto"),
    },
    Setting {
        name: "spill_dir",
        doc: "Folder for what does not fit into memory.",
        range: Range::Text,
        default: Default::Folder(machine::spill_folder),
    },
    Setting {
        name: "spill_limit",
        doc: "Bytes that may lie in `spill_dir`; 0 stands for nine tenths of what is free there.",
        range: Range::Bytes(0),
        default: Default::Int(0),
    },
    Setting {
        name: "chunk_rows",
        doc: "Most rows in a chunk, the unit of execution.",
        range: Range::Int(1, 1 << 20),
        default: Default::Int(16_384),
    },
    Setting {
        name: "task_rows",
        doc: "Most rows in a task, the unit of scheduling.",
        range: Range::Int(1, 1 << 24),
        default: Default::Int(122_880),
    },
    Setting {
        name: "time_zone",
        doc: "Zone in which timestamps with a zone are shown and `now()` is read.",
        range: Range::TimeZone,
        default: Default::Text("UTC"),
    },
    Setting {
        name: "on_divide_by_zero",
        doc: "What integer `//` and `%` by zero give.",
        range: Range::Choice(&["null", "error"]),
        default: Default::Text("null"),
    },
    Setting { name: "optimizer", doc: "Whether plans are optimized.", range: Range::Bool, default: Default::Bool(true) },
    Setting {
        name: "optimizer_off",
        doc: "Optimizer rules that are left out, by name.",
        range: Range::Names,
        default: Default::Text(""),
    },
    Setting {
        name: "preview_rows",
        doc: "Rows of a table that a cell shows.",
        range: Range::Int(1, 10_000),
        default: Default::Int(20),
    },
    Setting {
        name: "preview_columns",
        doc: "Columns of a table that a cell shows.",
        range: Range::Int(1, 1_000),
        default: Default::Int(40),
    },
    Setting {
        name: "preview_chars",
        doc: "Characters of a value that a table shows.",
        range: Range::Int(8, 100_000),
        default: Default::Int(200),
    },
    Setting { name: "connections", doc: "Downloads at a time.", range: Range::Int(1, 1024), default: Default::Int(32) },
    Setting {
        name: "progress",
        doc: "Whether work over 300 ms shows its progress.",
        range: Range::Bool,
        default: Default::Bool(true),
    },
];

/// The values of all settings; cheap to clone behind an `Arc`.
#[derive(Debug, Clone)]
pub struct Settings {
    values: BTreeMap<&'static str, Value>,
}

impl Settings {
    /// The defaults of this machine.
    pub fn new() -> Self {
        let value = |s: &Setting| match s.default {
            Default::Int(n) => Value::Int(n),
            Default::Bool(b) => Value::Bool(b),
            Default::Text(t) => Value::string(t),
            Default::Machine(find) => Value::Int(find()),
            Default::Folder(find) => Value::string(find()),
        };
        Settings { values: SETTINGS.iter().map(|s| (s.name, value(s))).collect() }
    }

    /// Changes one setting.
    ///
    /// # Errors
    /// For an unknown name (the caller suggests near ones) and a value out of range.
    pub fn set(&mut self, name: &str, value: &Value) -> Result<()> {
        let setting = SETTINGS.iter().find(|s| s.name == name);
        let setting = setting.ok_or_else(|| Error::not_found(format!("no setting `{name}`")))?;
        self.values.insert(setting.name, setting.accept(value)?);
        Ok(())
    }

    /// The value of a setting.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    fn int(&self, name: &str) -> i64 {
        self.get(name).and_then(Value::as_int).unwrap_or_default()
    }

    fn text(&self, name: &str) -> &str {
        self.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn bool(&self, name: &str) -> bool {
        self.get(name).and_then(Value::as_bool).unwrap_or_default()
    }

    /// `threads`
    pub fn threads(&self) -> usize {
        self.int("threads").max(1) as usize
    }

    /// `memory_limit`, in bytes
    pub fn memory_limit(&self) -> usize {
        self.int("memory_limit") as usize
    }

    /// Whether `spill` is `"always"`.
    pub fn spill_always(&self) -> bool {
        self.text("spill") == "always"
    }

    /// `spill_dir`
    pub fn spill_dir(&self) -> &str {
        self.text("spill_dir")
    }

    /// `spill_limit`, in bytes; 0 leaves it to the disk
    pub fn spill_limit(&self) -> u64 {
        self.int("spill_limit").max(0) as u64
    }

    /// `chunk_rows`
    pub fn chunk_rows(&self) -> usize {
        self.int("chunk_rows").max(1) as usize
    }

    /// `task_rows`
    pub fn task_rows(&self) -> usize {
        self.int("task_rows").max(1) as usize
    }

    /// `time_zone`
    pub fn time_zone(&self) -> &str {
        self.text("time_zone")
    }

    /// Whether `on_divide_by_zero` is `"null"`.
    pub fn divide_by_zero_is_null(&self) -> bool {
        self.text("on_divide_by_zero") != "error"
    }

    /// `optimizer`
    pub fn optimizer(&self) -> bool {
        self.bool("optimizer")
    }

    /// `optimizer_off`, split
    pub fn optimizer_off(&self) -> impl Iterator<Item = &str> {
        self.text("optimizer_off").split(',').map(str::trim).filter(|n| !n.is_empty())
    }

    /// `preview_rows`
    pub fn preview_rows(&self) -> usize {
        self.int("preview_rows") as usize
    }

    /// `preview_columns`
    pub fn preview_columns(&self) -> usize {
        self.int("preview_columns") as usize
    }

    /// `preview_chars`
    pub fn preview_chars(&self) -> usize {
        self.int("preview_chars") as usize
    }

    /// `connections`
    pub fn connections(&self) -> usize {
        self.int("connections").max(1) as usize
    }

    /// `progress`
    pub fn progress(&self) -> bool {
        self.bool("progress")
    }
}

impl std::default::Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}

impl Setting {
    fn accept(&self, value: &Value) -> Result<Value> {
        let refuse =
            |wants: String| Err(Error::argument(format!("`{}` takes {wants}, not {value}", self.name)).with_help(self.doc));
        match (self.range, value) {
            (Range::Int(low, high), Value::Int(n)) if (low..=high).contains(n) => Ok(value.clone()),
            (Range::Int(low, high), _) => refuse(format!("a whole number from {low} to {high}")),
            (Range::Bytes(low), _) => match value.as_int().or_else(|| value.as_str().and_then(parse_bytes)) {
                Some(n) if n >= low => Ok(Value::Int(n)),
                _ => refuse(format!("bytes, like \"8GB\", at least {}", crate::memory::human_bytes(low as usize))),
            },
            (Range::Bool, Value::Bool(_)) | (Range::Text | Range::Names, Value::String(_)) => Ok(value.clone()),
            (Range::Choice(choices), Value::String(text)) if choices.contains(&&**text) => Ok(value.clone()),
            (Range::Choice(choices), _) => refuse(format!("one of {choices:?}")),
            (Range::Bool, _) => refuse("true or false".into()),
            (Range::TimeZone, Value::String(name)) if name.parse::<chrono_tz::Tz>().is_ok() => Ok(value.clone()),
            (Range::Text, _) => refuse("text".into()),
            (Range::TimeZone, _) => refuse("the name of a time zone, like \"Europe/Berlin\"".into()),
            (Range::Names, _) => refuse("names separated by commas, as text".into()),
        }
    }
}

/// `"8GB"`, `"512 MiB"`, `"1.5g"`: decimal for `GB`, binary for `GiB` and a lone letter.
pub fn parse_bytes(text: &str) -> Option<i64> {
    let text = text.trim();
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number: f64 = text[..split].parse().ok()?;
    let unit = text[split..].trim().to_ascii_lowercase();
    let factor: f64 = match unit.as_str() {
        "" | "b" => 1.0,
        "k" | "kib" => 1024.0,
        "m" | "mib" => 1_048_576.0,
        "g" | "gib" => 1_073_741_824.0,
        "t" | "tib" => 1_099_511_627_776.0,
        "kb" => 1e3,
        "mb" => 1e6,
        "gb" => 1e9,
        "tb" => 1e12,
        _ => return None,
    };
    let bytes = number * factor;
    (bytes.is_finite() && bytes < 9e18).then_some(bytes as i64)
}

/// What this machine, or the control group it runs in, really has.
mod machine {
    /// Threads that may run at once; honours affinity and CPU quotas.
    pub(super) fn threads() -> i64 {
        std::thread::available_parallelism().map_or(1, |n| n.get() as i64)
    }

    /// Seven tenths of the memory that the process may use.
    pub(super) fn memory_limit() -> i64 {
        let total = total_memory().unwrap_or(4 << 30);
        total / 10 * 7
    }

    /// The folder for large temporary files: the folder for small ones is often held in memory.
    #[allow(clippy::disallowed_methods)]
    pub(super) fn spill_folder() -> String {
        let usual = std::env::temp_dir();
        let chosen = usual != std::path::Path::new("/tmp");
        let large = std::path::Path::new("/var/tmp");
        let folder = if !chosen && large.is_dir() { large } else { &usual };
        folder.to_string_lossy().into_owned()
    }

    #[allow(clippy::disallowed_methods)] // the one place that asks the machine what it has
    fn total_memory() -> Option<i64> {
        let limit = |path: &str| std::fs::read_to_string(path).ok()?.trim().parse::<i64>().ok();
        let meminfo = std::fs::read_to_string("/proc/meminfo").ok()?;
        let line = meminfo.lines().find_map(|l| l.strip_prefix("MemTotal:"))?;
        let total = line.trim().trim_end_matches("kB").trim().parse::<i64>().ok()? * 1024;
        let group = limit("/sys/fs/cgroup/memory.max").or_else(|| limit("/sys/fs/cgroup/memory/memory.limit_in_bytes"));
        Some(group.map_or(total, |g| g.min(total)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_checked_and_converted() {
        let mut settings = Settings::new();
        settings.set("memory_limit", &Value::string("256MiB")).unwrap();
        assert_eq!(settings.memory_limit(), 256 << 20);
        assert!(settings.set("memory_limit", &Value::string("lots")).is_err());
        assert!(settings.set("time_zone", &Value::string("Nope/City")).is_err());
        settings.set("time_zone", &Value::string("Europe/Berlin")).unwrap();
        let error = settings.set("threads", &Value::Int(0)).unwrap_err();
        assert_eq!(error.message(), "`threads` takes a whole number from 1 to 1024, not 0");
        assert!(settings.set("thread", &Value::Int(1)).is_err());
        assert!(settings.set("on_divide_by_zero", &Value::string("wrap")).is_err());
    }

    #[test]
    fn bytes_are_read_with_either_kind_of_unit() {
        assert_eq!(parse_bytes("8GB"), Some(8_000_000_000));
        assert_eq!(parse_bytes("1.5 GiB"), Some(1_610_612_736));
        assert_eq!(parse_bytes("x"), None);
    }
}
