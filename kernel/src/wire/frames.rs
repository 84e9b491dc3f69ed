//! From frames to messages and back.
//!
//! A message is `[identities…, "<IDS|MSG>", signature, header, parent_header, metadata, content,
//! buffers…]`. Only the header is parsed here: a content that is not JSON still has a sender who
//! waits for an answer.

use super::{Header, Signer};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Stands between the routing prefix and the message.
pub const DELIMITER: &[u8] = b"<IDS|MSG>";

/// Why frames are not a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WireError {
    /// The delimiter is missing, or fewer than five frames follow it.
    Malformed,
    /// The signature does not belong to the frames.
    BadSignature,
    /// The header is not a JSON object, so nobody can be answered.
    BadHeader,
}

/// A received message. Frames are kept as they came.
#[derive(Debug, Clone)]
pub struct Message {
    /// Frames before the delimiter (without the peer's own identity).
    pub prefix: Vec<Bytes>,
    /// The parsed header.
    pub header: Header,
    /// The header as it came, to be echoed as `parent_header`.
    pub raw_header: Bytes,
    /// The sender's parent header, unparsed.
    pub parent_header: Bytes,
    /// Metadata, unparsed.
    pub metadata: Bytes,
    /// Content, unparsed.
    pub content: Bytes,
    /// Binary buffers.
    pub buffers: Vec<Bytes>,
}

impl Message {
    /// Checks the signature of `frames` and takes them apart.
    ///
    /// # Errors
    /// If the frames are no message, wrongly signed, or have an unreadable header.
    pub fn parse(frames: Vec<Bytes>, signer: &Signer) -> Result<Self, WireError> {
        let delimiter = frames.iter().position(|frame| frame.as_ref() == DELIMITER).ok_or(WireError::Malformed)?;
        let mut frames = frames.into_iter();
        let prefix = frames.by_ref().take(delimiter).collect();
        let mut next = || frames.next().ok_or(WireError::Malformed);
        next()?;
        let signature = next()?;
        let (raw_header, parent_header, metadata, content) = (next()?, next()?, next()?, next()?);
        let signed = [&raw_header, &parent_header, &metadata, &content];
        if !signer.verify(signed.map(Bytes::as_ref), &signature) {
            return Err(WireError::BadSignature);
        }
        let header = serde_json::from_slice(&raw_header).map_err(|_| WireError::BadHeader)?;
        Ok(Self { prefix, header, raw_header, parent_header, metadata, content, buffers: frames.collect() })
    }

    /// The content as `T`.
    ///
    /// # Errors
    /// If the content is not JSON or lacks what `T` cannot do without.
    pub fn content<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.content)
    }
}

/// Frames of a message to be sent: `prefix`, delimiter, signature, header, parent, metadata `{}`,
/// content. `parent` is raw JSON (`{}` for none).
pub fn assemble(
    prefix: impl IntoIterator<Item = Bytes>,
    signer: &Signer,
    header: &Header,
    parent: &Bytes,
    content: &Value,
) -> Vec<Bytes> {
    let header = Bytes::from(to_json(header));
    let metadata = Bytes::from_static(b"{}");
    let content = Bytes::from(to_json(content));
    let signed = [&header, parent, &metadata, &content];
    let signature = signer.sign(signed.map(Bytes::as_ref));
    let mut frames: Vec<Bytes> = prefix.into_iter().collect();
    frames.push(Bytes::from_static(DELIMITER));
    frames.push(Bytes::from(signature));
    frames.extend([header, parent.clone(), metadata, content]);
    frames
}

/// Maps with string keys and finite numbers only: serialization cannot fail.
fn to_json(value: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_else(|_| b"{}".to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn signer() -> Signer {
        Signer::new("hmac-sha256", b"secret").unwrap()
    }

    fn sample() -> Vec<Bytes> {
        let header = Header { msg_id: "m".into(), msg_type: "execute_request".into(), ..Header::default() };
        let prefix = [Bytes::from_static(b"one"), Bytes::from_static(b"two")];
        let parent = Bytes::from_static(b"{}");
        assemble(prefix, &signer(), &header, &parent, &json!({"code": "1"}))
    }

    #[test]
    fn a_message_comes_back() {
        let mut frames = sample();
        frames.push(Bytes::from_static(b"buffer"));
        let message = Message::parse(frames, &signer()).unwrap();
        assert_eq!(message.prefix, ["one", "two"]);
        assert_eq!(message.header.msg_type, "execute_request");
        assert_eq!(message.content::<Value>().unwrap(), json!({"code": "1"}));
        assert_eq!(message.buffers, ["buffer"]);
    }

    #[test]
    fn too_few_frames_are_malformed() {
        let frames = sample();
        for length in 0..frames.len() {
            let error = Message::parse(frames[..length].to_vec(), &signer()).unwrap_err();
            assert_eq!(error, WireError::Malformed, "{length} frames");
        }
    }

    #[test]
    fn every_signed_frame_matters() {
        for index in 3..8 {
            let mut frames = sample();
            frames[index] = Bytes::from_static(b"{\"x\":1}");
            let error = Message::parse(frames, &signer()).unwrap_err();
            assert_eq!(error, WireError::BadSignature, "frame {index}");
        }
    }

    #[test]
    fn a_header_that_is_no_object_is_told_apart() {
        let unsigned = Signer::new("", b"").unwrap();
        let frames = ["<IDS|MSG>", "", "[1]", "{}", "{}", "{}"];
        let frames = frames.map(|f| Bytes::from_static(f.as_bytes())).to_vec();
        let error = Message::parse(frames, &unsigned).unwrap_err();
        assert_eq!(error, WireError::BadHeader);
    }
}
