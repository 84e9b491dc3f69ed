//! Requests on the shell and control channels: one file for each type.
//!
//! [`dispatch`] publishes busy and idle around every request, whatever becomes of it, and turns
//! errors and panics into error replies. `execute_request` is handed to the execution thread,
//! which does the same around the cell; everything else is answered here, while cells run.

mod comm_info;
mod comm_open;
mod complete;
mod debug;
mod execute;
mod history;
mod inspect;
mod interrupt;
mod is_complete;
mod kernel_info;
mod shutdown;

use crate::backend::ErrorReport;
use crate::execution::error_content;
use crate::kernel::Shared;
use crate::sockets::router::{self, Router};
use crate::wire::{Message, WireError};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Where a request came from: enough to answer it.
#[derive(Clone)]
pub(crate) struct Origin {
    /// The socket it came on.
    pub(crate) router: Router,
    /// The connection.
    pub(crate) peer: u64,
    /// What the client calls itself, to be asked on stdin.
    pub(crate) identity: Bytes,
    /// Routing frames.
    pub(crate) prefix: Vec<Bytes>,
    /// Raw header of the request.
    pub(crate) parent: Bytes,
}

/// A request as the handlers see it.
pub(crate) struct Request {
    pub(crate) origin: Origin,
    pub(crate) message: Message,
}

impl Request {
    /// The content as `T`, or an error that says what is wrong with it.
    pub(crate) fn content<T: DeserializeOwned>(&self) -> Result<T, ErrorReport> {
        let kind = &self.message.header.msg_type;
        self.message.content().map_err(|error| ErrorReport::new("BadRequest", format!("{kind}: {error}")))
    }
}

/// What becomes of a request.
pub(crate) enum Answer {
    /// A reply of this type and content.
    Reply(&'static str, Value),
    /// No reply, as for messages that ask for none.
    Nothing,
    /// A reply, after which the kernel ends; `true` if it will be started again.
    Exit(Value, bool),
}

type Handler = fn(&Arc<Shared>, &Request) -> Result<Answer, ErrorReport>;

/// The handler of a type, and the type of the reply that an error gets.
fn handler(msg_type: &str) -> Option<(&'static str, Handler)> {
    Some(match msg_type {
        "kernel_info_request" => (kernel_info::REPLY, kernel_info::handle),
        "complete_request" => (complete::REPLY, complete::handle),
        "inspect_request" => (inspect::REPLY, inspect::handle),
        "is_complete_request" => (is_complete::REPLY, is_complete::handle),
        "history_request" => (history::REPLY, history::handle),
        "comm_info_request" => (comm_info::REPLY, comm_info::handle),
        "interrupt_request" => (interrupt::REPLY, interrupt::handle),
        "shutdown_request" => (shutdown::REPLY, shutdown::handle),
        "debug_request" => (debug::REPLY, debug::handle),
        "comm_open" => ("comm_close", comm_open::handle),
        _ => return None,
    })
}

/// Answers what arrived on `router`. Messages without a readable header are counted and dropped:
/// there is nobody to answer.
pub(crate) fn dispatch(shared: &Arc<Shared>, router: &Router, incoming: router::Request) {
    let message = match Message::parse(incoming.frames, shared.stamp.signer()) {
        Ok(message) => message,
        Err(WireError::BadSignature) => {
            shared.counters.badly_signed.fetch_add(1, Ordering::Relaxed);
            return;
        }
        Err(WireError::Malformed | WireError::BadHeader) => {
            shared.counters.malformed.fetch_add(1, Ordering::Relaxed);
            return;
        }
    };
    let origin = Origin {
        router: router.clone(),
        peer: incoming.peer,
        identity: incoming.identity,
        prefix: message.prefix.clone(),
        parent: message.raw_header.clone(),
    };
    let request = Request { origin, message };
    match request.message.header.msg_type.as_str() {
        "execute_request" => execute::handle(shared, request),
        // Must not wait behind the status message.
        "interrupt_request" => {
            shared.execution.interrupt();
            answer(shared, &request);
        }
        _ => answer(shared, &request),
    }
}

fn answer(shared: &Arc<Shared>, request: &Request) {
    shared.busy(&request.origin);
    let mut exit = None;
    if let Some((reply, handle)) = handler(&request.message.header.msg_type) {
        match guard(|| handle(shared, request)) {
            Ok(Answer::Reply(reply, content)) => shared.reply(&request.origin, reply, &content),
            Ok(Answer::Nothing) => (),
            Ok(Answer::Exit(content, restart)) => {
                shared.reply(&request.origin, reply, &content);
                exit = Some(restart);
            }
            Err(report) => shared.reply(&request.origin, reply, &error_content(&report)),
        }
    }
    shared.idle(&request.origin);
    if let Some(restart) = exit {
        shared.exit.request(restart);
    }
}

/// Runs `work`; a panic becomes an error report. The panic hook has printed where it happened to
/// the kernel's own stderr, which is not cell output.
pub(crate) fn guard<T>(work: impl FnOnce() -> Result<T, ErrorReport>) -> Result<T, ErrorReport> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        let text = text.unwrap_or_else(|| "no message".to_owned());
        let evalue = format!("a defect in Weft, please report it: {text}");
        Err(ErrorReport::new("InternalError", evalue))
    })
}
