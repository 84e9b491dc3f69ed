//! Ends the kernel with the process that started it, so that no orphans stay.

use std::os::unix::process::parent_id;
use std::path::Path;
use std::time::Duration;

const PERIOD: Duration = Duration::from_millis(500);

/// Waits on its own thread until `parent` is no longer this process's parent, then calls `gone`.
///
/// Launchers pass their process id. Under a container's init that id can be 1, which is also the
/// parent that orphans get: then the parent can never be seen to change, and the kernel lives as
/// long as the container.
pub(crate) fn spawn(parent: u32, gone: impl FnOnce() + Send + 'static) {
    if parent <= 1 {
        return;
    }
    let watch = move || {
        let direct = parent_id() == parent;
        while is_there(parent, direct) {
            std::thread::sleep(PERIOD);
        }
        gone();
    };
    let thread = std::thread::Builder::new().name("watchdog".to_owned()).stack_size(128 << 10);
    let _ = thread.spawn(watch);
}

/// Whether the process `parent` still lives. If it started us itself (`direct`), orphans are told
/// by their new parent. If a wrapper script stands between, its entry in `/proc` tells; without a
/// `/proc`, becoming an orphan does.
fn is_there(parent: u32, direct: bool) -> bool {
    if direct {
        parent_id() == parent
    } else if Path::new("/proc/self").exists() {
        Path::new("/proc").join(parent.to_string()).exists()
    } else {
        parent_id() != 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_are_seen_to_end() {
        let mut child = std::process::Command::new("sleep").arg("30").spawn().unwrap();
        assert!(is_there(child.id(), false));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!is_there(child.id(), false));
        assert!(is_there(parent_id(), true));
    }
}
