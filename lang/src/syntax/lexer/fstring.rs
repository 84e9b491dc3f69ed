//! f-strings: text with `{expr}` and `{expr:format}`. The expressions may hold strings with either quote.

use std::sync::Arc;

use super::string::Quote;
use super::{End, Lexer, MAX_FSTRING_DEPTH};
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast::Spanned;
use crate::syntax::token::{Kind, RawPart};

impl Lexer<'_> {
    /// An f-string whose `f` is already eaten.
    pub(super) fn fstring(&mut self, start: usize) -> Kind {
        let quote = self.open_quote();
        let mut parts = Vec::new();
        let mut text = String::new();
        loop {
            if self.eat(quote.text) {
                break;
            }
            match self.peek() {
                None => {
                    self.unclosed_string(start, quote);
                    break;
                }
                Some('\n' | '\r') if !quote.block => {
                    self.unclosed_string(start, quote);
                    break;
                }
                Some('\\') => self.escape(&mut text),
                Some('{') if self.eat("{{") => text.push('{'),
                Some('}') if self.eat("}}") => text.push('}'),
                Some('}') => self.lone_brace(),
                Some('{') => {
                    if !text.is_empty() {
                        parts.push(RawPart::Text(std::mem::take(&mut text)));
                    }
                    let Ok(part) = self.part(quote) else { return Kind::Error };
                    parts.extend(part);
                }
                Some(_) => text.extend(self.bump_in_string()),
            }
        }
        if !text.is_empty() {
            parts.push(RawPart::Text(text));
        }
        Kind::RawFString(Arc::new(parts))
    }

    fn lone_brace(&mut self) {
        let start = self.pos;
        self.bump();
        let span = self.span_from(start);
        self.report(Diagnostic::error(Code::BAD_FSTRING, "a lone `}` in an f-string", span).fix(
            span,
            "}}",
            "write `}}` for a brace",
        ));
    }

    /// `{…}`; none if it is empty. Fails if it is never closed: then the rest of the line is unreadable.
    fn part(&mut self, quote: Quote) -> Result<Option<RawPart>, ()> {
        let open = self.pos;
        if self.fstring_depth >= MAX_FSTRING_DEPTH {
            self.pos = self.text.len();
            let span = self.span_from(open);
            let message = "f-strings nest too deeply";
            self.report(Diagnostic::error(Code::TOO_DEEP, message, crate::Span::new(open, span.start + 1)));
            return Err(());
        }
        self.bump();
        let start = self.pos;
        let reported = self.diagnostics.len();
        let fresh = std::mem::replace(&mut self.fresh_line, false);
        self.fstring_depth += 1;
        let tokens = self.run(End::Part { lines: quote.block });
        self.fstring_depth -= 1;
        self.fresh_line = fresh;
        let span = self.span_from(start);
        let format = self.peek().filter(|c| *c == ':').map(|_| self.format(quote));
        if !self.eat("}") {
            self.open_block |= quote.block;
            // What was read behind the brace as tokens was mostly text: only the brace itself is worth a remark.
            self.diagnostics.truncate(reported);
            let span = crate::Span::new(open, open + 1);
            self.report(
                Diagnostic::error(Code::BAD_FSTRING, "`{` is never closed in this f-string", span).help("write `{{` for a brace"),
            );
            return Err(());
        }
        if tokens.is_empty() {
            let span = self.span_from(open);
            self.report(Diagnostic::error(Code::BAD_FSTRING, "nothing between the braces", span).help("write `{{}}` for braces"));
            return Ok(None);
        }
        Ok(Some(RawPart::Expr { tokens, format, span }))
    }

    fn format(&mut self, quote: Quote) -> Spanned<String> {
        self.bump();
        let start = self.pos;
        let end = quote.text.chars().next();
        self.eat_while(|c| c != '}' && c != '\n' && Some(c) != end);
        let span = self.span_from(start);
        Spanned { value: span.of(self.text).to_owned(), span }
    }
}
