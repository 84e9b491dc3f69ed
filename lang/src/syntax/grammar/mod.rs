//! The grammar: chumsky parsers over the tokens of one statement, whose brackets balance.
//!
//! Every parser is boxed and over one input type, built once for each thread. No alternative re-reads more than a few
//! tokens, so that parsing stays linear. A stage that cannot be read becomes an error node, and the next one is read.

mod atom;
mod block;
mod call;
mod collection;
mod common;
mod control;
mod error;
mod expr;
mod item;
mod join;
mod ops;
mod pivot;
mod postfix;
mod source;
mod stage;
mod stmt;
mod types;
mod window;

use std::rc::Rc;

use chumsky::input::{MappedInput, Stream};
use chumsky::prelude::*;

use super::ast::{Expr, Pipe, Stmt, StmtKind};
use super::layout::Statement;
use super::token::{Kind, Token};
use crate::Span;
use crate::diagnostics::Diagnostic;

pub(super) type Split = fn((Kind, Span)) -> (Kind, Span);
pub(super) type In = MappedInput<'static, Kind, Span, Stream<std::vec::IntoIter<(Kind, Span)>>, Split>;
pub(super) type Failure = Rich<'static, Kind, Span, Box<Diagnostic>>;
pub(super) type Extra = extra::Err<Failure>;
/// A boxed parser.
pub(super) type P<O> = Boxed<'static, 'static, In, O, Extra>;

/// The parsers that are called from outside.
struct Grammar {
    stmt: P<Stmt>,
    /// A pipe alone: what stands between the braces of an f-string.
    pipe: P<Pipe>,
}

thread_local! {
    static GRAMMAR: Rc<Grammar> = Rc::new(Grammar::build());
}

impl Grammar {
    fn build() -> Self {
        let pipe = stage::pipe();
        let stmt = stmt::stmt(&pipe);
        Self { stmt, pipe: pipe.then_ignore(end()).boxed() }
    }
}

/// Parses the tokens of one statement.
pub(super) fn statement(statement: &Statement) -> (Stmt, Vec<Diagnostic>) {
    let grammar = GRAMMAR.with(Rc::clone);
    let span = span_of(&statement.tokens);
    let (stmt, errors) = run(&grammar.stmt, statement);
    let stmt = stmt.unwrap_or(Stmt { kind: StmtKind::Error, span });
    (stmt, errors)
}

/// Parses the tokens between the braces of an f-string.
pub(super) fn inserted(statement: &Statement) -> (Option<Expr>, Vec<Diagnostic>) {
    let grammar = GRAMMAR.with(Rc::clone);
    let (pipe, errors) = run(&grammar.pipe, statement);
    (pipe.map(common::pipe_as_expr), errors)
}

fn run<O>(parser: &P<O>, statement: &Statement) -> (Option<O>, Vec<Diagnostic>) {
    let tokens: Vec<(Kind, Span)> = statement.tokens.iter().map(|token| (token.kind.clone(), token.span)).collect();
    let eoi = span_of(&statement.tokens).at_end();
    let split: Split = |token| token;
    let input = Stream::from_iter(tokens).map(eoi, split);
    let (output, failures) = parser.parse(input).into_output_errors();
    let errors = failures.into_iter().filter_map(|failure| error::diagnostic(failure, statement)).collect();
    (output, errors)
}

/// From the first token to the last.
pub(super) fn span_of(tokens: &[Token]) -> Span {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        _ => Span::default(),
    }
}
