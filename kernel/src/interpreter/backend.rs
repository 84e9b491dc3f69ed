//! The language as the kernel serves it.

use std::sync::Arc;

use weft_core::CancelToken;
use weft_lang::syntax;

use super::{Interpreter, ShownKind};
use crate::backend::{Backend, Cell, CellIo, Completeness, Completion, ErrorReport, InputError, LanguageInfo, Outcome, Stdio};
use crate::mime::MimeBundle;

/// Weft in a notebook.
pub struct WeftBackend {
    interpreter: Interpreter,
}

impl WeftBackend {
    /// The backend of this process: its folder, its environment.
    ///
    /// # Errors
    /// If the folder is gone, or a setting in the environment is no value for it.
    pub fn open() -> Result<Self, String> {
        Interpreter::open().map(Self::new)
    }

    /// A backend over `interpreter`.
    pub fn new(interpreter: Interpreter) -> Self {
        WeftBackend { interpreter }
    }
}

impl Backend for WeftBackend {
    fn info(&self) -> LanguageInfo {
        let version = env!("CARGO_PKG_VERSION");
        LanguageInfo {
            name: "weft".into(),
            version: version.into(),
            mimetype: "text/x-weft".into(),
            file_extension: ".weft".into(),
            // Front ends know no grammar of Weft. R's has the same comments, strings, numbers and operators, and
            // takes no other character amiss.
            pygments_lexer: Some("r".into()),
            codemirror_mode: Some("r".into()),
            banner: format!("Weft {version}: tables in pipes. `help` lists what there is."),
            help_links: Vec::new(),
        }
    }

    fn execute(&self, cell: &Cell, io: &Arc<dyn CellIo>, cancel: &CancelToken) -> Result<Outcome, ErrorReport> {
        let run = self.interpreter.cell(&cell.code, cell.execution_count, io, cancel);
        let result = run.run().and_then(|shown| shown.map(|shown| run.preview(&shown)).transpose());
        result.map(|result| Outcome { result }).map_err(|failure| failure.report(&cell.code))
    }

    fn evaluate(&self, expression: &str, cancel: &CancelToken) -> Result<MimeBundle, ErrorReport> {
        let io: Arc<dyn CellIo> = Arc::new(Silence);
        let run = self.interpreter.cell(expression, 0, &io, cancel);
        let shown = run.run().map_err(|failure| failure.report(expression))?;
        let Some(shown) = shown.filter(|shown| !matches!(shown.kind, ShownKind::Page(_))) else {
            return Err(ErrorReport::new("NoValue", "the expression gives no value"));
        };
        run.preview(&shown).map_err(|failure| failure.report(expression))
    }

    fn complete(&self, code: &str, cursor: usize) -> Completion {
        super::assist::completion(self.interpreter.session(), code, cursor)
    }

    fn inspect(&self, code: &str, cursor: usize, detail: bool) -> Option<MimeBundle> {
        super::assist::inspection(self.interpreter.session(), code, cursor, detail)
    }

    fn is_complete(&self, code: &str) -> Completeness {
        match syntax::is_complete(code) {
            syntax::Completeness::Complete => Completeness::Complete,
            syntax::Completeness::Incomplete { indent } => Completeness::Incomplete(indent),
            syntax::Completeness::Invalid => Completeness::Invalid,
        }
    }
}

/// Nobody listens, nobody answers.
struct Silence;

impl CellIo for Silence {
    fn stream(&self, _: Stdio, _: &str) {}
    fn display(&self, _: &MimeBundle, _: Option<&str>) {}
    fn update_display(&self, _: &MimeBundle, _: &str) {}
    fn clear_output(&self, _: bool) {}
    fn input(&self, _: &str, _: bool) -> Result<String, InputError> {
        Err(InputError::NotAllowed)
    }
    fn page(&self, _: &MimeBundle) {}
    fn replace_cell(&self, _: &str) {}
    fn shows_progress(&self) -> bool {
        false
    }
}
