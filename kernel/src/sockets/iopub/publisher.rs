//! The handle that cells and answers are published through.

use super::budget::Budget;
use super::subscribers::Subscribers;
use super::task::{Item, Task};
use crate::sockets::listen::Listener;
use crate::sockets::zmtp;
use crate::wire::Stamp;
use bytes::Bytes;
use jupyter_protocol::Stdio;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use weft_core::CancelToken;

/// Bytes of output between cells and the task.
const MAX_IN_FLIGHT: usize = 1 << 20;

/// Whose output it is, and how it travels.
#[derive(Debug, Clone)]
pub struct Output {
    /// Raw header of the request that it answers.
    pub parent: Bytes,
    /// Whether it goes through a notebook server and must not be faster than that lets through.
    /// Else it goes as fast as it is read.
    pub paced: bool,
    /// Set when the cell is interrupted: then paced text that would have to wait is discarded.
    pub cancel: CancelToken,
}

/// Publishes from any thread that is not the sockets' own. Clones share one order.
#[derive(Clone)]
pub struct IoPub {
    stamp: Arc<Stamp>,
    queue: mpsc::UnboundedSender<Item>,
    budget: Arc<Budget>,
    closing: Arc<AtomicBool>,
}

impl IoPub {
    /// Serves `listener` on the current runtime.
    pub fn spawn(listener: Listener, stamp: Arc<Stamp>) -> Self {
        let (queue, inbox) = mpsc::unbounded_channel();
        let subscribers = Arc::new(Subscribers::new(Arc::clone(&stamp)));
        let budget = Arc::new(Budget::new(MAX_IN_FLIGHT));
        let closing = Arc::new(AtomicBool::new(false));
        let task = Task::new(Arc::clone(&stamp), Arc::clone(&subscribers), Arc::clone(&budget), Arc::clone(&closing));
        tokio::spawn(subscribers.serve(listener));
        tokio::spawn(task.run(inbox));
        Self { stamp, queue, budget, closing }
    }

    /// Publishes a status or an answer to `parent`, in order with everything else. Whoever
    /// publishes it does not wait, however much output is on its way.
    pub fn publish(&self, msg_type: &str, parent: &Bytes, content: &Value) {
        let (topic, bytes) = self.encode(msg_type, parent, content);
        let _ = self.queue.send(Item::Answer { topic, bytes });
    }

    /// Publishes output of a cell. Waits while too much is on its way.
    pub fn output(&self, msg_type: &str, output: &Output, content: &Value) {
        let (topic, bytes) = self.encode(msg_type, &output.parent, content);
        self.budget.acquire(bytes.len(), &output.cancel);
        let _ = self.queue.send(Item::Output { topic, bytes, output: output.clone() });
    }

    /// Publishes a piece of a stream; pieces are joined to few messages. Waits while too much is
    /// on its way.
    pub fn stream(&self, output: &Output, name: &Stdio, text: &str) {
        if text.is_empty() {
            return;
        }
        self.budget.acquire(text.len(), &output.cancel);
        let name = match name {
            Stdio::Stdout => "stdout",
            Stdio::Stderr => "stderr",
        };
        let (output, text) = (output.clone(), text.to_owned());
        let _ = self.queue.send(Item::Stream(StreamText { output, name, text }));
    }

    fn encode(&self, msg_type: &str, parent: &Bytes, content: &Value) -> (Bytes, Bytes) {
        encode(&self.stamp, msg_type, parent, content)
    }

    /// Writes everything out, no longer paced; gives up on a subscriber that has not read for
    /// `patience`.
    pub async fn flush(&self, patience: Duration) {
        self.closing.store(true, Ordering::Release);
        let (done, wait) = oneshot::channel();
        let _ = self.queue.send(Item::Flush(patience, done));
        let _ = wait.await;
    }
}

/// The topic and the bytes of a message.
pub(super) fn encode(stamp: &Stamp, msg_type: &str, parent: &Bytes, content: &Value) -> (Bytes, Bytes) {
    let topic = Bytes::from(format!("kernel.{}.{msg_type}", stamp.session()));
    let frames = stamp.message([topic.clone()], msg_type, parent, content);
    (topic, zmtp::encode(&frames))
}

/// A piece of a stream.
#[derive(Debug, Clone)]
pub(super) struct StreamText {
    pub(super) output: Output,
    pub(super) name: &'static str,
    pub(super) text: String,
}
