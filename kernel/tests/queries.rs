//! Requests that are answered while a cell runs: completion, inspection, is_complete, history.

use crate::front::Front;
use serde_json::json;
use weft::config::KernelConfig;
use weft::wire::connection::Channel;

#[test]
fn completion_counts_code_points_and_is_typed() {
    let mut front = Front::new();
    let code = "\u{1f600}\u{e9} ec and more";
    let reply = front.ask(Channel::Shell, "complete", json!({"code": code, "cursor_pos": 5}));
    assert_eq!(reply["status"], "ok");
    assert_eq!(reply["matches"], json!(["echo", "echo_all"]));
    assert_eq!((&reply["cursor_start"], &reply["cursor_end"]), (&json!(3), &json!(5)));
    let typed = &reply["metadata"]["_jupyter_types_experimental"][1];
    let expected = json!({
        "text": "echo_all", "type": "function", "signature": "(x)", "start": 3, "end": 5,
    });
    assert_eq!(*typed, expected);
}

#[test]
fn a_cursor_left_out_or_past_the_end_means_the_end() {
    let mut front = Front::new();
    for content in [json!({"code": "a b"}), json!({"code": "a b", "cursor_pos": 999})] {
        let reply = front.ask(Channel::Shell, "complete", content);
        assert_eq!(reply["cursor_end"], 3);
    }
}

#[test]
fn inspection_finds_or_says_that_it_did_not() {
    let mut front = Front::new();
    let content = json!({"code": "\u{e9}echo x", "cursor_pos": 5, "detail_level": 1});
    let reply = front.ask(Channel::Shell, "inspect", content);
    assert_eq!(reply["data"], json!({"text/plain": "long help"}));
    assert_eq!(reply["found"], true);
    let reply = front.ask(Channel::Shell, "inspect", json!({"code": "nope"}));
    assert_eq!(reply, json!({"status": "ok", "found": false, "data": {}, "metadata": {}}));
}

#[test]
fn is_complete_has_four_answers() {
    let mut front = Front::new();
    let cases = [
        ("x", json!({"status": "complete"})),
        ("open", json!({"status": "incomplete", "indent": "  "})),
        ("wrong", json!({"status": "invalid"})),
        ("what", json!({"status": "unknown"})),
    ];
    for (code, expected) in cases {
        let reply = front.ask(Channel::Shell, "is_complete", json!({"code": code}));
        assert_eq!(reply, expected, "{code}");
    }
}

#[test]
fn everything_but_cells_is_answered_while_a_cell_runs() {
    let mut front = Front::new();
    let cell = front.execute("spin 60000");
    front.started(&cell, "spin 60000", 1);
    front.ask(Channel::Shell, "kernel_info", json!({}));
    front.ask(Channel::Shell, "complete", json!({"code": "e"}));
    front.ask(Channel::Shell, "inspect", json!({"code": "echo"}));
    front.ask(Channel::Shell, "is_complete", json!({"code": "e"}));
    front.ask(Channel::Shell, "history", json!({"hist_access_type": "tail", "n": 5}));
    front.ask(Channel::Control, "kernel_info", json!({}));
    // The cell was there all the time.
    front.ask(Channel::Control, "interrupt", json!({}));
    assert_eq!(front.expect(&cell, "error")["ename"], "Interrupted");
    front.idle(&cell);
    front.reply(Channel::Shell, "execute_reply", &cell);
}

#[test]
fn a_panic_in_completion_is_an_error_reply() {
    let mut front = Front::new();
    let reply = front.ask(Channel::Shell, "complete", json!({"code": "panic"}));
    assert_eq!(reply["status"], "error");
    assert_eq!(reply["ename"], "InternalError");
    assert!(reply["evalue"].as_str().unwrap().contains("a defect in completion"));
    front.ask(Channel::Shell, "complete", json!({"code": "e"}));
}

#[test]
fn debug_and_comms_are_refused() {
    let mut front = Front::new();
    let content = json!({"type": "request", "seq": 7, "command": "initialize"});
    let reply = front.ask(Channel::Control, "debug", content);
    assert_eq!(reply["success"], false);
    assert_eq!(reply["request_seq"], 7);
    assert_eq!(reply["status"], "error");
    let id = front.send(Channel::Shell, "comm_open", json!({"comm_id": "c1", "target_name": "jupyter.widget", "data": {}}));
    front.busy(&id);
    assert_eq!(front.expect(&id, "comm_close"), json!({"comm_id": "c1", "data": {}}));
    front.idle(&id);
}

#[test]
fn history_is_kept_over_a_restart() {
    let dir = std::env::temp_dir().join(format!("weft-front-history-{}", std::process::id()));
    let config = KernelConfig { data_dir: Some(dir.clone()), ..KernelConfig::default() };
    let mut first = Front::with(crate::front::connection(), config.clone());
    first.is_well(1);
    assert!(first.shutdown(true));
    drop(first);
    let mut second = Front::with(crate::front::connection(), config);
    let tail = json!({"hist_access_type": "tail", "n": 3, "output": true});
    let reply = second.ask(Channel::Shell, "history", tail);
    assert_eq!(reply["history"], json!([[1, 1, ["hello", "hello"]]]));
    second.is_well(1);
    for (session, expected) in [(0, json!([[2, 1, "hello"]])), (-1, json!([[1, 1, "hello"]]))] {
        let range = json!({"hist_access_type": "range", "session": session, "start": 0});
        let reply = second.ask(Channel::Shell, "history", range);
        assert_eq!(reply["history"], expected);
    }
    let search = json!({"hist_access_type": "search", "pattern": "h?l*", "unique": true});
    let reply = second.ask(Channel::Shell, "history", search);
    assert_eq!(reply["history"], json!([[2, 1, "hello"]]));
    let reply = second.ask(Channel::Shell, "history", json!({"hist_access_type": "odd"}));
    assert_eq!(reply["status"], "error");
    drop(second);
    std::fs::remove_dir_all(dir).unwrap();
}
