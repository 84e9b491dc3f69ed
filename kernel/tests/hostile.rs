//! Messages that no honest client sends. After each, the kernel answers the next cell.

use crate::front::{Front, KEY};
use bytes::Bytes;
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use weft::wire::connection::Channel;
use weft::wire::frames::assemble;
use weft::wire::{Header, Signer};

/// Signs four frames as they are.
fn signed(parts: [&'static [u8]; 4]) -> Vec<Bytes> {
    let signer = Signer::new("hmac-sha256", KEY.as_bytes()).unwrap();
    let signature = signer.sign(parts);
    let mut frames = vec![Bytes::from_static(b"<IDS|MSG>"), Bytes::from(signature)];
    frames.extend(parts.map(Bytes::from_static));
    frames
}

#[test]
fn badly_signed_messages_are_dropped_and_counted() {
    let mut front = Front::new();
    let wrong = Signer::new("hmac-sha256", b"another key").unwrap();
    let header = Header { msg_type: "execute_request".into(), ..Header::default() };
    let content = json!({"code": "out stolen"});
    for channel in [Channel::Shell, Channel::Control] {
        let frames = assemble([], &wrong, &header, &Bytes::from_static(b"{}"), &content);
        front.send_frames(channel, frames);
        let unsigned = Signer::new("", b"").unwrap();
        let frames = assemble([], &unsigned, &header, &Bytes::from_static(b"{}"), &content);
        front.send_frames(channel, frames);
    }
    front.ask(Channel::Control, "kernel_info", json!({}));
    front.is_well(1);
    assert_eq!(front.dropped(), (4, 0));
}

#[test]
fn frames_that_are_no_message_are_dropped_and_counted() {
    let mut front = Front::new();
    let cases: Vec<Vec<Bytes>> = vec![
        vec![Bytes::new()],
        vec!["garbage".into()],
        vec!["<IDS|MSG>".into()],
        vec!["<IDS|MSG>".into(), "sig".into(), "{}".into()],
        vec![Bytes::from(vec![0xff; 1000]); 8],
        signed([b"not json", b"{}", b"{}", b"{}"]),
        signed([b"[]", b"{}", b"{}", b"{}"]),
        signed([b"\xff\xfe", b"{}", b"{}", b"{}"]),
    ];
    let count = cases.len() as u64;
    for frames in cases {
        front.send_frames(Channel::Shell, frames);
    }
    front.is_well(1);
    assert_eq!(front.dropped(), (0, count));
}

#[test]
fn contents_that_cannot_be_read_are_answered_with_an_error() {
    let mut front = Front::new();
    let kinds = ["execute", "complete", "inspect", "is_complete", "history"];
    for kind in kinds {
        for content in [&b"not json"[..], b"[1]", b"{}", b"{\"code\": 5}", b"\xff"] {
            let header = front.header(&format!("{kind}_request"));
            let raw = serde_json::to_vec(&header).unwrap();
            let raw: &'static [u8] = Box::leak(raw.into_boxed_slice());
            front.send_frames(Channel::Shell, signed([raw, b"{}", b"{}", content]));
            front.busy(&header.msg_id);
            let reply_type = format!("{kind}_reply");
            let reply = front.reply(Channel::Shell, &reply_type, &header.msg_id);
            assert_eq!(reply["status"], "error", "{kind}: {content:?}");
            assert_eq!(reply["ename"], "BadRequest");
            front.idle(&header.msg_id);
        }
    }
    front.is_well(1);
}

#[test]
fn a_header_without_fields_is_busy_then_idle() {
    let mut front = Front::new();
    front.send_frames(Channel::Shell, signed([b"{}", b"{}", b"{}", b"{}"]));
    front.busy("");
    front.idle("");
    front.is_well(1);
}

#[test]
fn a_cell_of_a_megabyte_and_binary_text_are_cells() {
    let mut front = Front::new();
    let long = "x".repeat(1 << 20);
    for (count, code) in [long, "\u{0}\u{1b}\u{202e}\u{fffd}".into()].into_iter().enumerate() {
        let id = front.execute(&code);
        front.started(&id, &code, count + 1);
        let result = front.expect(&id, "execute_result");
        assert_eq!(result["data"], json!({"text/plain": code}));
        front.idle(&id);
        front.reply(Channel::Shell, "execute_reply", &id);
    }
}

#[test]
fn bytes_that_are_not_zmtp_end_their_connection_only() {
    let mut front = Front::new();
    let info = front.connection().0.clone();
    let ports = [info.shell_port, info.control_port, info.stdin_port, info.iopub_port, info.hb_port];
    for port in ports {
        for bytes in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0xff; 200], &[0; 64], b""] {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
            // The kernel may have hung up already.
            let _ = stream.write_all(bytes);
            let _ = stream.shutdown(std::net::Shutdown::Write);
            let mut answer = Vec::new();
            // The kernel's greeting at most, then the end.
            let _ = stream.read_to_end(&mut answer);
            assert!(answer.len() <= 64, "{}", answer.len());
        }
    }
    front.is_well(1);
}

#[test]
fn a_handshake_followed_by_garbage_ends_its_connection_only() {
    let mut front = Front::new();
    let info = front.connection().0.clone();
    for port in [info.shell_port, info.iopub_port] {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let mut greeting = [0; 64];
        greeting[0] = 0xff;
        greeting[9] = 0x7f;
        greeting[10] = 3;
        greeting[12..16].copy_from_slice(b"NULL");
        stream.write_all(&greeting).unwrap();
        let kind: &[u8] = if port == info.shell_port { b"DEALER" } else { b"SUB" };
        let mut ready = b"\x05READY\x0bSocket-Type\0\0\0".to_vec();
        ready.push(kind.len() as u8);
        ready.extend(kind);
        stream.write_all(&[4, ready.len() as u8]).unwrap();
        stream.write_all(&ready).unwrap();
        // A long frame of 2^63 bytes.
        let _ = stream.write_all(&[2, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
    }
    front.is_well(1);
}
