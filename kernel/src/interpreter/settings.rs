//! Settings given as text: in the environment.

use weft_core::Value;
use weft_core::settings::{Range, SETTINGS};
use weft_session::Session;

/// Sets `name` to what `text` stands for.
///
/// # Errors
/// If there is no such setting, or the text is no value for it.
pub(super) fn apply(session: &Session, name: &str, text: &str) -> Result<(), String> {
    let range = SETTINGS.iter().find(|setting| setting.name == name).map(|setting| setting.range);
    let value = match range {
        Some(Range::Int(..)) => text.trim().parse().map_or_else(|_| Value::string(text), Value::Int),
        Some(Range::Bool) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "on" | "1" | "yes" => Value::Bool(true),
            "false" | "off" | "0" | "no" => Value::Bool(false),
            _ => Value::string(text),
        },
        _ => Value::string(text),
    };
    session.set(name, &value).map_err(|error| format!("the setting `{name}` in the environment: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_values_of_the_setting() {
        let session = Session::new(".");
        apply(&session, "threads", "3").unwrap();
        apply(&session, "memory_limit", "256MiB").unwrap();
        apply(&session, "progress", "off").unwrap();
        apply(&session, "time_zone", "Europe/Berlin").unwrap();
        let settings = session.settings();
        assert_eq!((settings.threads(), settings.memory_limit()), (3, 256 << 20));
        assert_eq!((settings.progress(), settings.time_zone()), (false, "Europe/Berlin"));
    }

    #[test]
    fn texts_that_are_no_values_are_refused() {
        let session = Session::new(".");
        let error = apply(&session, "threads", "many").unwrap_err();
        assert!(error.contains("`threads` takes a whole number"), "{error}");
        assert!(apply(&session, "thread", "1").is_err());
        assert!(apply(&session, "optimizer", "perhaps").is_err());
    }
}
