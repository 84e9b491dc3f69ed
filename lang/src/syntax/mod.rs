//! From text to a tree, without any knowledge of the engine.
//!
//! [`parse`] lexes the text, splits it into statements and repairs brackets (`layout`), refuses what nests too deeply
//! (`depth`), and reads each statement with a chumsky grammar (`grammar`). It never fails.

pub mod ast;
mod complete;
mod depth;
mod grammar;
mod layout;
mod lexer;
mod parse;
pub mod token;
pub mod verbs;

pub use ast::*;
pub(crate) use layout::statements;

pub use complete::{Completeness, is_complete};
pub use lexer::{Lexed, lex};
pub use parse::{MAX_DIAGNOSTICS, parse};
