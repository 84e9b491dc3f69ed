//! The brackets that are open at the cursor, and what each of them holds.

use crate::syntax::token::{Keyword, Kind, Symbol, Token};
use crate::syntax::verbs::{self, Shape};

/// An open bracket, or the statement itself.
#[derive(Debug)]
pub(crate) struct Frame {
    /// What it holds.
    pub(crate) role: Role,
    /// Position of its first token.
    pub(crate) first: usize,
    /// Positions of the `|` in it.
    pub(crate) pipes: Vec<usize>,
    /// Positions of the commas in it since the last `|`.
    pub(crate) commas: Vec<usize>,
}

/// What an open bracket holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Role {
    /// The statement.
    Root,
    /// A source: the head of a pipe in parentheses.
    Source,
    /// Parentheses around an expression; a pipe, once there is a `|`.
    Paren,
    /// Braces of `group`, `agg`, `pivot`; stages for each group, once there is a `|`.
    Braces,
    /// Arguments of a function; whether it was called as a method.
    Call { name: String, method: bool },
    /// `over (…)`
    Window,
    /// `cols(…)`
    Selector,
    /// A list, an index.
    List,
    /// A struct.
    Struct,
    /// Arms of `case` and `match`.
    Cases,
}

impl Frame {
    fn new(role: Role, first: usize) -> Self {
        Self { role, first, pipes: Vec::new(), commas: Vec::new() }
    }

    /// Whether stages can stand in it.
    pub(crate) fn is_pipe(&self) -> bool {
        match self.role {
            Role::Root | Role::Source => true,
            Role::Paren | Role::Braces => !self.pipes.is_empty(),
            _ => false,
        }
    }

    /// Position of the first token of the last stage, of the head where there is none.
    pub(crate) fn stage(&self) -> usize {
        self.pipes.last().map_or(self.first, |at| at + 1)
    }

    /// Position behind the last comma, of the stage's first token where there is none.
    pub(crate) fn item(&self) -> usize {
        self.commas.last().map_or_else(|| self.stage(), |at| at + 1)
    }
}

/// The frames open behind the last token, outermost first. `head` is where the statement's pipe begins.
pub(crate) fn frames(tokens: &[Token], head: usize) -> Vec<Frame> {
    let mut open = vec![Frame::new(Role::Root, head)];
    for (at, token) in tokens.iter().enumerate().skip(head) {
        let Some(symbol) = token.kind.symbol() else { continue };
        match symbol {
            Symbol::LParen | Symbol::LBracket | Symbol::LBrace => {
                let role = role(tokens, at, symbol, &open);
                open.push(Frame::new(role, at + 1));
            }
            Symbol::RParen | Symbol::RBracket | Symbol::RBrace if open.len() > 1 => {
                open.pop();
            }
            Symbol::Pipe => {
                if let Some(frame) = open.last_mut() {
                    frame.pipes.push(at);
                    frame.commas.clear();
                }
            }
            Symbol::Comma => {
                if let Some(frame) = open.last_mut() {
                    frame.commas.push(at);
                }
            }
            _ => {}
        }
    }
    open
}

fn role(tokens: &[Token], at: usize, symbol: Symbol, open: &[Frame]) -> Role {
    let parent = open.last();
    match symbol {
        Symbol::LBracket => Role::List,
        Symbol::LBrace => braces(tokens, at, parent),
        _ => parens(tokens, at, parent),
    }
}

fn braces(tokens: &[Token], at: usize, parent: Option<&Frame>) -> Role {
    let Some(parent) = parent else { return Role::Struct };
    if at.checked_sub(1).and_then(|i| tokens.get(i)).is_some_and(|t| t.kind.keyword() == Some(Keyword::Case)) {
        return Role::Cases;
    }
    let stage = parent.stage();
    let matches = tokens.get(parent.item()..at).unwrap_or_default();
    if matches.iter().any(|t| t.kind.keyword() == Some(Keyword::Match)) {
        return Role::Cases;
    }
    let shape = tokens.get(stage).and_then(word).and_then(verbs::shape);
    match shape {
        Some(Shape::Group | Shape::Braces | Shape::Pivot) if !parent.pipes.is_empty() => Role::Braces,
        _ => Role::Struct,
    }
}

fn parens(tokens: &[Token], at: usize, parent: Option<&Frame>) -> Role {
    let before = at.checked_sub(1).and_then(|i| tokens.get(i));
    let stage = parent.map_or(0, Frame::stage);
    let has_pipes = parent.is_some_and(|frame| !frame.pipes.is_empty());
    if at == stage && parent.is_some_and(Frame::is_pipe) {
        return Role::Source;
    }
    let Some(before) = before else { return Role::Paren };
    if before.kind.keyword() == Some(Keyword::Over) {
        return Role::Window;
    }
    let shape = tokens.get(stage).and_then(word).and_then(verbs::shape).filter(|_| has_pipes);
    let is_verb = at == stage + 1 && shape.is_some();
    if let Some(name) = word(before).filter(|_| !is_verb && before.span.end == tokens.get(at).map_or(0, |t| t.span.start)) {
        let method = at.checked_sub(2).and_then(|i| tokens.get(i)).is_some_and(|t| t.kind.is(Symbol::Dot));
        return if name == "cols" && !method { Role::Selector } else { Role::Call { name: name.to_owned(), method } };
    }
    let takes_source = match shape {
        Some(Shape::Sources) => is_verb || before.kind.is(Symbol::Comma),
        Some(Shape::Join) => at <= stage + 2,
        _ => false,
    };
    if takes_source { Role::Source } else { Role::Paren }
}

/// The text of a name or contextual word.
pub(crate) fn word(token: &Token) -> Option<&str> {
    match &token.kind {
        Kind::Ident(text) | Kind::Quoted(text) => Some(text),
        _ => None,
    }
}
