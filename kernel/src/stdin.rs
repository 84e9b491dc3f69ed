//! The stdin channel: a cell asks, the user answers.

use crate::backend::InputError;
use crate::sockets::router::{Request, Router};
use crate::wire::content::InputReply;
use crate::wire::{Message, Stamp};
use bytes::Bytes;
use parking_lot::Mutex;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use weft_core::CancelToken;

/// How soon an interrupt ends the wait for an answer.
const POLL: Duration = Duration::from_millis(10);
/// How long a client may take to connect its stdin channel before a question fails.
const CONNECT: Duration = Duration::from_secs(2);

/// Asks questions, one at a time.
pub(crate) struct Stdin {
    router: Router,
    stamp: Arc<Stamp>,
    answers: Mutex<mpsc::Receiver<Request>>,
}

impl Stdin {
    pub(crate) fn new(router: Router, stamp: Arc<Stamp>, answers: mpsc::Receiver<Request>) -> Self {
        Self { router, stamp, answers: Mutex::new(answers) }
    }

    /// Asks the client called `identity`, whose request has the raw header `parent`, and waits.
    pub(crate) fn ask(
        &self,
        identity: &Bytes,
        parent: &Bytes,
        prompt: &str,
        secret: bool,
        cancel: &CancelToken,
    ) -> Result<String, InputError> {
        let mut answers = self.answers.lock();
        // Answers to questions that were interrupted.
        while answers.try_recv().is_ok() {}
        let content = json!({"prompt": prompt, "password": secret});
        let question = self.stamp.message([], "input_request", parent, &content);
        let mut waited = Duration::ZERO;
        while !self.router.send_to(identity, &question) {
            if waited >= CONNECT {
                return Err(InputError::NoClient);
            }
            pause(cancel)?;
            waited += POLL;
        }
        loop {
            match answers.try_recv() {
                Ok(answer) => {
                    if let Some(value) = self.read(answer) {
                        return Ok(value);
                    }
                }
                Err(mpsc::error::TryRecvError::Empty) => pause(cancel)?,
                Err(mpsc::error::TryRecvError::Disconnected) => return Err(InputError::NoClient),
            }
        }
    }

    /// The answer in a message; badly signed and other messages are passed over.
    fn read(&self, answer: Request) -> Option<String> {
        let message = Message::parse(answer.frames, self.stamp.signer()).ok()?;
        if message.header.msg_type != "input_reply" {
            return None;
        }
        message.content::<InputReply>().ok().map(|reply| reply.value)
    }
}

fn pause(cancel: &CancelToken) -> Result<(), InputError> {
    if cancel.is_cancelled() {
        return Err(InputError::Interrupted);
    }
    std::thread::sleep(POLL);
    Ok(())
}
