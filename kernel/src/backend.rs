//! The boundary between the protocol and a language.
//!
//! The kernel knows one [`Backend`]. It is called from several threads at once: cells run one
//! after another on the execution thread, everything else is answered while they run, so a
//! backend works on snapshots of its session.

use crate::mime::MimeBundle;
use std::fmt;
use std::sync::Arc;
use weft_core::CancelToken;

pub use jupyter_protocol::Stdio;

/// What a language offers to the kernel.
pub trait Backend: Send + Sync {
    /// What `kernel_info_reply` says.
    fn info(&self) -> LanguageInfo;

    /// Runs a cell. Output goes to `io` while it runs; the result is returned. An interrupt sets
    /// `cancel`; the cell then returns [`ErrorReport::interrupted`].
    ///
    /// # Errors
    /// If the cell fails. The report is shown once, by the kernel.
    fn execute(&self, cell: &Cell, io: &Arc<dyn CellIo>, cancel: &CancelToken) -> Result<Outcome, ErrorReport>;

    /// Evaluates one of a request's `user_expressions` after its cell.
    ///
    /// # Errors
    /// If the expression fails, which does not make the cell fail.
    fn evaluate(&self, expression: &str, cancel: &CancelToken) -> Result<MimeBundle, ErrorReport>;

    /// What could stand at the byte offset `cursor` of `code`.
    fn complete(&self, code: &str, cursor: usize) -> Completion;

    /// What stands at the byte offset `cursor` of `code`; `detail` asks for the long answer.
    fn inspect(&self, code: &str, cursor: usize, detail: bool) -> Option<MimeBundle>;

    /// Whether Enter would run `code`.
    fn is_complete(&self, code: &str) -> Completeness;
}

/// A cell to be run.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Source text.
    pub code: String,
    /// Number of the cell, as the notebook shows it.
    pub execution_count: usize,
    /// Whether nothing of it will be seen.
    pub silent: bool,
}

/// What a cell that succeeded leaves.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The value of the cell, shown as its result.
    pub result: Option<MimeBundle>,
}

/// What a running cell may do. Handles may be kept by threads that work for the cell.
pub trait CellIo: Send + Sync {
    /// Writes text.
    fn stream(&self, name: Stdio, text: &str);
    /// Shows something. With a `display_id` it can be replaced later.
    fn display(&self, bundle: &MimeBundle, display_id: Option<&str>);
    /// Replaces what was shown under `display_id`.
    fn update_display(&self, bundle: &MimeBundle, display_id: &str);
    /// Removes the cell's output, at once or (`wait`) when the next output comes.
    fn clear_output(&self, wait: bool);
    /// Asks the user for a line; `secret` hides it.
    ///
    /// # Errors
    /// If the client cannot be asked, or the cell is interrupted meanwhile.
    fn input(&self, prompt: &str, secret: bool) -> Result<String, InputError>;
    /// Shows `bundle` in the pager when the cell is done.
    fn page(&self, bundle: &MimeBundle);
    /// Puts `text` in the place of the cell's own.
    fn replace_cell(&self, text: &str);
    /// Whether progress would be seen by somebody.
    fn shows_progress(&self) -> bool;

    /// Whether the streams show colours: a front end does, a file does not.
    fn shows_colours(&self) -> bool {
        true
    }
}

/// Why no line came from the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputError {
    /// The client does not allow questions.
    NotAllowed,
    /// No client listens on the stdin channel.
    NoClient,
    /// The cell was interrupted.
    Interrupted,
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAllowed => "this client does not allow a cell to ask for input",
            Self::NoClient => "no client listens for questions",
            Self::Interrupted => "interrupted while waiting for input",
        })
    }
}

impl std::error::Error for InputError {}

impl From<InputError> for ErrorReport {
    fn from(error: InputError) -> Self {
        match error {
            InputError::Interrupted => Self::interrupted(),
            _ => Self::new("InputError", error.to_string()),
        }
    }
}

/// An error as the protocol carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorReport {
    /// Kind of the error, one word.
    pub ename: String,
    /// The message, plain text.
    pub evalue: String,
    /// What is shown: lines, with ANSI colours and source excerpt.
    pub traceback: Vec<String>,
}

impl ErrorReport {
    /// A report whose traceback is its message.
    pub fn new(ename: impl Into<String>, evalue: impl Into<String>) -> Self {
        let (ename, evalue) = (ename.into(), evalue.into());
        let traceback = vec![format!("\x1b[31m{ename}\x1b[0m: {evalue}")];
        Self { ename, evalue, traceback }
    }

    /// The cell was interrupted by the user.
    pub fn interrupted() -> Self {
        Self::new("Interrupted", "the cell was interrupted")
    }
}

/// Candidates for completion.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completion {
    /// First byte that a candidate replaces.
    pub start: usize,
    /// Byte after the last that a candidate replaces.
    pub end: usize,
    /// The candidates, best first.
    pub items: Vec<Candidate>,
}

/// One candidate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Candidate {
    /// Text to insert.
    pub text: String,
    /// Kind: `column`, `function`, `keyword`, …; shown as an icon or a word.
    pub kind: String,
    /// Signature or type, shown beside it.
    pub signature: String,
}

/// Whether a text is a whole cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completeness {
    /// It can run.
    Complete,
    /// More is needed; the next line starts with this indentation.
    Incomplete(String),
    /// No continuation would make it right.
    Invalid,
    /// Cannot be told.
    Unknown,
}

/// The language as `kernel_info_reply` presents it.
#[derive(Debug, Clone)]
pub struct LanguageInfo {
    /// Name of the language.
    pub name: String,
    /// Its version.
    pub version: String,
    /// MIME type of source files.
    pub mimetype: String,
    /// Extension of source files, with the dot.
    pub file_extension: String,
    /// Name of the Pygments lexer, once one is shipped.
    pub pygments_lexer: Option<String>,
    /// Name of the editor's language, once one is shipped.
    pub codemirror_mode: Option<String>,
    /// Greeting on a console.
    pub banner: String,
    /// Links for the help menu: text and address.
    pub help_links: Vec<(String, String)>,
}
