//! The layout pass: where statements end, and closing brackets that were forgotten.
//!
//! A newline ends a statement when the next line starts no deeper than the statement's first line, unless it stands in
//! brackets or one of the two lines says that it goes on (see `newline`). Brackets are repaired only in statements
//! whose brackets do not balance (see `repair`).

mod enclosing;
mod newline;
mod repair;

use std::collections::HashSet;

pub(crate) use enclosing::statements;

use super::token::{Kind, Symbol, Token};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic};

/// The tokens of one statement, brackets balanced.
#[derive(Debug)]
pub(super) struct Statement {
    /// The tokens; never empty.
    pub tokens: Vec<Token>,
    /// Whether closing brackets were put in or taken out.
    pub repaired: bool,
}

/// What the layout pass makes of a cell.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// The statements in order.
    pub statements: Vec<Statement>,
    /// What is wrong with brackets and line ends.
    pub diagnostics: Vec<Diagnostic>,
    /// The innermost bracket that is open at the end of the cell, by its place.
    pub open_at_end: Option<Span>,
}

/// Splits a cell's tokens into statements.
#[must_use]
pub(super) fn layout(tokens: &[Token]) -> Layout {
    let mut layout = Layout::default();
    let mut unclosed = HashSet::new();
    let mut start = 0;
    while start < tokens.len() {
        let (taken, end, repaired) = match scan(tokens, start, &mut unclosed) {
            Some(end) => (tokens.get(start..end).unwrap_or_default().to_vec(), end, false),
            None => {
                let repair = repair::repair(tokens, start);
                layout.diagnostics.extend(repair.diagnostics);
                layout.open_at_end = repair.open_at_end;
                (repair.tokens, repair.end, true)
            }
        };
        let next = tokens.get(end);
        let taken = tidy_commas(taken, next, &mut layout.diagnostics);
        if !taken.is_empty() {
            layout.statements.push(Statement { tokens: taken, repaired });
        }
        start = end;
        if let Some(token) = next.filter(|token| token.kind.is(Symbol::Semicolon)) {
            layout.diagnostics.push(semicolon(token, tokens.get(end + 1)));
            start = end + 1;
        }
    }
    layout
}

/// Balances the brackets of tokens that stand in an f-string, where no newline rules hold.
#[must_use]
pub(super) fn balance(mut tokens: Vec<Token>) -> (Statement, Vec<Diagnostic>) {
    for token in &mut tokens {
        token.indent = None;
    }
    let mut layout = layout(&tokens);
    let mut statement = Statement { tokens: Vec::new(), repaired: false };
    for part in layout.statements.drain(..) {
        statement.tokens.extend(part.tokens);
        statement.repaired |= part.repaired;
    }
    (statement, layout.diagnostics)
}

/// The end of the statement that starts at `start`, or `None` if its brackets do not balance. `unclosed` collects
/// openers known to have no counterpart, so that each later scan stops at them: the whole pass stays linear.
fn scan(tokens: &[Token], start: usize, unclosed: &mut HashSet<usize>) -> Option<usize> {
    let mut stack: Vec<(usize, Symbol)> = Vec::new();
    for (at, token) in tokens.iter().enumerate().skip(start) {
        if stack.is_empty() && at > start && newline::starts_statement(tokens, start, at) {
            return Some(at);
        }
        let Some(symbol) = token.kind.symbol() else {
            continue;
        };
        if symbol == Symbol::Semicolon && stack.is_empty() {
            return Some(at);
        }
        if let Some(closer) = symbol.closer() {
            if unclosed.contains(&at) {
                unclosed.extend(stack.iter().map(|(at, _)| *at));
                return None;
            }
            stack.push((at, closer));
        } else if symbol.is_closer() && stack.pop_if(|(_, closer)| *closer == symbol).is_none() {
            unclosed.extend(stack.iter().map(|(at, _)| *at));
            return None;
        }
    }
    unclosed.extend(stack.iter().map(|(at, _)| *at));
    stack.is_empty().then_some(tokens.len())
}

/// Drops commas before `|`, and a comma that dangles at the end of the statement although another one follows.
fn tidy_commas(mut tokens: Vec<Token>, next: Option<&Token>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Token> {
    let next = next.filter(|token| !token.kind.is(Symbol::Semicolon));
    let comma = tokens.last().filter(|token| token.kind.is(Symbol::Comma));
    if let (Some(comma), Some(next)) = (comma, next) {
        diagnostics.push(
            Diagnostic::error(Code::DANGLING_COMMA, "a comma at the end of the statement", comma.span)
                .label("nothing follows on an indented line")
                .also(next.span, "this line starts a new statement, because it is not indented")
                .fix(comma.span, "", "remove the comma")
                .help("indent the next line if it goes on with the list"),
        );
        tokens.pop();
    }
    let before_pipe: Vec<bool> =
        tokens.windows(2).map(|pair| matches!(pair, [a, b] if a.kind.is(Symbol::Comma) && b.kind.is(Symbol::Pipe))).collect();
    let mut at = 0;
    tokens.retain(|_| {
        at += 1;
        !before_pipe.get(at - 1).copied().unwrap_or(false)
    });
    tokens
}

fn semicolon(token: &Token, next: Option<&Token>) -> Diagnostic {
    let last_on_line = next.is_none_or(|next| next.indent.is_some());
    let (replacement, title) = if last_on_line { ("", "remove it") } else { ("\n", "start a new line instead") };
    Diagnostic::error(Code::FOREIGN_OPERATOR, "a statement ends with its line, not with `;`", token.span).fix(
        token.span,
        replacement,
        title,
    )
}

/// A closing bracket that stands nowhere in the text.
fn virtual_closer(symbol: Symbol, at: usize) -> Token {
    Token { kind: Kind::Symbol(symbol), span: Span::new(at, at), indent: None }
}
