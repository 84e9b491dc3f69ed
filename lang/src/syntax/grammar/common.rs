//! Small parsers that all others use.

use chumsky::input::MapExtra;
use chumsky::prelude::*;

use super::{Extra, Failure, In, P};
use crate::Span;
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{Expr, ExprKind, Name, Path, Pipe};
use crate::syntax::token::{Keyword, Kind, Symbol};

/// What folding closures get.
pub(super) type At<'b> = MapExtra<'static, 'b, In, Extra>;

/// A symbol; gives its place.
pub(super) fn sym(symbol: Symbol) -> P<Span> {
    just(Kind::Symbol(symbol)).map_with(|_, e| e.span()).boxed()
}

/// A reserved word; gives its place.
pub(super) fn kw(keyword: Keyword) -> P<Span> {
    just(Kind::Keyword(keyword)).map_with(|_, e| e.span()).boxed()
}

/// A word that means something only here; gives its place.
pub(super) fn word(word: &'static str) -> P<Span> {
    select! { Kind::Ident(text) = e if &*text == word => e.span() }.labelled(format!("`{word}`")).boxed()
}

/// Any name.
pub(super) fn name() -> P<Name> {
    select! {
        Kind::Ident(text) = e => Name { text: text.to_string(), span: e.span(), quoted: false },
        Kind::Quoted(text) = e => Name { text: text.to_string(), span: e.span(), quoted: true },
    }
    .labelled("a name")
    .boxed()
}

/// `a.b.c`
pub(super) fn path() -> P<Path> {
    name().separated_by(sym(Symbol::Dot)).at_least(1).collect().map_with(|names, e| Path { names, span: e.span() }).boxed()
}

/// Looks ahead for `name :`, the start of an option.
pub(super) fn option_ahead() -> P<()> {
    name().then(sym(Symbol::Colon)).rewind().ignored().boxed()
}

/// A comma that goes on with a list outside brackets: no option follows it.
pub(super) fn list_comma() -> P<()> {
    sym(Symbol::Comma).then_ignore(option_ahead().not()).ignored().boxed()
}

/// At least one element outside brackets.
pub(super) fn list<O: 'static>(element: &P<O>) -> P<Vec<O>> {
    element.clone().separated_by(list_comma()).at_least(1).collect().boxed()
}

/// Any number of elements between brackets, with a trailing comma allowed.
pub(super) fn inside<O: 'static>(element: &P<O>) -> P<Vec<O>> {
    element.clone().separated_by(sym(Symbol::Comma)).allow_trailing().collect().boxed()
}

/// At least one element between brackets, with a trailing comma allowed.
pub(super) fn some_inside<O: 'static>(element: &P<O>) -> P<Vec<O>> {
    element.clone().separated_by(sym(Symbol::Comma)).at_least(1).allow_trailing().collect().boxed()
}

/// `(…)`
pub(super) fn parens<O: 'static>(inner: P<O>) -> P<O> {
    inner.delimited_by(sym(Symbol::LParen), sym(Symbol::RParen)).boxed()
}

/// `{…}`
pub(super) fn braces<O: 'static>(inner: P<O>) -> P<O> {
    inner.delimited_by(sym(Symbol::LBrace), sym(Symbol::RBrace)).boxed()
}

/// Looks ahead for what ends a stage: `|`, a closing bracket or the end.
pub(super) fn stage_end() -> P<()> {
    let closer = one_of([
        Kind::Symbol(Symbol::Pipe),
        Kind::Symbol(Symbol::RParen),
        Kind::Symbol(Symbol::RBrace),
        Kind::Symbol(Symbol::RBracket),
    ])
    .ignored()
    .labelled("`|`");
    closer.or(end()).rewind().boxed()
}

/// Looks ahead for what ends the head of a pipe: as a stage, or a comma, because `(1, 2)` is understood.
pub(super) fn head_end() -> P<()> {
    stage_end().or(sym(Symbol::Comma).rewind().ignored()).boxed()
}

/// Skips to the end of the stage, over whole brackets.
pub(super) fn skip_stage() -> P<()> {
    custom(|input| {
        let mut depth = 0usize;
        while let Some(kind) = input.peek() {
            match kind {
                Kind::Symbol(Symbol::Pipe) if depth == 0 => break,
                Kind::Symbol(symbol) if symbol.is_closer() => {
                    if depth == 0 {
                        break;
                    }
                    depth -= 1;
                }
                Kind::Symbol(symbol) if symbol.closer().is_some() => depth += 1,
                _ => {}
            }
            input.skip();
        }
        Ok(())
    })
    .boxed()
}

/// A diagnostic as a failure of the parser.
pub(super) fn failure(diagnostic: Diagnostic) -> Failure {
    Rich::custom(diagnostic.span(), Box::new(diagnostic))
}

/// `(pipe)` as an expression.
pub(super) fn pipe_as_expr(pipe: Pipe) -> Expr {
    let span = pipe.span;
    if pipe.stages.is_empty() { pipe.head } else { Expr::new(ExprKind::Pipeline(Box::new(pipe)), span) }
}
