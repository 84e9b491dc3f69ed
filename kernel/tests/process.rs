//! A kernel in a process of its own: signals, and what the process prints.
//!
//! The process is this test binary, run again with one test selected that serves the echo
//! backend when it is told a connection file.

use crate::echo::Echo;
use crate::front::{Front, Server, connection};
use serde_json::json;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use weft::config::KernelConfig;
use weft::kernel::Kernel;
use weft::wire::Connection;
use weft::wire::connection::Channel;

const VARIABLE: &str = "WEFT_TEST_CONNECTION_FILE";

/// Not a test by itself: the kernel process of the others.
#[test]
fn serve_echo_when_told_to() {
    let Some(path) = std::env::var_os(VARIABLE).map(PathBuf::from) else {
        return;
    };
    let connection = Connection::read(&path).unwrap();
    let config = KernelConfig { data_dir: None, ..KernelConfig::from_env() };
    let kernel = Kernel::start(connection, Arc::new(Echo), config).unwrap();
    let info = serde_json::to_string(&kernel.connection().0).unwrap();
    std::fs::write(path.with_extension("ready.tmp"), info).unwrap();
    std::fs::rename(path.with_extension("ready.tmp"), path.with_extension("ready")).unwrap();
    kernel.run();
}

/// Starts the kernel process and connects to it.
fn spawn(name: &str) -> (Child, Front) {
    let file = format!("weft-process-{name}-{}.json", std::process::id());
    let path = std::env::temp_dir().join(file);
    let ready = path.with_extension("ready");
    let _ = std::fs::remove_file(&ready);
    std::fs::write(&path, serde_json::to_string(&connection().0).unwrap()).unwrap();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "process::serve_echo_when_told_to", "--nocapture"])
        .env(VARIABLE, &path)
        .env("JPY_PARENT_PID", std::process::id().to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while !ready.exists() {
        assert!(Instant::now() < deadline, "the kernel process did not start");
        std::thread::sleep(Duration::from_millis(5));
    }
    let served = Connection::read(&ready).unwrap();
    std::fs::remove_file(&ready).unwrap();
    std::fs::remove_file(&path).unwrap();
    (child, Front::connect(&served, Server::Elsewhere))
}

fn signal(child: &Child, name: &str) {
    let pid = child.id().to_string();
    let status = Command::new("kill").args([name, &pid]).status().unwrap();
    assert!(status.success());
}

fn wait(child: &mut Child) -> std::process::ExitStatus {
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        assert!(Instant::now() < deadline, "the kernel process did not end");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn sigint_interrupts_a_cell_and_spares_an_idle_kernel() {
    let (mut child, mut front) = spawn("sigint");
    signal(&child, "-INT");
    // Signals and messages come by different ways.
    std::thread::sleep(Duration::from_millis(200));
    front.is_well(1);
    let id = front.execute("spin 20000");
    front.started(&id, "spin 20000", 2);
    let start = Instant::now();
    signal(&child, "-INT");
    assert_eq!(front.expect(&id, "error")["ename"], "Interrupted");
    front.idle(&id);
    front.reply(Channel::Shell, "execute_reply", &id);
    assert!(start.elapsed() < Duration::from_millis(500), "{:?}", start.elapsed());
    front.is_well(3);
    front.shutdown(false);
    assert!(wait(&mut child).success());
}

#[test]
fn sigterm_ends_in_good_order() {
    let (mut child, mut front) = spawn("sigterm");
    let id = front.execute("spin 20000");
    front.started(&id, "spin 20000", 1);
    signal(&child, "-TERM");
    assert_eq!(front.expect(&id, "error")["ename"], "Interrupted");
    front.idle(&id);
    front.reply(Channel::Shell, "execute_reply", &id);
    assert!(wait(&mut child).success());
}

#[test]
fn a_panic_does_not_end_the_process() {
    let (mut child, mut front) = spawn("panic");
    let id = front.execute("panic now");
    front.started(&id, "panic now", 1);
    assert_eq!(front.expect(&id, "error")["ename"], "InternalError");
    front.idle(&id);
    front.reply(Channel::Shell, "execute_reply", &id);
    front.is_well(2);
    front.shutdown(false);
    assert!(wait(&mut child).success());
}

#[test]
fn the_binary_speaks_for_itself() {
    let weft = env!("CARGO_BIN_EXE_weft");
    let run = |args: &[&str]| Command::new(weft).args(args).output().unwrap();
    let version = run(&["version"]);
    assert!(version.status.success());
    let text = String::from_utf8(version.stdout).unwrap();
    assert_eq!(text.trim(), format!("weft {}", env!("CARGO_PKG_VERSION")));
    let prefix = std::env::temp_dir().join(format!("weft-prefix-{}", std::process::id()));
    let installed = run(&["install", "--prefix", &prefix.to_string_lossy(), "--name", "weft-t"]);
    assert!(installed.status.success());
    let spec = prefix.join("share/jupyter/kernels/weft-t/kernel.json");
    let spec: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(spec).unwrap()).unwrap();
    assert_eq!(spec["argv"][0], json!(weft));
    let doctor = Command::new(weft)
        .arg("doctor")
        .env("JUPYTER_PATH", prefix.join("share/jupyter"))
        .env("WEFT_DATA_DIR", &prefix)
        .output()
        .unwrap();
    let report = String::from_utf8(doctor.stdout).unwrap();
    for finding in ["ok    weft ", "kernels/weft-t", "ok    sockets", "ok    history", "memory"] {
        assert!(report.contains(finding), "{finding}: {report}");
    }
    std::fs::remove_dir_all(prefix).unwrap();
    let missing = run(&["kernel", "-f", "/nonexistent.json"]);
    assert!(!missing.status.success());
    assert!(!String::from_utf8(missing.stderr).unwrap().is_empty());
}
