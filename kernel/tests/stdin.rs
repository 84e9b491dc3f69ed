//! Questions to the user.

use crate::front::Front;
use serde_json::json;
use weft::wire::connection::Channel;

#[test]
fn a_question_is_answered() {
    let mut front = Front::new();
    for (count, (code, secret)) in [("ask name?", false), ("secret name?", true)].into_iter().enumerate() {
        let id = front.execute(code);
        front.started(&id, code, count + 1);
        let question = front.next(Channel::Stdin);
        assert_eq!(question.msg_type(), "input_request");
        assert_eq!(question.parent_id(), id);
        assert_eq!(question.content, json!({"prompt": "name?", "password": secret}));
        front.send(Channel::Stdin, "input_reply", json!({"value": "Ada \u{e9}", "status": "ok"}));
        let result = front.expect(&id, "execute_result");
        assert_eq!(result["data"], json!({"text/plain": "Ada \u{e9}"}));
        front.idle(&id);
        front.reply(Channel::Shell, "execute_reply", &id);
    }
}

#[test]
fn answers_nobody_asked_for_are_not_taken() {
    let mut front = Front::new();
    front.send(Channel::Stdin, "input_reply", json!({"value": "too early"}));
    front.is_well(1);
    let id = front.execute("ask now?");
    front.started(&id, "ask now?", 2);
    assert_eq!(front.next(Channel::Stdin).msg_type(), "input_request");
    front.send(Channel::Stdin, "something_else", json!({"value": "wrong type"}));
    front.send_frames(Channel::Stdin, vec!["garbage".into()]);
    front.send(Channel::Stdin, "input_reply", json!({"value": "in time"}));
    let result = front.expect(&id, "execute_result");
    assert_eq!(result["data"], json!({"text/plain": "in time"}));
    front.idle(&id);
    front.reply(Channel::Shell, "execute_reply", &id);
}

#[test]
fn without_allow_stdin_a_question_is_an_error() {
    let mut front = Front::new();
    let content = json!({"code": "ask ?", "allow_stdin": false});
    let id = front.send(Channel::Shell, "execute_request", content);
    front.started(&id, "ask ?", 1);
    let error = front.expect(&id, "error");
    assert_eq!(error["ename"], "InputError");
    front.idle(&id);
    front.reply(Channel::Shell, "execute_reply", &id);
}

#[test]
fn a_question_can_be_interrupted() {
    let mut front = Front::new();
    let id = front.execute("ask ?");
    front.started(&id, "ask ?", 1);
    assert_eq!(front.next(Channel::Stdin).msg_type(), "input_request");
    front.ask(Channel::Control, "interrupt", json!({}));
    assert_eq!(front.expect(&id, "error")["ename"], "Interrupted");
    front.idle(&id);
    let reply = front.reply(Channel::Shell, "execute_reply", &id);
    assert_eq!(reply["ename"], "Interrupted");
    front.is_well(2);
}
