//! `debug_request`: there is no debugger, said in the debug adapter's own form.

use super::{Answer, Request};
use crate::backend::ErrorReport;
use crate::execution::error_content;
use crate::kernel::Shared;
use crate::wire::content::DebugRequest;
use serde_json::json;
use std::sync::Arc;

/// Type of the reply.
pub(crate) const REPLY: &str = "debug_reply";

/// Refuses.
pub(crate) fn handle(_: &Arc<Shared>, request: &Request) -> Result<Answer, ErrorReport> {
    let asked = request.content::<DebugRequest>().unwrap_or_default();
    let message = "Weft has no debugger";
    let mut content = error_content(&ErrorReport::new("Unsupported", message));
    content["type"] = json!("response");
    content["request_seq"] = json!(asked.seq);
    content["command"] = json!(asked.command);
    content["success"] = json!(false);
    content["message"] = json!(message);
    Ok(Answer::Reply(REPLY, content))
}
