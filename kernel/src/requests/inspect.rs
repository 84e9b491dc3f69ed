//! `inspect_request`: what stands at the cursor.

use super::{Answer, Request};
use crate::backend::ErrorReport;
use crate::kernel::Shared;
use crate::text::byte_offset;
use crate::wire::content::InspectRequest;
use serde_json::json;
use std::sync::Arc;

/// Type of the reply.
pub(crate) const REPLY: &str = "inspect_reply";

/// Answers with documentation, or says that nothing was found, which is no error.
pub(crate) fn handle(shared: &Arc<Shared>, request: &Request) -> Result<Answer, ErrorReport> {
    let content: InspectRequest = request.content()?;
    let code = &content.code;
    let cursor = content.cursor_pos.map_or(code.len(), |position| byte_offset(code, position));
    let found = shared.backend.inspect(code, cursor, content.detail_level > 0);
    let is_found = found.is_some();
    let bundle = found.unwrap_or_default();
    let content = json!({
        "status": "ok", "found": is_found, "data": bundle.data, "metadata": bundle.metadata,
    });
    Ok(Answer::Reply(REPLY, content))
}
