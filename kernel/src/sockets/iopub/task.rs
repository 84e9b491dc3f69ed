//! The publishing task: takes items in order and hands them to the subscribers.

use super::budget::Budget;
use super::coalesce::Pending;
use super::pace::Pace;
use super::publisher::{Output, StreamText, encode};
use super::subscribers::Subscribers;
use crate::wire::Stamp;
use bytes::Bytes;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};
use weft_core::CancelToken;

/// A subscriber with a full outbox that reads nothing for this long is evicted.
const PATIENCE: Duration = Duration::from_secs(2);
/// Bytes that may wait in one subscriber's outbox.
const MAX_UNREAD: usize = 32 << 20;
/// How soon a wait for the pace notices an interrupt or the end.
const POLL: Duration = Duration::from_millis(20);
/// Stands in place of text that an interrupted cell wrote faster than it could be shown.
const DISCARDED: &str = "\n[output that was still to be shown was discarded by the interrupt]\n";

/// What the task is given.
pub(super) enum Item {
    Stream(StreamText),
    Output { topic: Bytes, bytes: Bytes, output: Output },
    Answer { topic: Bytes, bytes: Bytes },
    Flush(Duration, oneshot::Sender<()>),
}

pub(super) struct Task {
    stamp: Arc<Stamp>,
    subscribers: Arc<Subscribers>,
    budget: Arc<Budget>,
    /// The kernel ends: no more pacing.
    closing: Arc<AtomicBool>,
    pace: Pace,
    pending: Option<Pending>,
    /// Parent of the last cell whose text was discarded: it is told once.
    discarded: Option<Bytes>,
}

impl Task {
    pub(super) fn new(stamp: Arc<Stamp>, subscribers: Arc<Subscribers>, budget: Arc<Budget>, closing: Arc<AtomicBool>) -> Self {
        let (pace, pending, discarded) = (Pace::default(), None, None);
        Self { stamp, subscribers, budget, closing, pace, pending, discarded }
    }

    pub(super) async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Item>) {
        loop {
            let next = match &self.pending {
                None => inbox.recv().await,
                Some(waiting) => {
                    let deadline = waiting.deadline().into();
                    match tokio::time::timeout_at(deadline, inbox.recv()).await {
                        Ok(next) => next,
                        Err(_) => {
                            self.emit_streams().await;
                            continue;
                        }
                    }
                }
            };
            match next {
                Some(item) => self.take(item).await,
                None => return,
            }
        }
    }

    async fn take(&mut self, item: Item) {
        if let Item::Stream(text) = item {
            return self.add(text).await;
        }
        self.emit_streams().await;
        match item {
            Item::Stream(_) => (),
            Item::Answer { topic, bytes } => self.emit(&topic, &bytes).await,
            Item::Output { topic, bytes, output } => {
                if output.paced {
                    // After an interrupt it goes at once: the error is among it.
                    self.keep_pace(0, &output.cancel).await;
                }
                self.emit(&topic, &bytes).await;
                self.budget.release(bytes.len());
            }
            Item::Flush(patience, done) => {
                for outbox in self.subscribers.all() {
                    outbox.wait_below(0, patience).await;
                }
                let _ = done.send(());
            }
        }
    }

    /// Joins `text` to what waits, or lets that go first.
    async fn add(&mut self, text: StreamText) {
        let text = match &mut self.pending {
            Some(waiting) => waiting.join(text),
            None => Some(text),
        };
        if let Some(other) = text {
            self.emit_streams().await;
            self.pending = Some(Pending::new(other));
        }
        if self.pending.as_ref().is_some_and(Pending::is_full) {
            self.emit_streams().await;
        }
    }

    async fn emit_streams(&mut self) {
        let messages = self.pending.take().map(Pending::into_messages).unwrap_or_default();
        for message in messages {
            let StreamText { output, name, text } = message;
            // Nothing may follow the gap.
            if self.discarded.as_ref() != Some(&output.parent) {
                if !output.paced || self.keep_pace(text.len(), &output.cancel).await {
                    self.emit_stream(&output.parent, name, &text).await;
                } else {
                    self.emit_stream(&output.parent, "stderr", DISCARDED).await;
                    self.discarded = Some(output.parent);
                }
            }
            self.budget.release(text.len());
        }
    }

    async fn emit_stream(&self, parent: &Bytes, name: &str, text: &str) {
        let content = json!({"name": name, "text": text});
        let (topic, bytes) = encode(&self.stamp, "stream", parent, &content);
        self.emit(&topic, &bytes).await;
    }

    /// Waits until a message that counts for `bytes` of streams keeps within the server's limit.
    /// False if `cancel` was set meanwhile.
    async fn keep_pace(&mut self, bytes: usize, cancel: &CancelToken) -> bool {
        while !self.closing.load(Ordering::Acquire) {
            let wait = self.pace.wait(Instant::now(), bytes);
            if wait.is_zero() {
                break;
            }
            if cancel.is_cancelled() {
                return false;
            }
            tokio::time::sleep(wait.min(POLL)).await;
        }
        self.pace.sent(Instant::now(), bytes);
        true
    }

    /// Hands one message to all who want it.
    async fn emit(&self, topic: &Bytes, bytes: &Bytes) {
        for outbox in self.subscribers.of(topic) {
            let full = outbox.push(bytes.clone()) > MAX_UNREAD;
            if full && !outbox.wait_below(MAX_UNREAD, PATIENCE).await {
                outbox.close();
            }
        }
    }
}
