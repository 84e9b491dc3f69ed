//! `shutdown_request`: reply, write everything out, end.

use super::{Answer, Request};
use crate::backend::ErrorReport;
use crate::kernel::Shared;
use crate::wire::content::ShutdownRequest;
use serde_json::json;
use std::sync::Arc;

/// Type of the reply.
pub(crate) const REPLY: &str = "shutdown_reply";

/// Answers first; the kernel ends after the reply is written. An unreadable content still ends
/// it: whoever sends it wants it to.
pub(crate) fn handle(_: &Arc<Shared>, request: &Request) -> Result<Answer, ErrorReport> {
    let restart = request.content::<ShutdownRequest>().unwrap_or_default().restart;
    Ok(Answer::Exit(json!({"status": "ok", "restart": restart}), restart))
}
