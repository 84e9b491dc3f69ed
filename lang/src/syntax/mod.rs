//! From text to a tree, without any knowledge of the engine.

pub mod ast;

pub use ast::*;
