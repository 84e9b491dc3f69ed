//! The message header, open: fields this kernel does not know are kept.
//!
//! `subshell_id` and whatever later protocol versions add must come back in the `parent_header`
//! of every answer, so a received header is also echoed byte for byte, never re-serialized.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The protocol version this kernel speaks: 5.4 brought `iopub_welcome` (JEP 65). 5.5 would
/// promise more than is there.
pub const PROTOCOL_VERSION: &str = "5.4";

/// A message header. Every field may be missing in what a client sends.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Unique name of the message.
    #[serde(default)]
    pub msg_id: String,
    /// Name of the sending session.
    #[serde(default)]
    pub session: String,
    /// Name of the user.
    #[serde(default)]
    pub username: String,
    /// Time of sending, ISO 8601.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Value>,
    /// Type of the message, such as `execute_request`.
    #[serde(default)]
    pub msg_type: String,
    /// Protocol version of the sender.
    #[serde(default)]
    pub version: Value,
    /// Fields this kernel does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_fields_survive() {
        let text = r#"{"msg_id":"a","msg_type":"execute_request","subshell_id":"s1","n":3}"#;
        let header: Header = serde_json::from_str(text).unwrap();
        assert_eq!(header.extra["subshell_id"], "s1");
        let again = serde_json::to_value(&header).unwrap();
        assert_eq!(again["subshell_id"], "s1");
        assert_eq!(again["n"], 3);
        assert!(again.get("date").is_none());
    }

    #[test]
    fn an_empty_object_is_a_header() {
        assert_eq!(serde_json::from_str::<Header>("{}").unwrap(), Header::default());
    }
}
