//! What completion gives.

/// Candidates for the word at the cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completions {
    /// First byte that a candidate replaces.
    pub start: usize,
    /// Byte behind the last that a candidate replaces.
    pub end: usize,
    /// The candidates, best first.
    pub items: Vec<Item>,
}

/// One candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What is put in: a name in backticks where it needs them.
    pub text: String,
    /// What is shown.
    pub label: String,
    /// What it is.
    pub kind: ItemKind,
    /// A column's type, a function's signature, a table's shape; may be empty.
    pub detail: String,
    /// One sentence; may be empty.
    pub doc: String,
}

/// What a candidate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum ItemKind {
    Column,
    Table,
    Scalar,
    Function,
    Aggregate,
    Source,
    Verb,
    Keyword,
    Option,
    Value,
    Setting,
    Type,
    Field,
    Path,
    Code,
}

impl ItemKind {
    /// One lower-case word, as front ends show it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Column => "column",
            Self::Table => "table",
            Self::Scalar => "scalar",
            Self::Function => "function",
            Self::Aggregate => "aggregate",
            Self::Source => "source",
            Self::Verb => "verb",
            Self::Keyword => "keyword",
            Self::Option => "option",
            Self::Value => "value",
            Self::Setting => "setting",
            Self::Type => "type",
            Self::Field => "field",
            Self::Path => "path",
            Self::Code => "code",
        }
    }
}

impl Item {
    /// A candidate that is shown as it is put in.
    pub(crate) fn new(text: impl Into<String>, kind: ItemKind) -> Self {
        let text = text.into();
        Self { label: text.clone(), text, kind, detail: String::new(), doc: String::new() }
    }

    /// With what is shown beside it.
    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// With a sentence.
    pub(crate) fn doc(mut self, doc: impl Into<String>) -> Self {
        self.doc = doc.into();
        self
    }
}
