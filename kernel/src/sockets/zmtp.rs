//! ZMTP 3.0 with the NULL mechanism: greeting, READY, frames (RFC 23).

use bytes::{BufMut, Bytes, BytesMut};
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// A message larger than this ends the connection (bytes).
const MAX_MESSAGE: u64 = 512 << 20;
/// A message of more frames than this ends the connection.
const MAX_FRAMES: usize = 4096;

const FLAG_MORE: u8 = 1;
const FLAG_LONG: u8 = 2;
const FLAG_COMMAND: u8 = 4;

/// A kind of socket this kernel offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SocketKind {
    /// Requests with routing.
    Router,
    /// Publishing that sees subscriptions.
    XPub,
}

impl SocketKind {
    fn name(self) -> &'static [u8] {
        match self {
            Self::Router => b"ROUTER",
            Self::XPub => b"XPUB",
        }
    }

    fn talks_to(self, peer: &[u8]) -> bool {
        match self {
            Self::Router => matches!(peer, b"REQ" | b"DEALER" | b"ROUTER"),
            Self::XPub => matches!(peer, b"SUB" | b"XSUB"),
        }
    }
}

/// What arrives on a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// A message of one or more frames.
    Message(Vec<Bytes>),
    /// A command: its name and its body.
    Command(Bytes, Bytes),
}

/// Exchanges greeting and READY, and returns the identity that the peer gave itself (empty for
/// none).
///
/// # Errors
/// If the peer does not speak ZMTP 3 with NULL, is of a kind that does not fit, or goes away.
pub async fn handshake<S>(stream: &mut S, kind: SocketKind) -> io::Result<Bytes>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    stream.write_all(&greeting()).await?;
    let mut theirs = [0; 64];
    stream.read_exact(&mut theirs).await?;
    if theirs[0] != 0xff || theirs[9] & 1 != 1 || theirs[10] < 3 {
        return Err(refuse("not a ZMTP 3 greeting"));
    }
    if !theirs[12..].starts_with(b"NULL\0") {
        return Err(refuse("only the NULL mechanism is spoken"));
    }
    let mut ready = BytesMut::new();
    ready.put_slice(b"\x05READY");
    put_property(&mut ready, b"Socket-Type", kind.name());
    put_property(&mut ready, b"Identity", b"");
    stream.write_all(&encode_command(&ready)).await?;
    let Incoming::Command(name, properties) = read(stream).await? else {
        return Err(refuse("expected READY"));
    };
    if name.as_ref() != b"READY" {
        return Err(refuse("expected READY"));
    }
    let properties = parse_properties(&properties).ok_or_else(|| refuse("unreadable READY"))?;
    let find = |wanted: &[u8]| {
        let found = properties.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    if !kind.talks_to(&find(b"Socket-Type")) {
        return Err(refuse("this kind of socket does not fit"));
    }
    Ok(find(b"Identity"))
}

/// Reads one message or one command.
///
/// # Errors
/// If the connection ends, or the bytes are not ZMTP frames within the limits.
pub async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Incoming> {
    let mut frames = Vec::new();
    let mut total = 0_u64;
    loop {
        let flags = stream.read_u8().await?;
        if flags & !(FLAG_MORE | FLAG_LONG | FLAG_COMMAND) != 0 {
            return Err(refuse("reserved frame flags are set"));
        }
        let length = if flags & FLAG_LONG == 0 { u64::from(stream.read_u8().await?) } else { stream.read_u64().await? };
        total = total.saturating_add(length);
        if total > MAX_MESSAGE || frames.len() >= MAX_FRAMES {
            return Err(refuse("message too large"));
        }
        let body = read_body(stream, length).await?;
        if flags & FLAG_COMMAND != 0 {
            // Commands may not stand within a message.
            if !frames.is_empty() || flags & FLAG_MORE != 0 {
                return Err(refuse("command within a message"));
            }
            return split_command(body);
        }
        frames.push(body);
        if flags & FLAG_MORE == 0 {
            return Ok(Incoming::Message(frames));
        }
    }
}

/// Reads `length` bytes; memory grows with what really arrives, not with what was announced.
async fn read_body<S: AsyncRead + Unpin>(stream: &mut S, length: u64) -> io::Result<Bytes> {
    let expected = usize::try_from(length).map_err(|_| refuse("message too large"))?;
    let mut body = Vec::with_capacity(expected.min(1 << 20));
    stream.take(length).read_to_end(&mut body).await?;
    if body.len() < expected {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(body.into())
}

fn split_command(body: Bytes) -> io::Result<Incoming> {
    let length = usize::from(*body.first().ok_or_else(|| refuse("empty command"))?);
    if body.len() <= length {
        return Err(refuse("truncated command"));
    }
    Ok(Incoming::Command(body.slice(1..=length), body.slice(length + 1..)))
}

/// The bytes of a message of `frames`.
pub fn encode<'a>(frames: impl IntoIterator<Item = &'a Bytes> + Clone) -> Bytes {
    let size: usize = frames.clone().into_iter().map(|frame| frame.len() + 9).sum();
    let mut out = BytesMut::with_capacity(size);
    let mut frames = frames.into_iter().peekable();
    while let Some(frame) = frames.next() {
        let more = if frames.peek().is_some() { FLAG_MORE } else { 0 };
        put_frame(&mut out, more, frame);
    }
    out.freeze()
}

/// The bytes of the command whose name and body stand in `body`.
pub fn encode_command(body: &[u8]) -> Bytes {
    let mut out = BytesMut::with_capacity(body.len() + 9);
    put_frame(&mut out, FLAG_COMMAND, body);
    out.freeze()
}

fn put_frame(out: &mut BytesMut, flags: u8, body: &[u8]) {
    if let Ok(length) = u8::try_from(body.len()) {
        out.put_u8(flags);
        out.put_u8(length);
    } else {
        out.put_u8(flags | FLAG_LONG);
        out.put_u64(body.len() as u64);
    }
    out.put_slice(body);
}

/// Announces 3.0, so that newer peers send subscriptions as messages, not as commands.
fn greeting() -> [u8; 64] {
    let mut bytes = [0; 64];
    bytes[0] = 0xff;
    bytes[9] = 0x7f;
    bytes[10] = 3;
    bytes[12..16].copy_from_slice(b"NULL");
    bytes
}

fn put_property(out: &mut BytesMut, name: &[u8], value: &[u8]) {
    out.put_u8(name.len() as u8);
    out.put_slice(name);
    out.put_u32(value.len() as u32);
    out.put_slice(value);
}

fn parse_properties(mut body: &[u8]) -> Option<Vec<(Vec<u8>, Bytes)>> {
    let mut properties = Vec::new();
    while let Some((&name_length, rest)) = body.split_first() {
        let (name, rest) = rest.split_at_checked(usize::from(name_length))?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (value, rest) = rest.split_at_checked(length)?;
        properties.push((name.to_vec(), Bytes::copy_from_slice(value)));
        body = rest;
    }
    Some(properties)
}

fn refuse(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(bytes: &[u8]) -> io::Result<Incoming> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut bytes = bytes;
        runtime.block_on(read(&mut bytes))
    }

    #[test]
    fn frames_come_back_short_and_long() {
        let frames = vec![
            Bytes::from_static(b"<IDS|MSG>"),
            Bytes::new(),
            Bytes::from(vec![7; 255]),
            Bytes::from(vec![8; 256]),
            Bytes::from(vec![9; 70_000]),
        ];
        let bytes = encode(&frames);
        assert_eq!(read_all(&bytes).unwrap(), Incoming::Message(frames));
    }

    #[test]
    fn garbage_and_truncation_are_errors() {
        let cases: [&[u8]; 7] =
            [b"", b"\xff\xff", b"\x00", b"\x00\x05abc", b"\x02\xff\xff\xff\xff\xff\xff\xff\xff", b"\x04\x00", b"\x04\x02\x05R"];
        for case in cases {
            assert!(read_all(case).is_err(), "{case:?}");
        }
    }

    /// Numbers without pattern, the same in every run.
    fn noise(seed: &mut u64) -> u8 {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 56) as u8
    }

    #[test]
    fn noise_is_refused_or_read_but_never_a_panic() {
        let seed = &mut 1;
        let (mut read, mut refused) = (0, 0);
        for round in 0..5_000 {
            let mut bytes: Vec<u8> = (0..round % 200).map(|_| noise(seed)).collect();
            // Every other round begins like a frame, to get further.
            if let Some(first) = bytes.first_mut().filter(|_| round % 2 == 0) {
                *first &= 7;
            }
            match read_all(&bytes) {
                Ok(_) => read += 1,
                Err(_) => refused += 1,
            }
            parse_properties(&bytes);
        }
        assert!(read > 100 && refused > 1_000, "{read} {refused}");
    }

    #[test]
    fn properties_are_read_and_checked() {
        let mut body = BytesMut::new();
        put_property(&mut body, b"Socket-Type", b"DEALER");
        put_property(&mut body, b"Identity", b"me");
        let read = parse_properties(&body).unwrap();
        assert_eq!(read[1], (b"Identity".to_vec(), Bytes::from_static(b"me")));
        for length in 1..body.len() - 1 {
            // Cut between two properties, what is left is whole.
            let whole = length == 22;
            assert_eq!(parse_properties(&body[..length]).is_some(), whole, "{length}");
        }
    }

    #[test]
    fn kinds_fit_as_the_standard_says() {
        assert!(SocketKind::Router.talks_to(b"DEALER"));
        assert!(SocketKind::XPub.talks_to(b"SUB"));
        assert!(!SocketKind::XPub.talks_to(b"DEALER"));
        assert!(!SocketKind::Router.talks_to(b"SUB"));
    }
}
