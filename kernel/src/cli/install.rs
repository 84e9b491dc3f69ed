//! `weft install`: writes the kernelspec, with the absolute path of this program.

use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The files of the kernelspec. `argv` is replaced.
const KERNEL_JSON: &str = include_str!("../../../kernelspec/kernel.json");
const LOGOS: [(&str, &[u8]); 3] = [
    ("logo-32x32.png", include_bytes!("../../../kernelspec/logo-32x32.png")),
    ("logo-64x64.png", include_bytes!("../../../kernelspec/logo-64x64.png")),
    ("logo-svg.svg", include_bytes!("../../../kernelspec/logo-svg.svg")),
];

/// Options of `weft install`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// For the current user (the default)
    #[arg(long, conflicts_with_all = ["sys_prefix", "prefix"])]
    user: bool,
    /// Into the Python environment that is active
    #[arg(long, conflicts_with = "prefix")]
    sys_prefix: bool,
    /// Into the environment at this path
    #[arg(long, value_name = "PATH")]
    prefix: Option<PathBuf>,
    /// Name of the kernelspec
    #[arg(long, default_value = "weft")]
    name: String,
}

/// Writes the kernelspec and says where it is.
pub(super) fn run(options: &Options) -> Result<String, String> {
    let program = std::env::current_exe()
        .and_then(std::path::absolute)
        .map_err(|error| format!("cannot tell where this program is: {error}"))?;
    let data = if let Some(prefix) = &options.prefix {
        prefix.join("share/jupyter")
    } else if options.sys_prefix {
        active_prefix()?.join("share/jupyter")
    } else {
        user_data_dir().ok_or("cannot tell the user's home directory: HOME is not set")?
    };
    let dir = write(&data, &options.name, &program)?;
    Ok(format!("Installed the kernelspec {} in {}", options.name, dir.display()))
}

/// Writes the kernelspec `name` under Jupyter's data directory `data`.
fn write(data: &Path, name: &str, program: &Path) -> Result<PathBuf, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
        let rule = "use ASCII letters, digits, '-', '_' and '.'";
        return Err(format!("{name:?} cannot be the name of a kernelspec: {rule}"));
    }
    let data = std::path::absolute(data).map_err(|error| error.to_string())?;
    let dir = data.join("kernels").join(name);
    let failed = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    std::fs::create_dir_all(&dir).map_err(|error| failed(&dir, error))?;
    let spec = kernel_json(program)?;
    let spec = (Path::new("kernel.json"), spec.as_bytes());
    let logos = LOGOS.iter().map(|&(name, bytes)| (Path::new(name), bytes));
    for (name, bytes) in logos.chain([spec]) {
        let path = dir.join(name);
        std::fs::write(&path, bytes).map_err(|error| failed(&path, error))?;
    }
    Ok(dir)
}

/// The kernelspec with `program` as the first argument.
fn kernel_json(program: &Path) -> Result<String, String> {
    let program = program.to_str().ok_or_else(|| format!("{} is not valid UTF-8", program.display()))?;
    let mut spec: Value = serde_json::from_str(KERNEL_JSON).map_err(|error| error.to_string())?;
    spec["argv"][0] = json!(program);
    serde_json::to_string_pretty(&spec).map_err(|error| error.to_string())
}

/// Jupyter's data directory for the user.
pub(super) fn user_data_dir() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(dir) = variable("JUPYTER_DATA_DIR") {
        return Some(dir);
    }
    let home = variable("HOME");
    if cfg!(target_os = "macos") {
        return home.map(|home| home.join("Library/Jupyter"));
    }
    variable("XDG_DATA_HOME").or_else(|| home.map(|home| home.join(".local/share"))).map(|dir| dir.join("jupyter"))
}

/// The prefix of the active Python environment.
pub(super) fn active_prefix() -> Result<PathBuf, String> {
    for name in ["VIRTUAL_ENV", "CONDA_PREFIX"] {
        if let Some(prefix) = std::env::var_os(name).filter(|value| !value.is_empty()) {
            return Ok(PathBuf::from(prefix));
        }
    }
    let code = "import sys; sys.stdout.write(sys.prefix)";
    let output = Command::new("python3").args(["-c", code]).output();
    let output = output.map_err(|error| format!("cannot run python3: {error}"))?;
    let prefix = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() || prefix.is_empty() {
        return Err("no Python environment is active and python3 did not tell its own".to_owned());
    }
    Ok(PathBuf::from(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spec_names_the_program_absolutely() {
        let data = std::env::temp_dir().join(format!("weft-install-{}", std::process::id()));
        let dir = write(&data, "weft", Path::new("/opt/a b/weft")).unwrap();
        let text = std::fs::read_to_string(dir.join("kernel.json")).unwrap();
        let spec: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(spec["argv"][0], "/opt/a b/weft");
        assert_eq!(spec["argv"][1], "kernel");
        assert!(spec["argv"].as_array().unwrap().contains(&json!("{connection_file}")));
        assert_eq!(spec["interrupt_mode"], "message");
        assert_eq!(spec["language"], "weft");
        let logo = std::fs::read(dir.join("logo-64x64.png")).unwrap();
        assert!(logo.starts_with(b"\x89PNG"));
        std::fs::remove_dir_all(data).unwrap();
    }

    #[test]
    fn names_that_leave_the_directory_are_refused() {
        for name in ["", "..", "../x", "a/b", ".hidden", "na me"] {
            assert!(write(Path::new("/nonexistent"), name, Path::new("/weft")).is_err(), "{name}");
        }
    }
}
