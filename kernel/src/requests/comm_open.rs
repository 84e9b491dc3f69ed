//! `comm_open`: refused with `comm_close`, as the protocol asks for unknown targets.

use super::{Answer, Request};
use crate::backend::ErrorReport;
use crate::kernel::Shared;
use crate::wire::content::CommOpen;
use serde_json::json;
use std::sync::Arc;

/// Publishes `comm_close`; there is no reply.
pub(crate) fn handle(shared: &Arc<Shared>, request: &Request) -> Result<Answer, ErrorReport> {
    let content = request.content::<CommOpen>().unwrap_or_default();
    let content = json!({"comm_id": content.comm_id, "data": {}});
    shared.iopub.publish("comm_close", &request.origin.parent, &content);
    Ok(Answer::Nothing)
}
