//! `comm_info_request`: this kernel has no comms.

use super::{Answer, Request};
use crate::backend::ErrorReport;
use crate::kernel::Shared;
use serde_json::json;
use std::sync::Arc;

/// Type of the reply.
pub(crate) const REPLY: &str = "comm_info_reply";

/// Answers with the empty list.
pub(crate) fn handle(_: &Arc<Shared>, _: &Request) -> Result<Answer, ErrorReport> {
    Ok(Answer::Reply(REPLY, json!({"status": "ok", "comms": {}})))
}
