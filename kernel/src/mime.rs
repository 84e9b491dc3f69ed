//! One output in several representations.

use serde_json::{Map, Value, json};

/// A MIME bundle: representations by MIME type, and metadata. Neither is ever null.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MimeBundle {
    /// Representations: text for text types, base64 text for pictures, JSON for JSON types.
    pub data: Map<String, Value>,
    /// Metadata, by MIME type or by name.
    pub metadata: Map<String, Value>,
}

impl MimeBundle {
    /// A bundle that is plain text.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::default().with("text/plain", text.into())
    }

    /// Adds a representation.
    #[must_use]
    pub fn with(mut self, mime_type: &str, value: impl Into<Value>) -> Self {
        self.data.insert(mime_type.to_owned(), value.into());
        self
    }

    /// Adds metadata, such as the size of a picture under `image/png`.
    #[must_use]
    pub fn with_metadata(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.metadata.insert(name.to_owned(), value.into());
        self
    }

    /// The plain text, if there is one.
    pub fn text(&self) -> Option<&str> {
        self.data.get("text/plain").and_then(Value::as_str)
    }

    /// Content of `display_data` and its like, under `display_id` if there is one.
    pub(crate) fn to_display(&self, display_id: Option<&str>) -> Value {
        let transient = display_id.map_or_else(|| json!({}), |id| json!({"display_id": id}));
        json!({"data": self.data, "metadata": self.metadata, "transient": transient})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_parts_are_empty_objects() {
        let content = MimeBundle::plain("x").to_display(None);
        assert_eq!(content, json!({"data": {"text/plain": "x"}, "metadata": {}, "transient": {}}));
    }

    #[test]
    fn a_display_id_is_transient() {
        let bundle = MimeBundle::plain("x").with_metadata("image/png", json!({"width": 1}));
        let content = bundle.to_display(Some("d"));
        assert_eq!(content["transient"], json!({"display_id": "d"}));
        assert_eq!(content["metadata"]["image/png"]["width"], 1);
    }
}
