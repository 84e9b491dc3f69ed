//! The Weft language: syntax, resolution, completion, inspection, diagnostics.
//!
//! A cell's text goes through [`syntax`] (tokens, layout, tree) without any knowledge of the engine; whatever is wrong
//! with it becomes a [`diagnostics::Diagnostic`], the one error value that every front end renders.

pub mod diagnostics;
pub mod resolve;
pub mod span;
pub mod syntax;
mod verbs;

pub use span::Span;
