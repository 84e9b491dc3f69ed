//! Much output: nothing is lost, and nobody is held up for ever.

use crate::front::Front;
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use weft::wire::connection::Channel;

/// Runs a cell as a batch run does, which is not paced.
fn batch(front: &mut Front, code: &str) -> String {
    front.send(Channel::Shell, "execute_request", json!({"code": code, "allow_stdin": false}))
}

#[test]
fn a_hundred_thousand_lines_arrive_in_few_messages() {
    let mut front = Front::new();
    let id = batch(&mut front, "lines 100000");
    front.started(&id, "lines 100000", 1);
    let (mut text, mut messages) = (String::new(), 0);
    loop {
        let got = front.output(&id);
        if got.msg_type() == "status" {
            break assert_eq!(got.content["execution_state"], "idle");
        }
        assert_eq!(got.content["name"], "stdout");
        text.push_str(got.content["text"].as_str().unwrap());
        messages += 1;
    }
    front.reply(Channel::Shell, "execute_reply", &id);
    let expected: String = (0..100_000).map(|number| format!("line {number}\n")).collect();
    assert!(text == expected, "{} bytes instead of {}", text.len(), expected.len());
    assert!(messages < 200, "{messages}");
    front.is_well(2);
}

#[test]
fn output_for_a_page_keeps_within_the_servers_limit() {
    let mut front = Front::new();
    // 4.9 MB: a notebook server would cut it off after three.
    let id = front.execute("lines 400000");
    front.started(&id, "lines 400000", 1);
    let mut log: Vec<(Instant, usize)> = Vec::new();
    loop {
        let got = front.output(&id);
        if got.msg_type() == "status" {
            break;
        }
        let bytes = got.content["text"].as_str().unwrap().len();
        log.push((Instant::now(), bytes));
    }
    front.reply(Channel::Shell, "execute_reply", &id);
    let total: usize = log.iter().map(|(_, bytes)| bytes).sum();
    assert_eq!(total, (0..400_000).map(|n| format!("line {n}\n").len()).sum::<usize>());
    for &(start, _) in &log {
        let within = |at: Instant| at >= start && at < start + Duration::from_secs(3);
        let bytes: usize = log.iter().filter(|(at, _)| within(*at)).map(|(_, bytes)| bytes).sum();
        assert!(bytes <= 3_000_000, "{bytes} bytes in three seconds");
    }
}

/// A subscriber that completes the handshake, subscribes to everything, and never reads again.
fn deaf_subscriber(port: u16) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let mut greeting = [0; 64];
    greeting[0] = 0xff;
    greeting[9] = 0x7f;
    greeting[10] = 3;
    greeting[12..16].copy_from_slice(b"NULL");
    stream.write_all(&greeting).unwrap();
    stream.write_all(b"\x04\x19\x05READY\x0bSocket-Type\0\0\0\x03SUB").unwrap();
    stream.write_all(&[0, 1, 1]).unwrap();
    // Waits for the welcome to begin, so that the subscription counts.
    let mut first = [0; 64 + 2 + 30];
    stream.read_exact(&mut first).unwrap();
    stream
}

#[test]
fn a_subscriber_that_never_reads_is_evicted_and_the_others_lose_nothing() {
    let mut front = Front::new();
    let deaf = deaf_subscriber(front.connection().0.iopub_port);
    let start = Instant::now();
    // About 60 MB: more than the sockets and the outbox of the deaf one hold.
    let id = batch(&mut front, "lines 4500000");
    front.started(&id, "lines 4500000", 1);
    let mut bytes = 0;
    loop {
        let got = front.output(&id);
        if got.msg_type() == "status" {
            break;
        }
        bytes += got.content["text"].as_str().unwrap().len();
    }
    front.reply(Channel::Shell, "execute_reply", &id);
    assert_eq!(bytes, (0..4_500_000).map(|n| format!("line {n}\n").len()).sum::<usize>());
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
    front.is_well(2);
    // Evicted: what was on its way can be read, then the connection ends.
    let mut deaf = deaf;
    deaf.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let mut rest = Vec::new();
    deaf.read_to_end(&mut rest).ok();
    assert!(rest.len() < bytes, "{} of {bytes}", rest.len());
}
