//! Contents of requests, read tolerantly: what a client leaves out has a default.

use serde::Deserialize;
use std::collections::BTreeMap;

/// `execute_request`: run a cell.
#[derive(Debug, Clone, Deserialize)]
pub struct ExecuteRequest {
    /// Source text of the cell.
    pub code: String,
    /// Run without any output, without history and without counting.
    #[serde(default)]
    pub silent: bool,
    /// Whether to count the cell and to remember it; true if left out.
    #[serde(default)]
    pub store_history: Option<bool>,
    /// Expressions to evaluate after a cell that succeeded, by name.
    #[serde(default)]
    pub user_expressions: Option<BTreeMap<String, String>>,
    /// Whether the client can answer `input_request`.
    #[serde(default = "yes")]
    pub allow_stdin: bool,
    /// Whether an error aborts the cells that are already queued.
    #[serde(default = "yes")]
    pub stop_on_error: bool,
}

impl ExecuteRequest {
    /// Whether the cell counts and is remembered: never if it is silent.
    pub fn stores_history(&self) -> bool {
        !self.silent && self.store_history.unwrap_or(true)
    }
}

/// `complete_request`: what could stand at the cursor.
#[derive(Debug, Clone, Deserialize)]
pub struct CompleteRequest {
    /// Source text.
    pub code: String,
    /// Cursor in code points; the end of the text if left out.
    #[serde(default)]
    pub cursor_pos: Option<usize>,
}

/// `inspect_request`: what stands at the cursor.
#[derive(Debug, Clone, Deserialize)]
pub struct InspectRequest {
    /// Source text.
    pub code: String,
    /// Cursor in code points; the end of the text if left out.
    #[serde(default)]
    pub cursor_pos: Option<usize>,
    /// 0 for a short answer, 1 for a long one.
    #[serde(default)]
    pub detail_level: u8,
}

/// `is_complete_request`: would Enter run this text?
#[derive(Debug, Clone, Deserialize)]
pub struct IsCompleteRequest {
    /// Source text.
    pub code: String,
}

/// `history_request`. All three ways of access share one set of optional fields.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct HistoryRequest {
    /// `tail`, `range` or `search`.
    pub hist_access_type: String,
    /// Whether outputs are wanted too.
    pub output: bool,
    /// Session for `range`: 0 is this one, −1 the one before.
    pub session: Option<i64>,
    /// First line for `range`.
    pub start: Option<i64>,
    /// Line after the last for `range`; to the end if left out.
    pub stop: Option<i64>,
    /// Number of entries for `tail` and `search`.
    pub n: Option<i64>,
    /// Pattern with `*` and `?` for `search`; everything if left out.
    pub pattern: Option<String>,
    /// Whether `search` leaves out repeated inputs.
    pub unique: bool,
}

/// `shutdown_request`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ShutdownRequest {
    /// Whether the client is about to start the kernel again.
    pub restart: bool,
}

/// `input_reply` on the stdin channel.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct InputReply {
    /// What the user typed.
    pub value: String,
}

/// `comm_open`: only its name is needed, to refuse it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CommOpen {
    /// Name of the comm.
    pub comm_id: String,
}

/// `debug_request`: enough of it to be refused in the debug adapter's own form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct DebugRequest {
    /// Sequence number.
    pub seq: i64,
    /// Command, such as `initialize`.
    pub command: String,
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_is_required_to_execute() {
        let request: ExecuteRequest = serde_json::from_str(r#"{"code":"1"}"#).unwrap();
        assert!(request.stores_history() && request.allow_stdin && request.stop_on_error);
        assert!(serde_json::from_str::<ExecuteRequest>("{}").is_err());
    }

    #[test]
    fn silence_forbids_history() {
        let text = r#"{"code":"1","silent":true,"store_history":true,"user_expressions":null}"#;
        let request: ExecuteRequest = serde_json::from_str(text).unwrap();
        assert!(!request.stores_history());
    }

    #[test]
    fn history_requests_may_leave_everything_out() {
        let request: HistoryRequest = serde_json::from_str(r#"{"hist_access_type":"search","n":null}"#).unwrap();
        assert_eq!(request.hist_access_type, "search");
        assert_eq!(request.n, None);
    }
}
