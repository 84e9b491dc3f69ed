//! What a running cell writes to: IOPub, the stdin channel, the payload of its reply.

use crate::backend::{CellIo, InputError, Stdio};
use crate::mime::MimeBundle;
use crate::sockets::iopub::{IoPub, Output};
use crate::stdin::Stdin;
use bytes::Bytes;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::sync::Arc;

/// [`CellIo`] of one execute request.
pub(crate) struct JupyterIo {
    pub(crate) iopub: IoPub,
    pub(crate) stdin: Arc<Stdin>,
    /// Identity of the client that sent it.
    pub(crate) identity: Bytes,
    pub(crate) output: Output,
    pub(crate) silent: bool,
    pub(crate) allow_stdin: bool,
    pub(crate) progress: bool,
    pub(crate) payload: Mutex<Vec<Value>>,
}

impl JupyterIo {
    /// Publishes output, unless the request is silent.
    pub(crate) fn publish(&self, msg_type: &str, content: &Value) {
        if !self.silent {
            self.iopub.output(msg_type, &self.output, content);
        }
    }
}

impl CellIo for JupyterIo {
    fn stream(&self, name: Stdio, text: &str) {
        if !self.silent {
            self.iopub.stream(&self.output, &name, text);
        }
    }

    fn display(&self, bundle: &MimeBundle, display_id: Option<&str>) {
        self.publish("display_data", &bundle.to_display(display_id));
    }

    fn update_display(&self, bundle: &MimeBundle, display_id: &str) {
        self.publish("update_display_data", &bundle.to_display(Some(display_id)));
    }

    fn clear_output(&self, wait: bool) {
        self.publish("clear_output", &json!({"wait": wait}));
    }

    fn input(&self, prompt: &str, secret: bool) -> Result<String, InputError> {
        if !self.allow_stdin {
            return Err(InputError::NotAllowed);
        }
        self.stdin.ask(&self.identity, &self.output.parent, prompt, secret, &self.output.cancel)
    }

    fn page(&self, bundle: &MimeBundle) {
        let page = json!({"source": "page", "data": bundle.data, "start": 0});
        self.payload.lock().push(page);
    }

    fn replace_cell(&self, text: &str) {
        self.payload.lock().push(json!({"source": "set_next_input", "text": text, "replace": true}));
    }

    fn shows_progress(&self) -> bool {
        // Batch runs (nbclient, papermill) do not allow questions, and nobody watches them.
        self.progress && self.allow_stdin && !self.silent
    }
}
