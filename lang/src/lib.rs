//! The Weft language: syntax, resolution, completion, inspection, diagnostics.
//!
//! A cell's text goes through [`syntax`] (tokens, layout, tree) without any knowledge of the engine; whatever is wrong
//! with it becomes a [`diagnostics::Diagnostic`], the one error value that every front end renders.

pub mod complete;
mod cursor;
pub mod diagnostics;
pub mod format;
pub mod help;
pub mod inspect;
pub mod resolve;
pub mod span;
pub mod syntax;
mod verbs;

pub use cursor::{Around, Entry, Surroundings};
pub use span::Span;
