//! A received message, checked on receipt.

use bytes::Bytes;
use serde_json::Value;
use weft::wire::{Message, Signer};

/// A message with everything parsed.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) topic: Bytes,
    pub(crate) message: Message,
    pub(crate) parent: Value,
    pub(crate) content: Value,
}

impl Got {
    /// Parses and checks what every message must have: a signature, all header fields, objects
    /// where the protocol wants objects, and never null.
    pub(crate) fn parse(frames: Vec<Bytes>, signer: &Signer) -> Self {
        let message = Message::parse(frames, signer).unwrap();
        let header = &message.header;
        assert!(!header.msg_id.is_empty() && !header.session.is_empty());
        assert!(header.date.is_some());
        assert_eq!(header.version, "5.4");
        assert_eq!(message.metadata, "{}");
        let parent: Value = serde_json::from_slice(&message.parent_header).unwrap();
        let content: Value = message.content().unwrap();
        for field in ["transient", "metadata", "user_expressions"] {
            let value = content.get(field);
            assert!(value.is_none_or(Value::is_object), "{field}: {content}");
        }
        let topic = message.prefix.first().cloned().unwrap_or_default();
        Self { topic, message, parent, content }
    }

    pub(crate) fn msg_type(&self) -> &str {
        &self.message.header.msg_type
    }

    pub(crate) fn parent_id(&self) -> &str {
        self.parent["msg_id"].as_str().unwrap_or_default()
    }
}
