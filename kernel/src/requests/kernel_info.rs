//! `kernel_info_request`: what this kernel is.

use super::{Answer, Request};
use crate::backend::ErrorReport;
use crate::kernel::Shared;
use crate::wire::header::PROTOCOL_VERSION;
use serde_json::{Value, json};
use std::sync::Arc;

/// Type of the reply.
pub(crate) const REPLY: &str = "kernel_info_reply";

/// Answers from the backend's own description. `supported_features` stays empty until there are
/// subshells; nothing is declared that is not there.
pub(crate) fn handle(shared: &Arc<Shared>, _: &Request) -> Result<Answer, ErrorReport> {
    let info = shared.backend.info();
    let mut language = json!({
        "name": info.name,
        "version": info.version,
        "mimetype": info.mimetype,
        "file_extension": info.file_extension,
    });
    if let Some(lexer) = info.pygments_lexer {
        language["pygments_lexer"] = json!(lexer);
    }
    if let Some(mode) = info.codemirror_mode {
        language["codemirror_mode"] = json!(mode);
    }
    let links = info.help_links.iter().map(|(text, url)| json!({"text": text, "url": url}));
    let content = json!({
        "status": "ok",
        "protocol_version": PROTOCOL_VERSION,
        "implementation": "weft",
        "implementation_version": env!("CARGO_PKG_VERSION"),
        "language_info": language,
        "banner": info.banner,
        "help_links": links.collect::<Vec<Value>>(),
        "debugger": false,
        "supported_features": [],
    });
    Ok(Answer::Reply(REPLY, content))
}
