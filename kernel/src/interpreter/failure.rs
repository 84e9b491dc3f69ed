//! Why a cell failed.

use weft_lang::diagnostics::Diagnostic;

use crate::backend::ErrorReport;

/// Why a cell failed.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// The user interrupted it.
    Interrupted,
    /// What is wrong, with places in the cell's text.
    Diagnostics(Vec<Diagnostic>),
}

impl Failure {
    /// As the protocol carries it; `text` is the cell.
    pub fn report(&self, text: &str) -> ErrorReport {
        match self {
            Self::Interrupted => ErrorReport::interrupted(),
            Self::Diagnostics(found) => crate::display::diagnostics(text, found),
        }
    }
}
