//! Whether a line starts a statement or goes on with the one before.

use crate::syntax::token::{Keyword, Kind, Symbol, Token};

/// Whether the token at `at` starts a statement, given that the one before starts at `start` and no bracket is open.
pub(super) fn starts_statement(tokens: &[Token], start: usize, at: usize) -> bool {
    let Some(token) = tokens.get(at) else {
        return false;
    };
    let Some(indent) = token.indent else {
        return false;
    };
    if always_starts(&token.kind) {
        return true;
    }
    let first = tokens.get(start).and_then(|token| token.indent).unwrap_or(0);
    if indent > first || continues(&token.kind) {
        return false;
    }
    let before = at.checked_sub(1).and_then(|before| tokens.get(before));
    // A comma ends the statement and is reported: `select a, b,` would swallow the next pipeline.
    before.is_some_and(|token| token.kind.is(Symbol::Comma)) || ends_expr(tokens, start, at - 1)
}

/// `let` and `fn` stand nowhere else.
pub(super) const fn always_starts(kind: &Kind) -> bool {
    matches!(kind, Kind::Keyword(Keyword::Let | Keyword::Fn))
}

/// Whether a line that starts with this goes on with the line before.
pub(super) const fn continues(kind: &Kind) -> bool {
    match kind {
        Kind::Keyword(keyword) => matches!(
            keyword,
            Keyword::And
                | Keyword::Or
                | Keyword::In
                | Keyword::Is
                | Keyword::As
                | Keyword::On
                | Keyword::Within
                | Keyword::Then
                | Keyword::Else
                | Keyword::Over
        ),
        // No statement starts with a comma either.
        Kind::Symbol(Symbol::Minus) => false,
        Kind::Symbol(symbol) => symbol.is_infix() || symbol.is_closer() || matches!(symbol, Symbol::Comma),
        _ => false,
    }
}

/// Whether an expression can end with the token at `at`, in a statement that starts at `start`.
pub(super) fn ends_expr(tokens: &[Token], start: usize, at: usize) -> bool {
    let Some(token) = tokens.get(at) else {
        return false;
    };
    match token.kind.symbol() {
        // `a..` at the end of a line is an open range.
        Some(Symbol::DotDot) => true,
        Some(Symbol::Star) => star_is_operand(tokens, start, at),
        _ => token.kind.ends_expr(),
    }
}

/// `*` means all columns behind something that cannot end an expression, and behind a verb.
fn star_is_operand(tokens: &[Token], start: usize, at: usize) -> bool {
    if at <= start {
        return true;
    }
    let behind_verb = at >= start + 2
        && tokens.get(at - 2).is_some_and(|token| token.kind.is(Symbol::Pipe))
        && matches!(tokens.get(at - 1), Some(Token { kind: Kind::Ident(_), .. }));
    behind_verb || tokens.get(at - 1).is_none_or(|token| !token.kind.ends_expr())
}
