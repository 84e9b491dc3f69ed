//! The one error value of the language and its renderers.

mod code;
mod diagnostic;

pub use code::{CODES, Code, explain};
pub use diagnostic::{Diagnostic, Fix, Label, Severity};
