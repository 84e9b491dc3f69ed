//! `execute_request`: queued for the execution thread, which answers it.

use super::Request;
use crate::execution::{Job, error_content};
use crate::kernel::Shared;
use serde_json::json;
use weft_core::CancelToken;

/// Type of the reply.
pub(crate) const REPLY: &str = "execute_reply";

/// Queues the cell. A request that cannot be read is answered at once.
pub(crate) fn handle(shared: &Shared, request: Request) {
    match request.content() {
        Ok(content) => shared.execution.push(Job { origin: request.origin, request: content, cancel: CancelToken::new() }),
        Err(report) => {
            shared.busy(&request.origin);
            let mut content = error_content(&report);
            content["execution_count"] = json!(shared.execution.count());
            content["user_expressions"] = json!({});
            content["payload"] = json!([]);
            shared.reply(&request.origin, REPLY, &content);
            shared.idle(&request.origin);
        }
    }
}
