//! Statements of a text that is still being typed: open brackets are taken as they are, none is repaired.

use std::ops::Range;

use super::newline;
use crate::syntax::token::{Symbol, Token};

/// Where statements begin and end, as positions in `tokens`. A line that starts with `let` or `fn` begins one even
/// inside brackets, which somebody forgot to close.
#[must_use]
pub(crate) fn statements(tokens: &[Token]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut stack: Vec<Symbol> = Vec::new();
    let mut start = 0;
    for (at, token) in tokens.iter().enumerate() {
        let forced = token.indent.is_some() && newline::always_starts(&token.kind);
        let semicolon = at > 0 && stack.is_empty() && tokens.get(at - 1).is_some_and(|t| t.kind.is(Symbol::Semicolon));
        if at > start && (forced || semicolon || stack.is_empty() && newline::starts_statement(tokens, start, at)) {
            found.push(start..at);
            start = at;
            stack.clear();
        }
        let Some(symbol) = token.kind.symbol() else { continue };
        if let Some(closer) = symbol.closer() {
            stack.push(closer);
        } else if let Some(depth) = stack.iter().rposition(|closer| *closer == symbol) {
            stack.truncate(depth);
        }
    }
    if start < tokens.len() {
        found.push(start..tokens.len());
    }
    found
}
