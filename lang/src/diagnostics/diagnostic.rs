//! One diagnostic: what is wrong, where, and what to do about it.

use super::{Code, code};
use crate::Span;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The cell cannot run.
    Error,
    /// The cell runs, but probably not as meant.
    Warning,
    /// A better way exists.
    Hint,
}

impl Severity {
    /// `error`, `warning`, `hint`
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Hint => "hint",
        }
    }
}

/// A place in the cell and what is to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// The remark; may be empty.
    pub text: String,
    /// Whether it is the place of the fault itself.
    pub primary: bool,
}

/// A change of the text that would mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// By what.
    pub replacement: String,
    /// What the change does, as an imperative.
    pub title: String,
}

/// Most characters of a message.
const MAX_MESSAGE: usize = 600;

/// What is wrong with a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The code, such as `E0101`; [`super::explain`] has its page.
    pub code: &'static str,
    /// One sentence, without a full stop.
    pub message: String,
    /// Places, the primary one first.
    pub labels: Vec<Label>,
    /// What to do.
    pub help: Option<String>,
    /// Changes that would mend it, each on its own.
    pub fixes: Vec<Fix>,
}

impl Diagnostic {
    /// An error at a place.
    #[must_use]
    pub fn error(code: Code, message: impl Into<String>, span: Span) -> Self {
        Self::new(Severity::Error, code, message, span)
    }

    /// A warning at a place.
    #[must_use]
    pub fn warning(code: Code, message: impl Into<String>, span: Span) -> Self {
        Self::new(Severity::Warning, code, message, span)
    }

    /// A hint at a place.
    #[must_use]
    pub fn hint(code: Code, message: impl Into<String>, span: Span) -> Self {
        Self::new(Severity::Hint, code, message, span)
    }

    fn new(severity: Severity, code: Code, message: impl Into<String>, span: Span) -> Self {
        let primary = Label { span, text: String::new(), primary: true };
        Self {
            severity,
            code: code.as_str(),
            message: shortened(message.into()),
            labels: vec![primary],
            help: None,
            fixes: Vec::new(),
        }
    }

    /// Says something at the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        if let Some(label) = self.labels.first_mut() {
            label.text = text.into();
        }
        self
    }

    /// Points at one more place.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into(), primary: false });
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Offers a change.
    #[must_use]
    pub fn fix(mut self, span: Span, replacement: impl Into<String>, title: impl Into<String>) -> Self {
        self.fixes.push(Fix { span, replacement: replacement.into(), title: title.into() });
        self
    }

    /// The place of the fault.
    #[must_use]
    pub fn span(&self) -> Span {
        self.labels.first().map_or_else(Span::default, |label| label.span)
    }

    /// The fixes that the help does not name already: what a reader is still to be told.
    pub fn untold_fixes(&self) -> impl Iterator<Item = &Fix> {
        let help = self.help.as_deref().unwrap_or_default();
        self.fixes.iter().filter(move |fix| fix.replacement.is_empty() || !help.contains(&fix.replacement))
    }

    /// The code's title, as its page has it.
    #[must_use]
    pub fn title(&self) -> &'static str {
        code::explain(self.code).map_or("", |page| page.title)
    }

    /// Whether the cell cannot run.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// A message without the middle of a name that is longer than anybody reads.
fn shortened(message: String) -> String {
    let characters = message.chars().count();
    if characters <= MAX_MESSAGE {
        return message;
    }
    let start: String = message.chars().take(MAX_MESSAGE / 2).collect();
    let end: String = message.chars().skip(characters - MAX_MESSAGE / 4).collect();
    format!("{start} … {end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endless_names_are_cut() {
        let diagnostic = Diagnostic::error(Code::UNKNOWN_COLUMN, format!("no column `{}`", "é".repeat(10_000)), Span::default());
        assert!(diagnostic.message.chars().count() < MAX_MESSAGE);
        assert!(diagnostic.message.starts_with("no column `é") && diagnostic.message.ends_with("é`"));
    }
}
