//! `weft doctor`: looks at what a notebook needs and says what is wrong.

use super::install::{active_prefix, user_data_dir};
use crate::config::data_dir;
use crate::wire::Connection;
use crate::wire::connection::Channel;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What was found.
pub(super) struct Report {
    /// One line for each finding.
    pub(super) text: String,
    /// Whether a notebook can be expected to work.
    pub(super) healthy: bool,
}

enum Finding {
    Good(String),
    /// Works, but somebody should know.
    Note(String),
    Bad(String),
}

/// Examines this machine.
pub(super) fn examine() -> Report {
    let mut findings = vec![binary()];
    findings.extend(kernelspecs(&jupyter_dirs()));
    findings.extend([jupyter(), sockets(), history(), memory()]);
    render(&findings)
}

fn render(findings: &[Finding]) -> Report {
    let line = |finding: &Finding| match finding {
        Finding::Good(text) => format!("ok    {text}"),
        Finding::Note(text) => format!("note  {text}"),
        Finding::Bad(text) => format!("WRONG {text}"),
    };
    let lines: Vec<String> = findings.iter().map(line).collect();
    let healthy = !findings.iter().any(|finding| matches!(finding, Finding::Bad(_)));
    Report { text: lines.join("\n"), healthy }
}

fn binary() -> Finding {
    let version = env!("CARGO_PKG_VERSION");
    match std::env::current_exe() {
        Ok(path) => Finding::Good(format!("weft {version} at {}", path.display())),
        Err(error) => Finding::Bad(format!("weft {version} cannot tell where it is: {error}")),
    }
}

/// Where Jupyter looks for kernels, first found wins.
fn jupyter_dirs() -> Vec<PathBuf> {
    let mut dirs: Vec<PathBuf> =
        std::env::var_os("JUPYTER_PATH").map(|paths| std::env::split_paths(&paths).collect()).unwrap_or_default();
    dirs.extend(active_prefix().map(|prefix| prefix.join("share/jupyter")));
    dirs.extend(user_data_dir());
    dirs.extend(["/usr/local/share/jupyter", "/usr/share/jupyter"].map(PathBuf::from));
    dirs
}

/// Every kernelspec whose language is Weft, and whether its program is there.
fn kernelspecs(dirs: &[PathBuf]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for dir in dirs {
        let entries = std::fs::read_dir(dir.join("kernels")).into_iter().flatten().flatten();
        findings.extend(entries.filter_map(|entry| kernelspec(&entry.path())));
    }
    if findings.is_empty() {
        let looked: Vec<String> = dirs.iter().map(|dir| dir.join("kernels").display().to_string()).collect();
        findings.push(Finding::Bad(format!(
            "no kernelspec of Weft where Jupyter looks: run `weft install`, or activate the environment \
             that it was installed into; looked in {}",
            looked.join(", ")
        )));
    }
    findings
}

fn kernelspec(dir: &Path) -> Option<Finding> {
    let text = std::fs::read_to_string(dir.join("kernel.json")).ok()?;
    let named_weft = dir.file_name().is_some_and(|name| name == "weft");
    let Ok(spec) = serde_json::from_str::<Value>(&text) else {
        let text = format!("kernelspec {} is not JSON: run `weft install` again", dir.display());
        return named_weft.then_some(Finding::Bad(text));
    };
    if spec["language"] != "weft" {
        return None;
    }
    let program = spec["argv"][0].as_str().unwrap_or_default();
    let program = program.replace("{resource_dir}", &dir.to_string_lossy());
    let path = Path::new(&program);
    let shown = dir.display();
    let arguments: Vec<&str> = spec["argv"].as_array().into_iter().flatten().skip(1).filter_map(Value::as_str).collect();
    Some(if !arguments.contains(&"kernel") || !arguments.contains(&"{connection_file}") {
        let text = format!("kernelspec {shown} does not start `weft kernel` with the connection file that Jupyter writes");
        Finding::Bad(format!("{text}: run `weft install` again"))
    } else if path.is_absolute() && path.exists() && !is_executable(path) {
        Finding::Bad(format!("kernelspec {shown} starts {program}, which is no program that you may run"))
    } else if path.is_absolute() && !path.exists() {
        let text = format!("kernelspec {shown} starts {program}, which is not there");
        Finding::Bad(format!("{text}: run `weft install` again"))
    } else if !path.is_absolute() {
        let text = format!("kernelspec {shown} starts {program:?}, which depends on the PATH");
        Finding::Note(text)
    } else {
        Finding::Good(format!("kernelspec {shown}"))
    })
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

fn jupyter() -> Finding {
    match Command::new("jupyter").arg("--version").output() {
        Ok(output) if output.status.success() => {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let wanted = ["jupyterlab", "notebook", "jupyter_client"];
            let versions = text.lines().filter(|line| wanted.iter().any(|w| line.starts_with(w)));
            let versions: Vec<String> = versions.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
            Finding::Good(format!("jupyter ({})", versions.join(", ")))
        }
        _ => Finding::Note(
            "no `jupyter` on the PATH: front ends such as VS Code bring their own; \
             else `pip install jupyterlab`"
                .to_owned(),
        ),
    }
}

/// Binds what a kernel binds.
fn sockets() -> Finding {
    let mut connection = match Connection::parse("{}") {
        Ok(connection) => connection,
        Err(error) => return Finding::Bad(error),
    };
    let channels = [Channel::Shell, Channel::Control, Channel::Stdin, Channel::IoPub, Channel::Heartbeat];
    for channel in channels {
        if let Err(error) = crate::sockets::listen::Bound::bind(&mut connection, channel) {
            return Finding::Bad(format!("sockets: {error}"));
        }
    }
    Finding::Good("sockets can be bound on 127.0.0.1".to_owned())
}

fn history() -> Finding {
    let Some(dir) = data_dir() else {
        let text = "history is kept in memory: neither HOME nor WEFT_DATA_DIR is set";
        return Finding::Note(text.to_owned());
    };
    let probe = dir.join(format!(".doctor-{}", std::process::id()));
    let written = std::fs::create_dir_all(&dir).and_then(|()| std::fs::write(&probe, b""));
    let _ = std::fs::remove_file(&probe);
    match written {
        Ok(()) => Finding::Good(format!("history in {}", dir.display())),
        Err(error) => Finding::Note(format!("history is kept in memory: {}: {error}", dir.display())),
    }
}

/// Memory that this process may use: what the machine has, or its control group allows.
fn memory() -> Finding {
    let machine = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
        Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
    });
    let number = |path: &str| std::fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    let group = number("/sys/fs/cgroup/memory.max").or_else(|| number("/sys/fs/cgroup/memory/memory.limit_in_bytes"));
    match [machine, group].into_iter().flatten().min() {
        Some(bytes) if bytes < 256 << 20 => Finding::Note(format!("only {} MiB of memory are available", bytes >> 20)),
        Some(bytes) => Finding::Good(format!("{} MiB of memory available", bytes >> 20)),
        None => Finding::Note("cannot tell how much memory is available".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(name: &str, json: &str) -> (PathBuf, Vec<Finding>) {
        let data = std::env::temp_dir().join(format!("weft-doctor-{name}-{}", std::process::id()));
        let dir = data.join("kernels/weft");
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join("kernel.json"), json).unwrap();
        let findings = kernelspecs(std::slice::from_ref(&data));
        (data, findings)
    }

    #[test]
    fn a_program_that_is_gone_is_reported() {
        let (data, findings) = spec("gone", r#"{"language":"weft","argv":["/gone/weft","kernel","{connection_file}"]}"#);
        let report = render(&findings);
        assert!(!report.healthy);
        assert!(report.text.contains("/gone/weft"), "{}", report.text);
        std::fs::remove_dir_all(data).unwrap();
    }

    #[test]
    fn broken_and_foreign_specs_are_told_apart() {
        let (data, findings) = spec("broken", "{");
        assert!(matches!(findings[..], [Finding::Bad(_)]));
        std::fs::remove_dir_all(data).unwrap();
        let (data, findings) = spec("other", r#"{"language":"python","argv":["python"]}"#);
        let report = render(&findings);
        assert!(report.text.contains("weft install"), "{}", report.text);
        std::fs::remove_dir_all(data).unwrap();
        let (data, findings) = spec("bare", r#"{"language":"weft","argv":["weft","kernel","{connection_file}"]}"#);
        assert!(matches!(findings[..], [Finding::Note(_)]));
        std::fs::remove_dir_all(data).unwrap();
    }

    #[test]
    fn a_spec_that_starts_something_else_is_reported() {
        for argv in [r#"["/bin/true"]"#, "[]", r#"["/etc/passwd","kernel","{connection_file}"]"#] {
            let (data, findings) = spec("else", &format!(r#"{{"language":"weft","argv":{argv}}}"#));
            assert!(matches!(findings[..], [Finding::Bad(_)]), "{argv}");
            std::fs::remove_dir_all(data).unwrap();
        }
    }
}
