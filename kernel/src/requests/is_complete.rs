//! `is_complete_request`: would Enter run this text?

use super::{Answer, Request};
use crate::backend::{Completeness, ErrorReport};
use crate::kernel::Shared;
use crate::wire::content::IsCompleteRequest;
use serde_json::json;
use std::sync::Arc;

/// Type of the reply.
pub(crate) const REPLY: &str = "is_complete_reply";

/// Answers with the status and, where more is needed, the next line's indentation.
pub(crate) fn handle(shared: &Arc<Shared>, request: &Request) -> Result<Answer, ErrorReport> {
    let content: IsCompleteRequest = request.content()?;
    let content = match shared.backend.is_complete(&content.code) {
        Completeness::Complete => json!({"status": "complete"}),
        Completeness::Incomplete(indent) => json!({"status": "incomplete", "indent": indent}),
        Completeness::Invalid => json!({"status": "invalid"}),
        Completeness::Unknown => json!({"status": "unknown"}),
    };
    Ok(Answer::Reply(REPLY, content))
}
