//! Cells of the language, as a front end sees them.

use crate::front::{Front, connection};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use weft::config::KernelConfig;
use weft::interpreter::{Interpreter, WeftBackend};
use weft::wire::connection::Channel;

/// A kernel of the language with `settings`, and a client.
fn start(settings: &[(&str, &str)]) -> Front {
    let settings: Vec<(String, String)> = settings.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect();
    let interpreter = Interpreter::new(env!("CARGO_MANIFEST_DIR"), &settings).unwrap();
    Front::on(connection(), KernelConfig::default(), Arc::new(WeftBackend::new(interpreter)))
}

/// Runs a cell that gives a result and nothing else; returns its data.
fn result(front: &mut Front, code: &str, count: usize) -> Value {
    let id = front.execute(code);
    front.started(&id, code, count);
    let shown = front.expect(&id, "execute_result");
    ended(front, &id, "ok");
    shown["data"].clone()
}

/// Runs a cell that fails before it shows anything; returns the error.
fn error(front: &mut Front, code: &str, count: usize) -> Value {
    let id = front.execute(code);
    front.started(&id, code, count);
    let error = front.expect(&id, "error");
    ended(front, &id, "error");
    error
}

/// Runs a cell that shows nothing.
fn nothing(front: &mut Front, code: &str, count: usize) {
    let id = front.execute(code);
    front.started(&id, code, count);
    ended(front, &id, "ok");
}

/// A line without its colours.
fn bare(line: &Value) -> String {
    let mut parts = line.as_str().unwrap().split('\x1b');
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').unwrap().1)
}

fn ended(front: &mut Front, id: &str, status: &str) -> Value {
    front.idle(id);
    let reply = front.reply(Channel::Shell, "execute_reply", id);
    assert_eq!(reply["status"], status, "{reply:?}");
    reply
}

#[test]
fn a_table_is_html_text_and_data() {
    let mut front = start(&[]);
    let data = result(&mut front, "[{a: 1, b: \"x\"}, {a: null, b: \"<b>\"}] | derive c = a * 2", 1);
    let text = data["text/plain"].as_str().unwrap();
    assert!(text.ends_with("2 rows × 3 columns"), "{text}");
    assert!(data["text/html"].as_str().unwrap().contains("&lt;b&gt;"));
    let rows = json!([{"a": 1, "b": "x", "c": 2}, {"a": null, "b": "<b>", "c": null}]);
    assert_eq!(data["application/vnd.dataresource+json"]["data"], rows);
}

#[test]
fn a_preview_says_how_many_rows_there_are_where_that_is_known() {
    let mut front = start(&[("preview_rows", "2")]);
    let last = |data: Value| data["text/plain"].as_str().unwrap().lines().last().unwrap().to_owned();
    assert_eq!(last(result(&mut front, "range(1000)", 1)), "1,000 rows × 1 column, first 2 shown");
    assert_eq!(last(result(&mut front, "range(1000) | where id > 5", 2)), "at least 3 rows × 1 column, first 2 shown");
    assert_eq!(last(result(&mut front, "range(2)", 3)), "2 rows × 1 column");
}

#[test]
fn names_live_as_long_as_the_kernel() {
    let mut front = start(&[]);
    nothing(&mut front, "let t = range(4)\nlet n = 2", 1);
    nothing(&mut front, "let t = t | where id >= $n", 2);
    assert_eq!(result(&mut front, "t | agg { s = sum(id) }", 3)["application/vnd.dataresource+json"]["data"], json!([{"s": 5}]));
    assert_eq!(result(&mut front, "$n + 1", 4)["text/plain"], "3");
}

#[test]
fn an_error_underlines_its_place_and_offers_what_was_meant() {
    let mut front = start(&[]);
    let shown = error(&mut front, "range(3)\n| where idd > 1", 1);
    assert_eq!(shown["ename"], "E0201");
    assert_eq!(shown["evalue"], "no column `idd` (did you mean `id`?)");
    let traceback: Vec<String> = shown["traceback"].as_array().unwrap().iter().map(bare).collect();
    let at = traceback.iter().position(|line| line.contains("| where idd > 1")).unwrap();
    let (line, marks) = (&traceback[at], &traceback[at + 1]);
    let column = |text: &str, what: &str| text[..text.find(what).unwrap()].chars().count();
    assert_eq!(column(line, "idd"), column(marks, "─┬─"), "{traceback:#?}");
    assert_eq!(result(&mut front, "1 + 1", 2)["text/plain"], "2");
}

#[test]
fn an_error_while_it_runs_points_into_the_cell_too() {
    let mut front = start(&[]);
    let shown = error(&mut front, "range(3)\n| derive n = (id::str + \"x\")::int", 1);
    assert_eq!(shown["ename"], "E0206", "{shown}");
    let shown = error(&mut front, "[{s: \"1\"}, {s: \"x\"}]\n| derive n = s::int", 2);
    assert_eq!(shown["ename"], "E0301", "{shown}");
    assert!(shown["evalue"].as_str().unwrap().contains('x'));
    let traceback = shown["traceback"].to_string();
    assert!(traceback.contains(":2:14"), "{traceback}");
}

#[test]
fn a_missing_file_is_named_and_the_next_cell_runs() {
    let mut front = start(&[]);
    let shown = error(&mut front, "read_parquet(\"nowhere.parquet\") | take 1", 1);
    assert!(shown["evalue"].as_str().unwrap().contains("nowhere.parquet"));
    assert_eq!(result(&mut front, "6 * 7", 2)["text/plain"], "42");
}

#[test]
fn what_is_bound_before_an_error_stays() {
    let mut front = start(&[]);
    error(&mut front, "let kept = 5\n[{s: \"x\"}] | derive n = s::int | show", 1);
    assert_eq!(result(&mut front, "$kept", 2)["text/plain"], "5");
}

#[test]
fn an_interrupt_ends_a_heavy_query_and_keeps_the_session() {
    let mut front = start(&[]);
    nothing(&mut front, "let t = range(3)", 1);
    let code = "range(20_000_000_000) | derive k = id % 7 | group k { s = sum(id) }";
    let id = front.execute(code);
    front.started(&id, code, 2);
    std::thread::sleep(Duration::from_millis(150));
    let asked = Instant::now();
    front.ask(Channel::Control, "interrupt", json!({}));
    assert_eq!(front.expect(&id, "error")["ename"], "Interrupted");
    ended(&mut front, &id, "error");
    assert!(asked.elapsed() < Duration::from_millis(1500), "{:?}", asked.elapsed());
    let data = result(&mut front, "t | agg { n = count() }", 3);
    assert_eq!(data["application/vnd.dataresource+json"]["data"], json!([{"n": 3}]));
}

#[test]
fn a_long_query_shows_its_progress_in_one_display() {
    let mut front = start(&[]);
    let code = "range(20_000_000_000) | derive k = id % 7 | group k { s = sum(id) }";
    let id = front.execute(code);
    front.started(&id, code, 1);
    let first = front.expect(&id, "display_data");
    let display = first["transient"]["display_id"].clone();
    assert!(display.is_string());
    assert!(first["data"]["text/plain"].as_str().unwrap().contains("rows"), "{first}");
    let update = front.expect(&id, "update_display_data");
    assert_eq!(update["transient"]["display_id"], display);
    let interrupt = front.send(Channel::Control, "interrupt_request", json!({}));
    front.reply(Channel::Control, "interrupt_reply", &interrupt);
    let last = loop {
        let got = front.output(&id);
        match got.msg_type() {
            "update_display_data" if got.content["data"]["text/plain"] == "" => break got.content,
            "update_display_data" => (),
            other => panic!("{other}: {:?}", got.content),
        }
    };
    assert_eq!(last["transient"]["display_id"], display);
    assert_eq!(front.expect(&id, "error")["ename"], "Interrupted");
    ended(&mut front, &id, "error");
    front.busy(&interrupt);
    front.idle(&interrupt);
}

#[test]
fn prints_and_shows_come_in_order_before_the_result() {
    let mut front = start(&[]);
    let code = "print(\"one\")\nrange(2) | show\nprint(\"two\", to: \"stderr\")\nrange(3)";
    let id = front.execute(code);
    front.started(&id, code, 1);
    assert_eq!(front.expect(&id, "stream"), json!({"name": "stdout", "text": "one\n"}));
    let shown = front.expect(&id, "display_data");
    assert!(shown["data"]["text/plain"].as_str().unwrap().ends_with("2 rows × 1 column"));
    assert_eq!(front.expect(&id, "stream"), json!({"name": "stderr", "text": "two\n"}));
    let shown = front.expect(&id, "execute_result");
    assert!(shown["data"]["text/plain"].as_str().unwrap().ends_with("3 rows × 1 column"));
    ended(&mut front, &id, "ok");
}

#[test]
fn a_result_that_is_lost_is_warned_of() {
    let mut front = start(&[]);
    let code = "range(2)\n1 + 1";
    let id = front.execute(code);
    front.started(&id, code, 1);
    let warning = front.expect(&id, "stream");
    assert_eq!(warning["name"], "stderr");
    assert!(warning["text"].as_str().unwrap().contains("W0202"), "{warning}");
    assert_eq!(front.expect(&id, "execute_result")["data"]["text/plain"], "2");
    ended(&mut front, &id, "ok");
}

#[test]
fn input_asks_the_user() {
    let mut front = start(&[]);
    let code = "let name = input(\"Name: \")\n$name";
    let content = json!({"code": code, "allow_stdin": true});
    let id = front.send(Channel::Shell, "execute_request", content);
    front.started(&id, code, 1);
    let asked = front.next(Channel::Stdin);
    assert_eq!(asked.content, json!({"prompt": "Name: ", "password": false}));
    front.send(Channel::Stdin, "input_reply", json!({"value": "Ada", "status": "ok"}));
    assert_eq!(front.expect(&id, "execute_result")["data"]["text/plain"], "Ada");
    ended(&mut front, &id, "ok");
}

#[test]
fn settings_hold_for_later_cells_and_unknown_ones_are_refused() {
    let mut front = start(&[]);
    nothing(&mut front, "set preview_rows = 1", 1);
    let data = result(&mut front, "range(5)", 2);
    assert!(data["text/plain"].as_str().unwrap().ends_with("5 rows × 1 column, first 1 shown"));
    let shown = error(&mut front, "set preview_row = 1", 3);
    assert!(shown["traceback"].to_string().contains("preview_rows"), "{shown}");
}

#[test]
fn explanations_are_results() {
    let mut front = start(&[]);
    let data = result(&mut front, "range(10) | where id > 3 | explain", 1);
    let text = data["text/plain"].as_str().unwrap();
    assert!(text.starts_with("as written\nwhere id > 3"), "{text}");
    assert!(data["text/html"].as_str().unwrap().contains("<b>scan</b>"));
}

#[test]
fn help_is_a_page_and_no_output() {
    let mut front = start(&[]);
    let id = front.execute("help sort");
    front.started(&id, "help sort", 1);
    let reply = ended(&mut front, &id, "ok");
    let page = &reply["payload"][0];
    assert_eq!(page["source"], "page");
    assert!(page["data"]["text/plain"].as_str().unwrap().contains("sort"), "{page}");
}

#[test]
fn a_cell_is_laid_out_in_its_place() {
    let mut front = start(&[]);
    let id = front.execute("%%fmt\nt|where a>1");
    front.started(&id, "%%fmt\nt|where a>1", 1);
    let reply = ended(&mut front, &id, "ok");
    assert_eq!(reply["payload"], json!([{"source": "set_next_input", "text": "t | where a > 1", "replace": true}]));
    let shown = error(&mut front, "%%fmt\nt | whre a", 2);
    assert!(shown["traceback"].to_string().contains(":2:5"), "{shown}");
}

#[test]
fn user_expressions_read_the_session() {
    let mut front = start(&[]);
    let content = json!({"code": "let n = 20", "user_expressions": {"twice": "$n * 2", "bad": "$m"}});
    let id = front.send(Channel::Shell, "execute_request", content);
    front.started(&id, "let n = 20", 1);
    let reply = ended(&mut front, &id, "ok");
    assert_eq!(reply["user_expressions"]["twice"]["data"]["text/plain"], "40");
    assert_eq!(reply["user_expressions"]["bad"]["ename"], "E0204");
}

#[test]
fn whatever_is_typed_the_next_cell_runs() {
    let mut front = start(&[]);
    let garbage = ["(((", "\u{0}\u{1}", "| | |", "let", "range(", "'", "%%sql\nSELECT 1", "range(3) | where ) id"];
    for (at, code) in garbage.iter().enumerate() {
        let shown = error(&mut front, code, at + 1);
        assert!(shown["ename"].as_str().unwrap().starts_with("E0"), "{code}: {shown}");
    }
    assert_eq!(result(&mut front, "1 + 1", garbage.len() + 1)["text/plain"], "2");
}

#[test]
fn whether_a_cell_is_complete() {
    let mut front = start(&[]);
    let ask = |front: &mut Front, code: &str| front.ask(Channel::Shell, "is_complete", json!({"code": code}));
    assert_eq!(ask(&mut front, "range(3)")["status"], "complete");
    assert_eq!(ask(&mut front, "range(3) |"), json!({"status": "incomplete", "indent": "  "}));
    assert_eq!(ask(&mut front, "let = 3")["status"], "invalid");
}
