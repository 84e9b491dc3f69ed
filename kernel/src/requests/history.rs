//! `history_request`: inputs of this and earlier sessions.

use super::{Answer, Request};
use crate::backend::ErrorReport;
use crate::history::Entry;
use crate::kernel::Shared;
use crate::wire::content::HistoryRequest;
use serde_json::{Value, json};
use std::sync::Arc;

/// Type of the reply.
pub(crate) const REPLY: &str = "history_reply";

/// Answers `tail`, `range` and `search`.
pub(crate) fn handle(shared: &Arc<Shared>, request: &Request) -> Result<Answer, ErrorReport> {
    let content: HistoryRequest = request.content()?;
    let history = &shared.history;
    let count = |n: Option<i64>| n.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(0));
    let entries = match content.hist_access_type.as_str() {
        "tail" => history.tail(count(content.n)),
        "range" => {
            let session = content.session.unwrap_or(0);
            history.range(session, content.start.unwrap_or(0), content.stop)
        }
        "search" => {
            let pattern = content.pattern.as_deref().unwrap_or("*");
            history.search(pattern, count(content.n), content.unique)
        }
        other => {
            let evalue = format!("hist_access_type {other:?} is not tail, range or search");
            return Err(ErrorReport::new("BadRequest", evalue));
        }
    };
    let entries: Vec<Value> = entries.iter().map(|entry| row(entry, content.output)).collect();
    Ok(Answer::Reply(REPLY, json!({"status": "ok", "history": entries})))
}

fn row(entry: &Entry, output: bool) -> Value {
    if output {
        json!([entry.session, entry.line, [entry.input, entry.output]])
    } else {
        json!([entry.session, entry.line, entry.input])
    }
}
