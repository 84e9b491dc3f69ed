//! The lexer: text to tokens with byte spans. It never fails; what it cannot read becomes an error token and a
//! diagnostic.

mod fstring;
mod number;
mod string;
mod symbol;
mod time;

use std::sync::Arc;

use super::ast::{Comment, Literal};
use super::token::{Keyword, Kind, Symbol, Token};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic};

/// What the lexer makes of a text.
#[derive(Debug, Default)]
pub struct Lexed {
    /// The tokens in order.
    pub tokens: Vec<Token>,
    /// The comments in order.
    pub comments: Vec<Comment>,
    /// What could not be read.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether the text ends inside a `"""block"""`.
    pub open_block: bool,
}

/// How deep f-strings nest.
const MAX_FSTRING_DEPTH: usize = 16;

/// Reads a text. All spans are byte ranges of `text`.
#[must_use]
pub fn lex(text: &str) -> Lexed {
    let mut lexer = Lexer::new(text);
    lexer.eat("\u{feff}");
    let tokens = lexer.run(End::Text);
    Lexed { tokens, comments: lexer.comments, diagnostics: lexer.diagnostics, open_block: lexer.open_block }
}

/// Where a run of tokens ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// With the text.
    Text,
    /// At the `}` or `:` of an f-string's part; the flag allows line ends before it.
    Part { lines: bool },
}

struct Lexer<'a> {
    text: &'a str,
    pos: usize,
    line_start: usize,
    /// Whether no token has stood on this line yet.
    fresh_line: bool,
    fstring_depth: usize,
    comments: Vec<Comment>,
    diagnostics: Vec<Diagnostic>,
    open_block: bool,
}

impl<'a> Lexer<'a> {
    const fn new(text: &'a str) -> Self {
        Self {
            text,
            pos: 0,
            line_start: 0,
            fresh_line: true,
            fstring_depth: 0,
            comments: Vec::new(),
            diagnostics: Vec::new(),
            open_block: false,
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.pos..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn peek_second(&self) -> Option<char> {
        self.rest().chars().nth(1)
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.pos += c.len_utf8();
        Some(c)
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.pos += text.len();
        }
        found
    }

    fn eat_while(&mut self, test: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let len = rest.find(|c| !test(c)).unwrap_or(rest.len());
        self.pos += len;
        rest.get(..len).unwrap_or_default()
    }

    fn span_from(&self, start: usize) -> Span {
        Span::new(start, self.pos)
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Tokens up to the end. In an f-string the closing `}` or `:` is left for the caller.
    fn run(&mut self, end: End) -> Vec<Token> {
        let mut tokens: Vec<Token> = Vec::new();
        let mut depth = 0usize;
        loop {
            self.skip_blanks(end);
            let Some(c) = self.peek() else { break };
            if let End::Part { lines } = end {
                let ends = match c {
                    '}' => depth == 0,
                    ':' => depth == 0 && self.peek_second() != Some(':'),
                    '\n' | '\r' => !lines,
                    _ => false,
                };
                if ends {
                    break;
                }
            }
            let start = self.pos;
            let indent = self.fresh_line.then(|| self.indent_at(start));
            self.fresh_line = false;
            let kind = self.token(c);
            match kind.symbol() {
                Some(symbol) if symbol.closer().is_some() => depth += 1,
                Some(symbol) if symbol.is_closer() => depth = depth.saturating_sub(1),
                _ => {}
            }
            tokens.push(Token { kind, span: self.span_from(start), indent });
        }
        free_keywords(&mut tokens, self.text);
        tokens
    }

    fn indent_at(&self, pos: usize) -> usize {
        self.text.get(self.line_start..pos).map_or(0, |text| text.chars().count())
    }

    /// Skips blanks and comments, and line ends where the run goes on behind them.
    fn skip_blanks(&mut self, end: End) {
        while let Some(c) = self.peek() {
            match c {
                '\n' | '\r' => {
                    if end == (End::Part { lines: false }) {
                        return;
                    }
                    self.bump();
                    self.line_start = self.pos;
                    self.fresh_line = true;
                }
                '#' => {
                    let start = self.pos;
                    self.eat_while(|c| c != '\n' && c != '\r');
                    let span = self.span_from(start);
                    self.comments.push(Comment { span, own_line: self.fresh_line });
                }
                _ if c.is_whitespace() => {
                    self.bump();
                }
                _ => return,
            }
        }
    }

    fn token(&mut self, c: char) -> Kind {
        let start = self.pos;
        match c {
            '0'..='9' => self.number(),
            '"' | '\'' => self.string(start, false),
            'r' | 'f' if matches!(self.peek_second(), Some('"' | '\'')) => {
                self.bump();
                if c == 'r' { self.string(start, true) } else { self.fstring(start) }
            }
            '@' => self.time(),
            '`' => self.backticks(),
            '$' => self.session_name(),
            _ if starts_name(c) => self.word(),
            _ => self.symbol(),
        }
    }

    fn word(&mut self) -> Kind {
        let text = self.eat_while(continues_name);
        Keyword::parse(text).map_or_else(|| Kind::Ident(Arc::from(text)), Kind::Keyword)
    }

    fn session_name(&mut self) -> Kind {
        let start = self.pos;
        self.bump();
        let text = match self.peek() {
            Some(c) if starts_name(c) => self.eat_while(continues_name),
            _ => "",
        };
        if text.is_empty() {
            let span = self.span_from(start);
            self.report(Diagnostic::error(Code::BAD_NAME, "`$` without a name", span).help("`$x` is the session value `x`"));
            return Kind::Error;
        }
        Kind::Session(Arc::from(text))
    }

    fn backticks(&mut self) -> Kind {
        let start = self.pos;
        self.bump();
        let text = self.eat_while(|c| c != '`' && c != '\n' && c != '\r');
        let closed = self.eat("`");
        let span = self.span_from(start);
        if !closed {
            self.report(Diagnostic::error(Code::BAD_NAME, "a name in backticks never ends", span));
        } else if text.is_empty() {
            self.report(Diagnostic::error(Code::BAD_NAME, "a name in backticks is empty", span));
            return Kind::Error;
        }
        Kind::Quoted(Arc::from(text))
    }

    fn literal(literal: Literal) -> Kind {
        Kind::Literal(Arc::new(literal))
    }
}

fn starts_name(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

fn continues_name(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// Reserved words are free behind `.`, before `:` and before `=`.
fn free_keywords(tokens: &mut [Token], text: &str) {
    for i in 0..tokens.len() {
        let Some(token) = tokens.get(i) else { continue };
        let Some(keyword) = token.kind.keyword() else { continue };
        if matches!(keyword, Keyword::Let | Keyword::Fn) && token.indent.is_some() {
            continue;
        }
        let behind_dot = i > 0 && tokens.get(i - 1).is_some_and(|t| t.kind.is(Symbol::Dot));
        let before_name_sign = tokens.get(i + 1).is_some_and(|t| t.kind.is(Symbol::Colon) || t.kind.is(Symbol::Assign));
        if behind_dot || before_name_sign {
            let name = Arc::from(token.span.of(text));
            if let Some(token) = tokens.get_mut(i) {
                token.kind = Kind::Ident(name);
            }
        }
    }
}
