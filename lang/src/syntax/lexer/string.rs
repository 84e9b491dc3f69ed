//! Strings: `"…"`, `'…'`, `r"…"`, `"""block"""`.

use super::Lexer;
use crate::Span;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast::Literal;
use crate::syntax::token::Kind;

/// The quote that a string starts and ends with.
#[derive(Clone, Copy)]
pub(super) struct Quote {
    pub(super) text: &'static str,
    pub(super) block: bool,
}

impl Lexer<'_> {
    pub(super) fn open_quote(&mut self) -> Quote {
        for (text, block) in [("\"\"\"", true), ("'''", true), ("\"", false)] {
            if self.eat(text) {
                return Quote { text, block };
            }
        }
        self.eat("'");
        Quote { text: "'", block: false }
    }

    /// A string whose prefix is already eaten.
    pub(super) fn string(&mut self, start: usize, raw: bool) -> Kind {
        let quote = self.open_quote();
        let mut value = String::new();
        loop {
            if self.eat(quote.text) {
                return Self::literal(Literal::Str(value));
            }
            match self.peek() {
                None => break,
                Some('\n' | '\r') if !quote.block => break,
                Some('\\') if !raw => self.escape(&mut value),
                Some(_) => value.extend(self.bump_in_string()),
            }
        }
        self.unclosed_string(start, quote);
        Self::literal(Literal::Str(value))
    }

    /// The next character of a string, keeping count of lines.
    pub(super) fn bump_in_string(&mut self) -> Option<char> {
        let c = self.bump();
        if c == Some('\n') {
            self.line_start = self.pos;
        }
        c
    }

    pub(super) fn unclosed_string(&mut self, start: usize, quote: Quote) {
        self.open_block |= quote.block;
        let span = if quote.block { Span::new(start, start + 3) } else { self.span_from(start) };
        let mut diagnostic = Diagnostic::error(Code::UNCLOSED_STRING, "this string never ends", span);
        diagnostic = if quote.block {
            diagnostic.help(format!("close it with {}", quote.text))
        } else {
            diagnostic.fix(span.at_end(), quote.text, "close the string").help("text over several lines is written \"\"\"…\"\"\"")
        };
        self.report(diagnostic);
    }

    /// An escape; an unknown one is reported and kept as it stands.
    pub(super) fn escape(&mut self, value: &mut String) {
        let start = self.pos;
        self.bump();
        let replaced = match self.peek() {
            Some('n') => Some('\n'),
            Some('t') => Some('\t'),
            Some('r') => Some('\r'),
            Some('0') => Some('\0'),
            Some(c @ ('\\' | '"' | '\'' | '{' | '}')) => Some(c),
            Some('u') => {
                self.bump();
                return self.unicode_escape(start, value);
            }
            _ => None,
        };
        if let Some(c) = replaced {
            self.bump();
            value.push(c);
            return;
        }
        let after = self.peek().filter(|c| *c != '\n' && *c != '\r');
        if after.is_some() {
            self.bump();
        }
        let span = self.span_from(start);
        value.push_str(span.of(self.text));
        let message = format!("unknown escape `{}`", span.of(self.text));
        self.report(
            Diagnostic::error(Code::BAD_ESCAPE, message, span)
                .fix(Span::new(start, start), "\\", "double the backslash")
                .help("a raw string r\"…\" takes backslashes as they are"),
        );
    }

    fn unicode_escape(&mut self, start: usize, value: &mut String) {
        let c = self.eat("{").then(|| {
            let digits = self.eat_while(|c| c.is_ascii_hexdigit());
            let c = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
            c.filter(|_| self.eat("}"))
        });
        if let Some(Some(c)) = c {
            value.push(c);
            return;
        }
        let span = self.span_from(start);
        self.report(Diagnostic::error(Code::BAD_ESCAPE, "malformed unicode escape", span).help("such as \\u{1F600}"));
    }
}
