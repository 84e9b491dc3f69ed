//! Interrupts by message.

use crate::front::Front;
use serde_json::json;
use std::time::{Duration, Instant};
use weft::wire::connection::Channel;

#[test]
fn an_interrupt_ends_the_cell_soon_and_aborts_the_queue() {
    let mut front = Front::new();
    let id = front.execute("spin 20000");
    let queued = front.execute("queued");
    front.started(&id, "spin 20000", 1);
    let start = Instant::now();
    let reply = front.ask(Channel::Control, "interrupt", json!({}));
    assert_eq!(reply, json!({"status": "ok"}));
    assert_eq!(front.expect(&id, "error")["ename"], "Interrupted");
    front.idle(&id);
    let reply = front.reply(Channel::Shell, "execute_reply", &id);
    assert_eq!(reply["status"], "error");
    assert!(start.elapsed() < Duration::from_millis(500), "{:?}", start.elapsed());
    front.busy(&queued);
    front.idle(&queued);
    let reply = front.reply(Channel::Shell, "execute_reply", &queued);
    assert_eq!(reply["status"], "aborted");
    front.is_well(2);
}

#[test]
fn an_interrupt_of_an_idle_kernel_changes_nothing() {
    let mut front = Front::new();
    front.ask(Channel::Control, "interrupt", json!({}));
    front.is_well(1);
}

#[test]
fn an_interrupt_ends_a_flood_of_output() {
    let mut front = Front::new();
    let id = front.execute("lines 100000000");
    front.started(&id, "lines 100000000", 1);
    // Nearly as much as the pace allows. The cell needs a moment for what is left of it: from then on it waits.
    let mut bytes = 0;
    while bytes < 2_500_000 {
        bytes += front.expect(&id, "stream")["text"].as_str().unwrap().len();
    }
    std::thread::sleep(Duration::from_millis(500));
    let interrupt = front.send(Channel::Control, "interrupt_request", json!({}));
    let start = Instant::now();
    front.reply(Channel::Control, "interrupt_reply", &interrupt);
    let mut last = json!({});
    loop {
        let got = front.output(&id);
        match got.msg_type() {
            "stream" => last = got.content,
            other => break assert_eq!(other, "error"),
        }
    }
    front.idle(&id);
    front.reply(Channel::Shell, "execute_reply", &id);
    assert!(start.elapsed() < Duration::from_millis(1500), "{:?}", start.elapsed());
    // What could not be shown any more is not lost without a word.
    assert_eq!(last["name"], "stderr");
    assert!(last["text"].as_str().unwrap().contains("discarded"), "{last}");
    front.busy(&interrupt);
    front.idle(&interrupt);
    front.is_well(2);
}
