//! The publishing task and the handle that cells publish through.

use super::budget::Budget;
use super::coalesce::Pending;
use super::pace::Pace;
use super::subscribers::Subscribers;
use crate::sockets::listen::Listener;
use crate::sockets::zmtp;
use crate::wire::Stamp;
use bytes::Bytes;
use jupyter_protocol::Stdio;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// A subscriber with a full outbox that reads nothing for this long is evicted.
pub const PATIENCE: Duration = Duration::from_secs(2);
/// Bytes that may wait in one subscriber's outbox.
const MAX_UNREAD: usize = 32 << 20;
/// Bytes of output between cells and the task.
const MAX_IN_FLIGHT: usize = 1 << 20;

/// How a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Status and answers: published in order, but whoever publishes them never waits.
    Urgent,
    /// Output of a batch run: as fast as it is read.
    Free,
    /// Output for a page: not faster than a notebook server lets through.
    Paced,
}

/// A piece of a stream.
#[derive(Debug, Clone)]
pub(super) struct StreamText {
    pub(super) parent: Bytes,
    pub(super) name: &'static str,
    pub(super) text: String,
    pub(super) delivery: Delivery,
}

impl StreamText {
    /// The same without text.
    pub(super) fn clone_empty(&self) -> Self {
        Self { parent: self.parent.clone(), text: String::new(), ..*self }
    }
}

enum Item {
    Stream(StreamText),
    Message { topic: Bytes, bytes: Bytes, delivery: Delivery },
    Flush(Duration, oneshot::Sender<()>),
}

/// Publishes from any thread that is not the sockets' own. Clones share one order.
#[derive(Clone)]
pub struct IoPub {
    stamp: Arc<Stamp>,
    queue: mpsc::UnboundedSender<Item>,
    budget: Arc<Budget>,
}

impl IoPub {
    /// Serves `listener` on the current runtime.
    pub fn spawn(listener: Listener, stamp: Arc<Stamp>) -> Self {
        let (queue, inbox) = mpsc::unbounded_channel();
        let subscribers = Arc::new(Subscribers::new(Arc::clone(&stamp)));
        let budget = Arc::new(Budget::new(MAX_IN_FLIGHT));
        let task = Task {
            stamp: Arc::clone(&stamp),
            subscribers: Arc::clone(&subscribers),
            budget: Arc::clone(&budget),
            pace: Pace::default(),
        };
        tokio::spawn(subscribers.serve(listener));
        tokio::spawn(task.run(inbox));
        Self { stamp, queue, budget }
    }

    /// Publishes a message that answers `parent`. Output waits while too much is on its way.
    pub fn publish(&self, msg_type: &str, parent: &Bytes, content: &Value, delivery: Delivery) {
        let topic = Bytes::from(format!("kernel.{}.{msg_type}", self.stamp.session()));
        let frames = self.stamp.message([topic.clone()], msg_type, parent, content);
        let bytes = zmtp::encode(&frames);
        if delivery != Delivery::Urgent {
            self.budget.acquire(bytes.len());
        }
        let _ = self.queue.send(Item::Message { topic, bytes, delivery });
    }

    /// Publishes a piece of a stream; pieces are joined to few messages.
    pub fn stream(&self, parent: &Bytes, name: &Stdio, text: &str, delivery: Delivery) {
        if text.is_empty() {
            return;
        }
        self.budget.acquire(text.len());
        let name = match name {
            Stdio::Stdout => "stdout",
            Stdio::Stderr => "stderr",
        };
        let (parent, text) = (parent.clone(), text.to_owned());
        let _ = self.queue.send(Item::Stream(StreamText { parent, name, text, delivery }));
    }

    /// Writes everything out; gives up on a subscriber that has not read for `patience`.
    pub async fn flush(&self, patience: Duration) {
        let (done, wait) = oneshot::channel();
        let _ = self.queue.send(Item::Flush(patience, done));
        let _ = wait.await;
    }
}

struct Task {
    stamp: Arc<Stamp>,
    subscribers: Arc<Subscribers>,
    budget: Arc<Budget>,
    pace: Pace,
}

impl Task {
    async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Item>) {
        let mut pending: Option<Pending> = None;
        loop {
            let next = match &pending {
                None => inbox.recv().await,
                Some(waiting) => {
                    let deadline = waiting.deadline().into();
                    match tokio::time::timeout_at(deadline, inbox.recv()).await {
                        Ok(next) => next,
                        Err(_) => {
                            self.emit_streams(pending.take()).await;
                            continue;
                        }
                    }
                }
            };
            match next {
                None => return,
                Some(Item::Stream(text)) => self.add(&mut pending, text).await,
                Some(Item::Message { topic, bytes, delivery }) => {
                    self.emit_streams(pending.take()).await;
                    let size = bytes.len();
                    self.emit(&topic, bytes, delivery, 0).await;
                    if delivery != Delivery::Urgent {
                        self.budget.release(size);
                    }
                }
                Some(Item::Flush(patience, done)) => {
                    self.emit_streams(pending.take()).await;
                    for outbox in self.subscribers.all() {
                        outbox.wait_below(0, patience).await;
                    }
                    let _ = done.send(());
                }
            }
        }
    }

    async fn add(&mut self, pending: &mut Option<Pending>, text: StreamText) {
        let text = match pending {
            Some(waiting) => waiting.join(text),
            None => Some(text),
        };
        if let Some(other) = text {
            self.emit_streams(pending.take()).await;
            *pending = Some(Pending::new(other));
        }
        if pending.as_ref().is_some_and(Pending::is_full) {
            self.emit_streams(pending.take()).await;
        }
    }

    async fn emit_streams(&mut self, pending: Option<Pending>) {
        let messages = pending.map(Pending::into_messages).unwrap_or_default();
        for message in messages {
            let content = json!({"name": message.name, "text": message.text});
            let topic = Bytes::from(format!("kernel.{}.stream", self.stamp.session()));
            let frames = self.stamp.message([topic.clone()], "stream", &message.parent, &content);
            let bytes = zmtp::encode(&frames);
            let size = bytes.len();
            self.emit(&topic, bytes, message.delivery, size).await;
            self.budget.release(message.text.len());
        }
    }

    /// Hands one message to all who want it. `stream_bytes` is what it counts for in the server's
    /// limit on streams.
    async fn emit(&mut self, topic: &Bytes, bytes: Bytes, delivery: Delivery, stream_bytes: usize) {
        if delivery == Delivery::Paced {
            loop {
                let wait = self.pace.wait(Instant::now(), stream_bytes);
                if wait.is_zero() {
                    break;
                }
                tokio::time::sleep(wait).await;
            }
            self.pace.sent(Instant::now(), stream_bytes);
        }
        for outbox in self.subscribers.of(topic) {
            let full = outbox.push(bytes.clone()) > MAX_UNREAD;
            if full && !outbox.wait_below(MAX_UNREAD, PATIENCE).await {
                outbox.close();
            }
        }
    }
}
