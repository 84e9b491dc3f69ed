//! Where the cursor stands in a cell that may be broken and is still being typed.
//!
//! Only the text before the cursor counts, and only its tokens: no tree is needed, so nothing that is wrong elsewhere
//! in the cell matters. What the tables at hand look like is asked by composing the text of the stages before the
//! cursor into a small cell of its own, which [`Surroundings::plan`] resolves (see `tables`).

mod frame;
mod surroundings;
mod tables;
mod word;

use crate::Span;
use crate::syntax::ast::Literal;
use crate::syntax::token::{Keyword, Kind, Symbol, Token};
use crate::syntax::{lex, statements};

pub(crate) use frame::{Frame, Role, word};
pub use surroundings::{Around, Entry, Surroundings};
pub(crate) use word::Word;

/// What surrounds the cursor besides code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Inside {
    /// Nothing: code.
    Code,
    /// A comment, or a cell of another language.
    Other,
    /// A string: where its content starts, and the content up to the cursor.
    String { start: usize, value: String },
}

/// The cursor and what stands before it.
#[derive(Debug)]
pub(crate) struct Cursor<'a> {
    /// The whole cell.
    pub(crate) text: &'a str,
    /// What the cursor stands in.
    pub(crate) inside: Inside,
    /// The word that is being typed.
    pub(crate) word: Word,
    /// The tokens of the statement before the word.
    pub(crate) tokens: Vec<Token>,
    /// The open brackets, outermost first; never empty.
    pub(crate) frames: Vec<Frame>,
    /// Names that earlier statements of the cell bind.
    pub(crate) bound: Vec<String>,
    /// The text of the earlier statements that bind names.
    earlier: String,
}

impl<'a> Cursor<'a> {
    /// Looks at the place of a byte offset, which is moved to the character boundary before it.
    pub(crate) fn new(text: &'a str, offset: usize) -> Self {
        let offset = Span::new(offset, offset).clamped(text).start;
        let before = text.get(..offset).unwrap_or_default();
        let lexed = lex(before);
        let mut tokens = lexed.tokens;
        inside_fstring(&mut tokens, before);
        let unclosed = |start| {
            lexed.diagnostics.iter().any(|d| d.code == crate::diagnostics::Code::UNCLOSED_STRING.id && d.span().start == start)
        };
        let commented = lexed.comments.last().is_some_and(|c| c.span.end == offset && c.span.start < offset);
        let mut inside = if commented || text.starts_with("%%") { Inside::Other } else { Inside::Code };
        if let Some(last) = tokens.pop_if(|last| last.span.end == offset && is_string(last) && unclosed(last.span.start)) {
            inside = string_at(before, &last);
        }
        let (word, indent) = match &inside {
            Inside::Code => Word::take(text, offset, &mut tokens),
            _ => (Word::empty(offset), None),
        };
        let sentinel = Token {
            kind: Kind::Ident(word.text.as_str().into()),
            span: Span::new(word.start, offset),
            indent: indent.or_else(|| indent_of(before, word.start)),
        };
        tokens.push(sentinel);
        let mut ranges = statements(&tokens);
        let own = ranges.pop().unwrap_or_default();
        let (earlier, bound) = earlier(text, &tokens, &ranges);
        tokens.truncate(tokens.len().saturating_sub(1));
        let tokens = tokens.split_off(own.start.min(tokens.len()));
        let frames = frame::frames(&tokens, head(&tokens));
        Self { text, inside, word, tokens, frames, bound, earlier }
    }

    /// The token before the word.
    pub(crate) fn last(&self) -> Option<&Token> {
        self.tokens.last()
    }

    /// The innermost frame.
    pub(crate) fn frame(&self) -> &Frame {
        // There is always the statement's own frame.
        &self.frames[self.frames.len() - 1]
    }

    /// The position of the innermost frame in which stages stand.
    pub(crate) fn pipe(&self) -> usize {
        self.frames.iter().rposition(Frame::is_pipe).unwrap_or(0)
    }

    /// The tokens of the stage, or head, at the cursor.
    pub(crate) fn stage(&self) -> &[Token] {
        let frame = self.frames.get(self.pipe());
        self.tokens.get(frame.map_or(0, Frame::stage)..).unwrap_or_default()
    }

    /// The stage's first word, if the cursor is in a stage.
    pub(crate) fn verb(&self) -> Option<&str> {
        let frame = self.frames.get(self.pipe())?;
        frame.pipes.last()?;
        self.stage().first().and_then(word)
    }

    /// The statement's first word.
    pub(crate) fn statement(&self) -> Option<&str> {
        self.tokens.first().and_then(word)
    }
}

/// Where a statement's pipe begins: behind `let x =` and `fn f(…) =`.
fn head(tokens: &[Token]) -> usize {
    let declares = matches!(tokens.first().and_then(|t| t.kind.keyword()), Some(Keyword::Let | Keyword::Fn));
    if !declares {
        return 0;
    }
    let mut depth = 0usize;
    for (at, token) in tokens.iter().enumerate() {
        match token.kind.symbol() {
            Some(symbol) if symbol.closer().is_some() => depth += 1,
            Some(symbol) if symbol.is_closer() => depth = depth.saturating_sub(1),
            Some(Symbol::Assign) if depth == 0 => return at + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// The texts of statements that bind names, and the names.
fn earlier(text: &str, tokens: &[Token], ranges: &[std::ops::Range<usize>]) -> (String, Vec<String>) {
    let (mut code, mut bound) = (String::new(), Vec::new());
    for range in ranges {
        let own = tokens.get(range.clone()).unwrap_or_default();
        let starter = own.first().and_then(|t| t.kind.keyword());
        let into = own.windows(2).find(|pair| word(&pair[0]) == Some("into")).and_then(|pair| word(&pair[1]));
        let name = match starter {
            Some(Keyword::Let) => own.get(1).and_then(word),
            Some(Keyword::Fn) => None,
            _ => into,
        };
        if starter != Some(Keyword::Fn) && name.is_none() {
            continue;
        }
        bound.extend(name.map(str::to_owned));
        if let (Some(first), Some(last)) = (own.first(), own.last()) {
            code.push_str(Span::new(first.span.start, last.span.end).of(text));
            code.push('\n');
        }
    }
    (code, bound)
}

fn is_string(token: &Token) -> bool {
    matches!(&token.kind, Kind::Literal(literal) if matches!(**literal, Literal::Str(_)))
        || matches!(token.kind, Kind::RawFString(_))
}

/// The string that is still open at the end of `before`. A name is not looked for in an f-string's text.
fn string_at(before: &str, token: &Token) -> Inside {
    let Kind::Literal(literal) = &token.kind else { return Inside::Other };
    let Literal::Str(value) = &**literal else { return Inside::Other };
    let raw = token.span.of(before);
    let quotes = raw.trim_start_matches('r');
    let opening = if quotes.starts_with("\"\"\"") || quotes.starts_with("'''") { 3 } else { 1 };
    Inside::String { start: token.span.start + (raw.len() - quotes.len()) + opening, value: value.clone() }
}

/// Opens an f-string's braces in which the text ends, so that the code in them counts.
fn inside_fstring(tokens: &mut Vec<Token>, before: &str) {
    let Some(last) = tokens.last().filter(|t| t.kind == Kind::Error) else { return };
    let raw = before.get(last.span.start..).unwrap_or_default();
    if !raw.starts_with("f\"") && !raw.starts_with("f'") {
        return;
    }
    let mut open: Vec<usize> = Vec::new();
    let mut chars = raw.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '{' if open.is_empty() && chars.peek().is_some_and(|(_, next)| *next == '{') => {
                chars.next();
            }
            '{' => open.push(at),
            '}' => {
                open.pop();
            }
            _ => {}
        }
    }
    let (Some(brace), indent) = (open.first().copied(), last.indent) else { return };
    let start = last.span.start + brace + 1;
    tokens.pop();
    tokens.push(Token { kind: Kind::Symbol(Symbol::LParen), span: Span::new(start - 1, start), indent });
    let mut inner = lex(before.get(start..).unwrap_or_default()).tokens;
    for token in &mut inner {
        token.span = Span::new(token.span.start + start, token.span.end + start);
        token.indent = None;
    }
    tokens.append(&mut inner);
}

/// Characters before `at` on its line, if all of them are blank.
fn indent_of(text: &str, at: usize) -> Option<usize> {
    let line = text.get(..at)?.rsplit(['\n', '\r']).next()?;
    line.chars().all(char::is_whitespace).then(|| line.chars().count())
}
