//! The way out.

use crate::front::{Front, Server, connection};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use weft::config::KernelConfig;
use weft::kernel::Kernel;
use weft::wire::connection::Channel;

#[test]
fn shutdown_replies_first_and_tells_restart_from_end() {
    for restart in [false, true] {
        let mut front = Front::new();
        front.is_well(1);
        assert_eq!(front.shutdown(restart), restart);
    }
}

#[test]
fn shutdown_works_on_the_shell_channel_and_without_content() {
    let mut front = Front::new();
    let reply = front.ask(Channel::Shell, "shutdown", json!({}));
    assert_eq!(reply, json!({"status": "ok", "restart": false}));
    let Server::Thread(thread, _) = &mut front.server else {
        panic!("a thread was started");
    };
    assert!(!thread.take().unwrap().join().unwrap());
}

#[test]
fn a_running_cell_is_cancelled_and_still_answered() {
    let mut front = Front::new();
    let cell = front.execute("spin 30000");
    front.started(&cell, "spin 30000", 1);
    let start = Instant::now();
    front.shutdown(false);
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    assert_eq!(front.expect(&cell, "error")["ename"], "Interrupted");
    front.idle(&cell);
    front.reply(Channel::Shell, "execute_reply", &cell);
}

#[test]
fn output_queued_at_the_end_is_written_out() {
    let mut front = Front::new();
    let content = json!({"code": "lines 200000", "allow_stdin": false});
    let cell = front.send(Channel::Shell, "execute_request", content);
    front.started(&cell, "lines 200000", 1);
    // Let the cell finish while nobody reads, then end the kernel.
    std::thread::sleep(Duration::from_millis(300));
    let reply = front.next(Channel::Shell);
    assert_eq!(reply.content["status"], "ok");
    front.shutdown(false);
    let mut bytes = 0;
    loop {
        let got = front.output(&cell);
        if got.msg_type() == "status" {
            break;
        }
        bytes += got.content["text"].as_str().unwrap().len();
    }
    assert_eq!(bytes, (0..200_000).map(|n| format!("line {n}\n").len()).sum::<usize>());
}

#[test]
fn a_kernel_without_a_parent_ends() {
    let mut parent = std::process::Command::new("sleep").arg("30").spawn().unwrap();
    let config = KernelConfig { parent: Some(parent.id()), ..KernelConfig::default() };
    let kernel = Kernel::start(connection(), Arc::new(crate::echo::Echo), config).unwrap();
    let thread = std::thread::spawn(move || kernel.run());
    std::thread::sleep(Duration::from_millis(100));
    assert!(!thread.is_finished());
    parent.kill().unwrap();
    parent.wait().unwrap();
    assert!(!thread.join().unwrap());
}

#[test]
fn a_parent_of_one_is_nobody_to_watch() {
    let config = KernelConfig { parent: Some(1), ..KernelConfig::default() };
    let mut front = Front::with(connection(), config);
    std::thread::sleep(Duration::from_millis(700));
    front.is_well(1);
}

#[test]
fn an_address_in_use_is_a_clear_error() {
    let front = Front::new();
    let taken = front.connection().clone();
    let second = Kernel::start(taken.clone(), Arc::new(crate::echo::Echo), KernelConfig::default());
    let error = second.err().unwrap().to_string();
    assert!(error.contains("Shell") && error.contains(&taken.0.shell_port.to_string()), "{error}");
}

#[test]
fn unix_sockets_serve_as_well_and_are_removed() {
    let name = format!("weft-ipc-{}", std::process::id());
    let prefix = std::env::temp_dir().join(name);
    let mut connection = connection();
    connection.0.transport = jupyter_protocol::connection_info::Transport::IPC;
    connection.0.ip = prefix.to_string_lossy().into_owned();
    let channels = [Channel::Shell, Channel::Control, Channel::Stdin, Channel::IoPub, Channel::Heartbeat];
    for (number, channel) in (1..).zip(channels) {
        connection.set_port(channel, number);
    }
    let mut front = Front::with(connection, KernelConfig::default());
    front.is_well(1);
    front.shutdown(false);
    let shell = format!("{}-1", prefix.display());
    let deadline = Instant::now() + Duration::from_secs(2);
    while std::path::Path::new(&shell).exists() {
        assert!(Instant::now() < deadline, "{shell} is still there");
        std::thread::sleep(Duration::from_millis(10));
    }
    let _ = std::fs::remove_file(format!("{}-5", prefix.display()));
}
