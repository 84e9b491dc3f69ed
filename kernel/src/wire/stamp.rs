//! Makes outgoing messages: header, number, time, signature.

use super::frames::assemble;
use super::header::PROTOCOL_VERSION;
use super::{Header, Signer};
use bytes::Bytes;
use serde_json::{Map, Value};
use std::sync::atomic::{AtomicU64, Ordering};

/// What all outgoing messages of one kernel share.
pub struct Stamp {
    signer: Signer,
    session: String,
    sent: AtomicU64,
}

impl Stamp {
    /// A new session that signs with `signer`.
    pub fn new(signer: Signer) -> Self {
        let session = uuid::Uuid::new_v4().simple().to_string();
        Self { signer, session, sent: AtomicU64::new(0) }
    }

    /// The signer, to check incoming messages.
    pub fn signer(&self) -> &Signer {
        &self.signer
    }

    /// Name of the kernel's session.
    pub fn session(&self) -> &str {
        &self.session
    }

    /// The frames of a message of `msg_type` that answers `parent` (a raw header).
    pub fn message(
        &self,
        prefix: impl IntoIterator<Item = Bytes>,
        msg_type: &str,
        parent: &Bytes,
        content: &Value,
    ) -> Vec<Bytes> {
        let number = self.sent.fetch_add(1, Ordering::Relaxed);
        let header = Header {
            msg_id: format!("{}_{}_{number}", self.session, std::process::id()),
            session: self.session.clone(),
            username: "weft".to_owned(),
            date: Some(Value::String(now())),
            msg_type: msg_type.to_owned(),
            version: Value::String(PROTOCOL_VERSION.to_owned()),
            extra: Map::new(),
        };
        assemble(prefix, &self.signer, &header, parent, content)
    }
}

fn now() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Message;
    use serde_json::json;

    #[test]
    fn messages_are_numbered_dated_and_signed() {
        let signer = Signer::new("hmac-sha256", b"k").unwrap();
        let stamp = Stamp::new(signer.clone());
        let parent = Bytes::from_static(br#"{"msg_id":"p","subshell_id":null}"#);
        let [first, second] = [(); 2].map(|()| stamp.message([], "status", &parent, &json!({"a": 1})));
        let first = Message::parse(first, &signer).unwrap();
        let second = Message::parse(second, &signer).unwrap();
        assert_ne!(first.header.msg_id, second.header.msg_id);
        assert_eq!(first.parent_header, parent);
        assert_eq!(first.header.version, "5.4");
        let date = first.header.date.unwrap();
        let date = chrono::DateTime::parse_from_rfc3339(date.as_str().unwrap()).unwrap();
        assert!((chrono::Utc::now() - date.to_utc()).num_seconds() < 60);
    }
}
