//! Cells: output, counting, errors, queues.

use crate::front::Front;
use serde_json::json;
use weft::wire::connection::Channel;

#[test]
fn a_cell_in_order() {
    let mut front = Front::new();
    let code = "out one\nout two\nerr three\nshow table\nupdate table 2\nclear wait\nresult";
    let id = front.execute(code);
    front.started(&id, code, 1);
    assert_eq!(front.expect(&id, "stream"), json!({"name": "stdout", "text": "one\ntwo\n"}));
    assert_eq!(front.expect(&id, "stream"), json!({"name": "stderr", "text": "three\n"}));
    let shown = front.expect(&id, "display_data");
    let transient = json!({"display_id": "d1"});
    assert_eq!(shown, json!({"data": {"text/plain": "table"}, "metadata": {}, "transient": transient}));
    let updated = front.expect(&id, "update_display_data");
    assert_eq!(updated["data"], json!({"text/plain": "table 2"}));
    assert_eq!(updated["transient"], transient);
    assert_eq!(front.expect(&id, "clear_output"), json!({"wait": true}));
    let result = front.expect(&id, "execute_result");
    assert_eq!(result["data"], json!({"text/plain": "result"}));
    assert_eq!((&result["execution_count"], &result["transient"]), (&json!(1), &json!({})));
    front.idle(&id);
    let reply = front.reply(Channel::Shell, "execute_reply", &id);
    let expected = json!({"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}});
    assert_eq!(reply, expected);
}

#[test]
fn the_pager_is_a_payload() {
    let mut front = Front::new();
    let id = front.execute("page help");
    front.started(&id, "page help", 1);
    front.idle(&id);
    let reply = front.reply(Channel::Shell, "execute_reply", &id);
    let page = json!({"source": "page", "data": {"text/plain": "help"}, "start": 0});
    assert_eq!(reply["payload"], json!([page]));
}

#[test]
fn an_error_is_shown_exactly_once() {
    let mut front = Front::new();
    let id = front.execute("out before\nfail badly\nout after");
    front.started(&id, "out before\nfail badly\nout after", 1);
    assert_eq!(front.expect(&id, "stream")["text"], "before\n");
    let error = front.expect(&id, "error");
    assert_eq!((&error["ename"], &error["evalue"]), (&json!("EchoError"), &json!("badly")));
    front.idle(&id);
    let reply = front.reply(Channel::Shell, "execute_reply", &id);
    assert_eq!(reply["status"], "error");
    assert_eq!(reply["traceback"], error["traceback"]);
    assert_eq!(reply["execution_count"], 1);
    assert_eq!(reply["user_expressions"], json!({}));
    front.is_well(2);
}

#[test]
fn a_panic_is_an_error_and_the_kernel_stays() {
    let mut front = Front::new();
    let id = front.execute("panic at the disco");
    front.started(&id, "panic at the disco", 1);
    let error = front.expect(&id, "error");
    assert_eq!(error["ename"], "InternalError");
    assert!(error["evalue"].as_str().unwrap().ends_with("at the disco"));
    front.idle(&id);
    front.reply(Channel::Shell, "execute_reply", &id);
    front.is_well(2);
}

#[test]
fn silence_means_no_output_no_count_and_no_history() {
    let mut front = Front::new();
    for code in ["out x\nshow y\nz", "fail quietly"] {
        let content = json!({"code": code, "silent": true, "store_history": true});
        let id = front.send(Channel::Shell, "execute_request", content);
        front.busy(&id);
        front.idle(&id);
        let reply = front.reply(Channel::Shell, "execute_reply", &id);
        assert_eq!(reply["execution_count"], 0);
        let expected = if code.starts_with("fail") { "error" } else { "ok" };
        assert_eq!(reply["status"], expected);
    }
    let tail = front.ask(Channel::Shell, "history", json!({"hist_access_type": "tail", "n": 9}));
    assert_eq!(tail["history"], json!([]));
    front.is_well(1);
}

#[test]
fn without_store_history_nothing_is_counted_or_remembered() {
    let mut front = Front::new();
    let content = json!({"code": "x", "store_history": false});
    let id = front.send(Channel::Shell, "execute_request", content);
    front.started(&id, "x", 0);
    front.expect(&id, "execute_result");
    front.idle(&id);
    front.reply(Channel::Shell, "execute_reply", &id);
    front.is_well(1);
    let tail = front.ask(Channel::Shell, "history", json!({"hist_access_type": "tail", "n": 9}));
    assert_eq!(tail["history"], json!([[1, 1, "hello"]]));
}

#[test]
fn user_expressions_are_evaluated_one_by_one() {
    let mut front = Front::new();
    let content = json!({"code": "", "user_expressions": {"good": "1 + 1", "worse": "bad"}});
    let id = front.send(Channel::Shell, "execute_request", content);
    front.started(&id, "", 1);
    front.idle(&id);
    let reply = front.reply(Channel::Shell, "execute_reply", &id);
    assert_eq!(reply["status"], "ok");
    let good = json!({"status": "ok", "data": {"text/plain": "1 + 1"}, "metadata": {}});
    assert_eq!(reply["user_expressions"]["good"], good);
    assert_eq!(reply["user_expressions"]["worse"]["status"], "error");
    assert_eq!(reply["user_expressions"]["worse"]["ename"], "EchoError");
}

#[test]
fn an_error_aborts_what_was_queued_and_nothing_later() {
    let mut front = Front::new();
    let code = "pause 50\nfail first";
    let first = front.execute(code);
    let queued = [front.execute("second"), front.execute("third")];
    front.started(&first, code, 1);
    front.expect(&first, "error");
    front.idle(&first);
    let reply = front.reply(Channel::Shell, "execute_reply", &first);
    assert_eq!(reply["status"], "error");
    for id in &queued {
        front.busy(id);
        front.idle(id);
        let reply = front.reply(Channel::Shell, "execute_reply", id);
        assert_eq!(reply["status"], "aborted");
        assert_eq!(reply["user_expressions"], json!({}));
    }
    front.is_well(2);
}

#[test]
fn cells_sent_in_one_breath_are_aborted_even_after_a_quick_error() {
    let mut front = Front::new();
    let first = front.execute("fail at once");
    let second = front.execute("second");
    front.started(&first, "fail at once", 1);
    front.expect(&first, "error");
    front.idle(&first);
    front.reply(Channel::Shell, "execute_reply", &first);
    front.busy(&second);
    front.idle(&second);
    let reply = front.reply(Channel::Shell, "execute_reply", &second);
    assert_eq!(reply["status"], "aborted");
}

#[test]
fn without_stop_on_error_the_queue_goes_on() {
    let mut front = Front::new();
    let content = json!({"code": "pause 30\nfail", "stop_on_error": false});
    let first = front.send(Channel::Shell, "execute_request", content);
    let second = front.execute("second");
    front.started(&first, "pause 30\nfail", 1);
    front.expect(&first, "error");
    front.idle(&first);
    front.reply(Channel::Shell, "execute_reply", &first);
    front.started(&second, "second", 2);
    front.expect(&second, "execute_result");
    front.idle(&second);
    front.reply(Channel::Shell, "execute_reply", &second);
}

#[test]
fn progress_is_one_display_and_silent_in_batch_runs() {
    let mut front = Front::new();
    let batch = json!({"code": "progress 500", "allow_stdin": false});
    let id = front.send(Channel::Shell, "execute_request", batch);
    front.started(&id, "progress 500", 1);
    front.idle(&id);
    front.reply(Channel::Shell, "execute_reply", &id);
    let id = front.execute("progress 600");
    front.started(&id, "progress 600", 2);
    let first = front.expect(&id, "display_data");
    let display_id = first["transient"]["display_id"].clone();
    assert!(display_id.is_string());
    let mut updates = Vec::new();
    while updates.last() != Some(&json!({"text/plain": "done"})) {
        let update = front.expect(&id, "update_display_data");
        assert_eq!(update["transient"]["display_id"], display_id);
        updates.push(update["data"].clone());
    }
    assert!((1..=5).contains(&updates.len()), "{updates:?}");
    front.idle(&id);
    front.reply(Channel::Shell, "execute_reply", &id);
}
