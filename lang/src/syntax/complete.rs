//! Whether a cell is complete, for consoles that decide what the Enter key does.

use super::ast::Cell;
use super::token::{Keyword, Kind, Symbol, Token};
use super::verbs::{self, Shape};
use super::{layout, lexer, parse};
use crate::diagnostics::Diagnostic;

/// Whether more input is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completeness {
    /// It can run.
    Complete,
    /// More must follow; the next line starts with this indentation.
    Incomplete {
        /// Blanks to put in front of the next line.
        indent: String,
    },
    /// It is wrong, and more input does not mend it.
    Invalid,
}

/// Blanks for each level.
const STEP: usize = 2;

/// Looks whether a cell is complete: brackets and blocks are closed, and the last line does not end with `|`, a comma,
/// an operator or a verb that needs more.
#[must_use]
pub fn is_complete(text: &str) -> Completeness {
    if text.starts_with("%%") {
        return Completeness::Complete;
    }
    let lexed = lexer::lex(text);
    if lexed.open_block {
        return Completeness::Incomplete { indent: String::new() };
    }
    let open = layout::layout(&lexed.tokens).open_at_end;
    if let Some(open) = open {
        return Completeness::Incomplete { indent: " ".repeat(indent_of_line(text, open.start) + STEP) };
    }
    let tokens = &lexed.tokens;
    if let Some(last) = tokens.last().filter(|last| goes_on(last) || is_bare_verb(tokens)) {
        let own = indent_of_line(text, last.span.start);
        return Completeness::Incomplete { indent: " ".repeat(if own == 0 { STEP } else { own }) };
    }
    let (_, diagnostics): (Cell, _) = parse(text);
    if diagnostics.iter().any(Diagnostic::is_error) { Completeness::Invalid } else { Completeness::Complete }
}

/// Whether something must follow the token. `*` and `..` can stand as operands.
fn goes_on(token: &Token) -> bool {
    match &token.kind {
        Kind::Symbol(Symbol::Star | Symbol::DotDot | Symbol::Semicolon) => false,
        Kind::Symbol(symbol) => !symbol.is_closer(),
        Kind::Keyword(keyword) => !matches!(keyword, Keyword::Null | Keyword::True | Keyword::False),
        _ => false,
    }
}

/// Whether the last thing is `| where`, a verb that says nothing yet without what it is about.
fn is_bare_verb(tokens: &[Token]) -> bool {
    let [.., pipe, Token { kind: Kind::Ident(word), .. }] = tokens else { return false };
    let alone = |shape| matches!(shape, Shape::OptionalItems | Shape::Args);
    pipe.kind.is(Symbol::Pipe) && verbs::shape(word).is_some_and(|shape| !alone(shape))
}

fn indent_of_line(text: &str, at: usize) -> usize {
    let line = text.get(..at).and_then(|before| before.rsplit(['\n', '\r']).next()).unwrap_or_default();
    line.chars().take_while(|c| c.is_whitespace()).count()
}
