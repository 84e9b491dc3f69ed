//! Connection files: where a kernel listens, and with which key.

use jupyter_protocol::ConnectionInfo;
use serde_json::{Value, json};
use std::path::Path;

/// What a connection file says. Left-out fields have the defaults of `jupyter_client`.
#[derive(Debug, Clone, PartialEq)]
pub struct Connection(pub ConnectionInfo);

/// One of the five sockets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// Requests.
    Shell,
    /// Requests that overtake: interrupt, shutdown.
    Control,
    /// Questions to the user.
    Stdin,
    /// Output.
    IoPub,
    /// Echo.
    Heartbeat,
}

impl Connection {
    /// Reads the connection file at `path`.
    ///
    /// # Errors
    /// If the file cannot be read or is not a connection file; the text names the file.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text =
            std::fs::read_to_string(path).map_err(|error| format!("cannot read connection file {}: {error}", path.display()))?;
        Self::parse(&text).map_err(|error| format!("connection file {}: {error}", path.display()))
    }

    /// Whether no socket has a port: each would be bound to any free one, where no client looks for it.
    pub fn is_portless(&self) -> bool {
        let channels = [Channel::Shell, Channel::Control, Channel::Stdin, Channel::IoPub, Channel::Heartbeat];
        channels.iter().all(|&channel| self.port(channel) == 0)
    }

    /// Parses the text of a connection file.
    ///
    /// # Errors
    /// If the text is not JSON, or a field has the wrong type.
    pub fn parse(text: &str) -> Result<Self, String> {
        let given: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let Value::Object(given) = given else {
            return Err("not a JSON object".to_owned());
        };
        let mut value = json!({
            "ip": "127.0.0.1", "transport": "tcp", "key": "", "signature_scheme": "hmac-sha256",
            "shell_port": 0, "iopub_port": 0, "stdin_port": 0, "control_port": 0, "hb_port": 0,
        });
        if let Value::Object(fields) = &mut value {
            fields.extend(given.into_iter().filter(|(_, field)| !field.is_null()));
        }
        let mut info: ConnectionInfo = serde_json::from_value(value).map_err(|error| error.to_string())?;
        if info.ip.is_empty() {
            info.ip = "127.0.0.1".to_owned();
        }
        Ok(Self(info))
    }

    /// The port of `channel` (TCP) or the number that ends its path (IPC).
    pub fn port(&self, channel: Channel) -> u16 {
        match channel {
            Channel::Shell => self.0.shell_port,
            Channel::Control => self.0.control_port,
            Channel::Stdin => self.0.stdin_port,
            Channel::IoPub => self.0.iopub_port,
            Channel::Heartbeat => self.0.hb_port,
        }
    }

    /// Replaces the port of `channel`.
    pub fn set_port(&mut self, channel: Channel, port: u16) {
        match channel {
            Channel::Shell => self.0.shell_port = port,
            Channel::Control => self.0.control_port = port,
            Channel::Stdin => self.0.stdin_port = port,
            Channel::IoPub => self.0.iopub_port = port,
            Channel::Heartbeat => self.0.hb_port = port,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_left_out_have_defaults() {
        let connection = Connection::parse(r#"{"shell_port": 5, "key": null, "odd": 1}"#).unwrap();
        assert_eq!(connection.0.ip, "127.0.0.1");
        assert_eq!(connection.port(Channel::Shell), 5);
        assert_eq!(connection.0.key, "");
        assert_eq!(connection.0.signature_scheme, "hmac-sha256");
    }

    #[test]
    fn wrong_files_are_refused_by_name() {
        assert!(Connection::parse("[]").is_err());
        assert!(Connection::parse("{\"shell_port\": \"x\"}").is_err());
        assert!(Connection::parse("{}").unwrap().is_portless());
        assert!(!Connection::parse("{\"hb_port\": 5}").unwrap().is_portless());
        let error = Connection::read(Path::new("/nonexistent/kernel.json")).unwrap_err();
        assert!(error.contains("/nonexistent/kernel.json"), "{error}");
    }
}
