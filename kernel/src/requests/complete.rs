//! `complete_request`: what could stand at the cursor.

use super::{Answer, Request};
use crate::backend::ErrorReport;
use crate::kernel::Shared;
use crate::text::{byte_offset, code_points};
use crate::wire::content::CompleteRequest;
use serde_json::{Value, json};
use std::sync::Arc;

/// Type of the reply.
pub(crate) const REPLY: &str = "complete_reply";

/// Answers with candidates and, for front ends that show them, their kinds and signatures.
pub(crate) fn handle(shared: &Arc<Shared>, request: &Request) -> Result<Answer, ErrorReport> {
    let content: CompleteRequest = request.content()?;
    let code = &content.code;
    let cursor = content.cursor_pos.map_or(code.len(), |position| byte_offset(code, position));
    let completion = shared.backend.complete(code, cursor);
    let start = code_points(code, completion.start.min(cursor));
    let end = code_points(code, completion.end.max(completion.start));
    let matches: Vec<&str> = completion.items.iter().map(|item| item.text.as_str()).collect();
    let typed = completion.items.iter().map(|item| {
        json!({
            "text": item.text, "type": item.kind, "signature": item.signature,
            "start": start, "end": end,
        })
    });
    let typed: Vec<Value> = typed.collect();
    let content = json!({
        "status": "ok",
        "matches": matches,
        "cursor_start": start,
        "cursor_end": end,
        "metadata": {"_jupyter_types_experimental": typed},
    });
    Ok(Answer::Reply(REPLY, content))
}
