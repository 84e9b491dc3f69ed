//! The one error value of the language and its renderers.

mod ansi;
mod code;
mod diagnostic;
mod html;
mod plain;
mod suggest;
mod text;

pub use ansi::render_ansi;
pub use code::{CODES, Code, explain};
pub use diagnostic::{Diagnostic, Fix, Label, Severity};
pub use html::render_html;
pub use plain::render_plain;
pub use suggest::suggest;
