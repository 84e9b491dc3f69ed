//! Repair of a statement whose brackets do not balance: closers are put in where the layout of the lines says that the
//! bracket must have ended, and those that close nothing are taken out.

use super::{newline, virtual_closer};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::token::{Symbol, Token};

pub(super) struct Repair {
    pub(super) tokens: Vec<Token>,
    pub(super) end: usize,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) open_at_end: Option<Span>,
}

struct Open {
    opener: Symbol,
    closer: Symbol,
    span: Span,
    /// Indentation of the line the opener stands on.
    indent: usize,
}

struct Repairer<'a> {
    tokens: &'a [Token],
    start: usize,
    out: Vec<Token>,
    stack: Vec<Open>,
    line_indent: usize,
    diagnostics: Vec<Diagnostic>,
}

/// Repairs the statement that starts at `start`; takes at least one token.
pub(super) fn repair(tokens: &[Token], start: usize) -> Repair {
    let first = tokens.get(start).and_then(|token| token.indent).unwrap_or(0);
    let mut repairer =
        Repairer { tokens, start, out: Vec::new(), stack: Vec::new(), line_indent: first, diagnostics: Vec::new() };
    let mut end = tokens.len();
    for (at, token) in tokens.iter().enumerate().skip(start) {
        if at > start && repairer.ends_before(at, token, first) {
            end = at;
            break;
        }
        repairer.take(token);
    }
    let open_at_end = if end == tokens.len() { repairer.stack.last().map(|open| open.span) } else { None };
    repairer.close_to(0);
    Repair { tokens: repairer.out, end, diagnostics: repairer.diagnostics, open_at_end }
}

impl Repairer<'_> {
    /// Whether the statement ends before the token; closes what a stage on a new line must have left open.
    fn ends_before(&mut self, at: usize, token: &Token, first: usize) -> bool {
        if self.stack.is_empty() {
            return token.kind.is(Symbol::Semicolon) || newline::starts_statement(self.tokens, self.start, at);
        }
        let Some(indent) = token.indent else {
            return false;
        };
        self.line_indent = indent;
        if newline::always_starts(&token.kind) {
            return true;
        }
        // `{ |` opens a block of stages; no other bracket holds a stage directly.
        let opens_block = self.tokens.get(at - 1).is_some_and(|token| token.kind.is(Symbol::LBrace));
        if token.kind.is(Symbol::Pipe) && !opens_block {
            let keep = self.stack.iter().take_while(|open| open.indent < indent).count();
            self.close_to(keep);
            return false;
        }
        indent <= first && !newline::continues(&token.kind) && newline::ends_expr(self.tokens, self.start, at - 1)
    }

    fn take(&mut self, token: &Token) {
        let Some(symbol) = token.kind.symbol() else {
            self.out.push(token.clone());
            return;
        };
        if let Some(closer) = symbol.closer() {
            let indent = self.line_indent;
            self.stack.push(Open { opener: symbol, closer, span: token.span, indent });
        } else if symbol.is_closer() {
            let Some(keep) = self.stack.iter().rposition(|open| open.closer == symbol) else {
                self.stray(token, symbol);
                return;
            };
            self.close_to(keep + 1);
            self.stack.pop();
        }
        self.out.push(token.clone());
    }

    fn stray(&mut self, token: &Token, symbol: Symbol) {
        let message = format!("`{}` closes nothing", symbol.as_str());
        self.diagnostics.push(Diagnostic::error(Code::STRAY_CLOSER, message, token.span).fix(token.span, "", "remove it"));
    }

    /// Puts in closers until only `keep` brackets are open.
    fn close_to(&mut self, keep: usize) {
        while self.stack.len() > keep {
            let Some(open) = self.stack.pop() else { return };
            let at = self.out.last().map_or(open.span.end, |token| token.span.end);
            self.out.push(virtual_closer(open.closer, at));
            let message = format!("`{}` is never closed", open.opener.as_str());
            self.diagnostics.push(Diagnostic::error(Code::NEVER_CLOSED, message, open.span).fix(
                Span::new(at, at),
                open.closer.as_str(),
                format!("close it with `{}`", open.closer.as_str()),
            ));
        }
    }
}
