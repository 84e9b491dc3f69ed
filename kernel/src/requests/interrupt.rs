//! `interrupt_request`: the running cell is asked to stop.

use super::{Answer, Request};
use crate::backend::ErrorReport;
use crate::kernel::Shared;
use serde_json::json;
use std::sync::Arc;

/// Type of the reply.
pub(crate) const REPLY: &str = "interrupt_reply";

/// Answers; the flag was set before the request was announced as busy.
pub(crate) fn handle(_: &Arc<Shared>, _: &Request) -> Result<Answer, ErrorReport> {
    Ok(Answer::Reply(REPLY, json!({"status": "ok"})))
}
