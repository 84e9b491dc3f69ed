//! Joins consecutive stream texts of one cell into few messages.

use super::publisher::StreamText;
use std::time::{Duration, Instant};

/// How long a text may wait for more.
const WINDOW: Duration = Duration::from_millis(50);
/// Bytes of text in one message.
const MAX_TEXT: usize = 64 << 10;

/// Texts of one stream and one parent that wait to become a message.
pub(super) struct Pending {
    text: StreamText,
    since: Instant,
}

impl Pending {
    pub(super) fn new(text: StreamText) -> Self {
        Self { text, since: Instant::now() }
    }

    /// Appends `more`, or gives it back if it belongs to another message.
    pub(super) fn join(&mut self, more: StreamText) -> Option<StreamText> {
        let same = self.text.name == more.name && self.text.output.parent == more.output.parent;
        if !same || self.text.text.len() >= MAX_TEXT {
            return Some(more);
        }
        self.text.text.push_str(&more.text);
        None
    }

    pub(super) fn is_full(&self) -> bool {
        self.text.text.len() >= MAX_TEXT
    }

    pub(super) fn deadline(&self) -> Instant {
        self.since + WINDOW
    }

    /// The messages: pieces of at most [`MAX_TEXT`] bytes, cut between characters.
    pub(super) fn into_messages(self) -> Vec<StreamText> {
        let mut rest = self.text.text.as_str();
        let mut messages = Vec::new();
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.floor_char_boundary(MAX_TEXT));
            messages.push(StreamText { output: self.text.output.clone(), name: self.text.name, text: piece.to_owned() });
            rest = after;
        }
        messages
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sockets::iopub::Output;
    use bytes::Bytes;
    use weft_core::CancelToken;

    fn text(parent: &'static str, name: &'static str, text: &str) -> StreamText {
        let parent = Bytes::from_static(parent.as_bytes());
        let output = Output { parent, paced: false, cancel: CancelToken::new() };
        StreamText { output, name, text: text.to_owned() }
    }

    #[test]
    fn only_texts_of_one_stream_and_parent_join() {
        let mut pending = Pending::new(text("a", "stdout", "1"));
        assert!(pending.join(text("a", "stdout", "2")).is_none());
        assert!(pending.join(text("a", "stderr", "3")).is_some());
        assert!(pending.join(text("b", "stdout", "4")).is_some());
        let messages = pending.into_messages();
        assert_eq!(messages.len(), 1);
        assert_eq!(messages[0].text, "12");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let long = "\u{20ac}".repeat(50_000);
        let messages = Pending::new(text("a", "stdout", &long)).into_messages();
        assert_eq!(messages.len(), 3);
        assert!(messages.iter().all(|message| message.text.len() <= MAX_TEXT));
        let joined: String = messages.iter().map(|message| message.text.as_str()).collect();
        assert_eq!(joined, long);
    }
}
