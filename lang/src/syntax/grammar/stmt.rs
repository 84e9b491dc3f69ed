//! Statements.

use chumsky::prelude::*;

use super::common::{inside, kw, name, parens, path, sym, word};
use super::{P, expr, item};
use crate::syntax::ast::{Expr, ExprKind, Literal, Name, Param, Pipe, Stmt, StmtKind};
use crate::syntax::token::{Keyword, Kind, Symbol};

/// One statement up to the end of its tokens.
pub(super) fn stmt(pipe: &P<Pipe>) -> P<Stmt> {
    let expr = expr::exprs(pipe).expr;
    choice((
        binding(pipe),
        function(&expr, pipe),
        setting(&expr),
        attach(&expr),
        use_path(),
        help(),
        clear(),
        pipe.clone().map(StmtKind::Pipe).boxed(),
    ))
    .then_ignore(end())
    .map_with(|kind, e| Stmt { kind, span: e.span() })
    .boxed()
}

/// `let name = pipe`
fn binding(pipe: &P<Pipe>) -> P<StmtKind> {
    kw(Keyword::Let)
        .ignore_then(name())
        .then_ignore(sym(Symbol::Assign))
        .then(pipe.clone())
        .map(|(name, pipe)| StmtKind::Let { name, pipe })
        .boxed()
}

/// `fn name(params) = pipe`
fn function(expr: &P<Expr>, pipe: &P<Pipe>) -> P<StmtKind> {
    let default = sym(Symbol::Assign).ignore_then(expr.clone()).or_not();
    let param = name().then(default).map(|(name, default)| Param { name, default }).boxed();
    kw(Keyword::Fn)
        .ignore_then(name())
        .then(parens(inside(&param)))
        .then_ignore(sym(Symbol::Assign))
        .then(pipe.clone())
        .map(|((name, params), body)| StmtKind::Fn { name, params, body })
        .boxed()
}

/// `set name = value`
fn setting(expr: &P<Expr>) -> P<StmtKind> {
    word("set")
        .ignore_then(path())
        .then_ignore(sym(Symbol::Assign))
        .then(expr.clone())
        .then(item::opts(expr))
        .map(|((name, value), options)| StmtKind::Set { name, value, options })
        .boxed()
}

/// `attach "…" [as name]`
fn attach(expr: &P<Expr>) -> P<StmtKind> {
    let target = select! {
        Kind::Literal(literal) if matches!(*literal, Literal::Str(_)) => ExprKind::Literal((*literal).clone()),
        Kind::FString(string) => ExprKind::FString((*string).clone()),
        Kind::Session(text) = e => {
            ExprKind::Session(Name { text: text.to_string(), span: e.span(), quoted: false })
        },
    }
    .map_with(|kind, e| Expr::new(kind, e.span()))
    .labelled("a string")
    .boxed();
    let alias = kw(Keyword::As).ignore_then(name()).or_not();
    word("attach")
        .ignore_then(target)
        .then(alias.boxed())
        .then(item::opts(expr))
        .map(|((target, alias), options)| StmtKind::Attach { target, alias, options })
        .boxed()
}

/// `use path`
fn use_path() -> P<StmtKind> {
    word("use").ignore_then(path()).map(StmtKind::Use).then_ignore(end()).boxed()
}

/// `help`, `help NAME`, `help "text"`
fn help() -> P<StmtKind> {
    let topic = select! {
        Kind::Literal(literal) if matches!(*literal, Literal::Str(_)) => match &*literal {
            Literal::Str(text) => text.clone(),
            _ => String::new(),
        },
        Kind::Keyword(keyword) => keyword.as_str().to_owned(),
        Kind::Symbol(symbol) if !symbol.is_closer() && symbol != Symbol::Pipe && symbol.closer().is_none() => {
            symbol.as_str().to_owned()
        },
    }
    .map_with(|text, e| Name { text, span: e.span(), quoted: false })
    .boxed();
    let dotted = path().map(|path| Name { text: path.text(), span: path.span, quoted: false }).boxed();
    word("help").ignore_then(dotted.or(topic).or_not()).then_ignore(end()).map(StmtKind::Help).boxed()
}

/// `clear`
fn clear() -> P<StmtKind> {
    word("clear").then_ignore(end()).to(StmtKind::Clear).boxed()
}
