//! `join [kind] source [as name] [on …] [within …]`

use chumsky::prelude::*;

use super::common::{kw, list, name};
use super::expr::Exprs;
use super::stage::verb;
use super::{P, source};
use crate::syntax::ast::{Core, Join, JoinKind, Name, Pipe, Spanned};
use crate::syntax::token::{Keyword, Kind, Symbol};
use crate::syntax::verbs::Shape;

pub(super) fn join(exprs: &Exprs, pipe: &P<Pipe>) -> P<(Name, Core)> {
    let alias = kw(Keyword::As).ignore_then(name()).or_not();
    let on = kw(Keyword::On).ignore_then(list(&exprs.expr)).or_not();
    let within = kw(Keyword::Within).ignore_then(exprs.expr.clone()).or_not();
    verb(&[Shape::Join])
        .then(kind().or_not())
        .then(source::source(&exprs.expr, pipe))
        .then(alias.boxed())
        .then(on.boxed())
        .then(within.boxed())
        .map(|(((((verb, kind), source), alias), on), within)| {
            (verb, Core::Join(Join { kind, source, alias, on: on.unwrap_or_default(), within }))
        })
        .boxed()
}

/// A kind only if a source follows: `join left on id` joins the table `left`.
fn kind() -> P<Spanned<JoinKind>> {
    let source_ahead = any()
        .filter(|kind: &Kind| {
            matches!(kind, Kind::Ident(_) | Kind::Quoted(_) | Kind::Session(_))
                || kind.is(Symbol::LParen)
                || kind.is(Symbol::LBracket)
        })
        .rewind();
    select! { Kind::Ident(text) = e => (text, e.span()) }
        .filter_map(|(text, span)| Some(Spanned { value: JoinKind::parse(&text)?, span }))
        .then_ignore(source_ahead)
        .labelled("a kind of join")
        .boxed()
}
