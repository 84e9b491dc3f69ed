//! Pipes and stages: the verb decides by its shape what follows it.

use chumsky::prelude::*;

use super::common::{At, failure, head_end, list, list_comma, name, parens, skip_stage, stage_end, sym};
use super::expr::{self, Exprs};
use super::{Extra, In, P, block, call, item, join, pivot, source};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::syntax::ast::{Arg, Core, Expr, ExprKind, Name, Opt, Pipe, Stage};
use crate::syntax::token::{Kind, Symbol};
use crate::syntax::verbs::{self, Shape};

/// `expr {"|" stage}`
pub(super) fn pipe() -> P<Pipe> {
    recursive(|pipe| {
        let pipe = pipe.boxed();
        let exprs = expr::exprs(&pipe);
        let stage = stage(&exprs, &pipe);
        let unreadable = skip_stage().map_with(|(), e| Expr::new(ExprKind::Error, e.span()));
        let head = exprs.expr.then_ignore(head_end()).recover_with(via_parser(unreadable)).boxed();
        let stages = sym(Symbol::Pipe).ignore_then(stage).repeated().collect::<Vec<_>>();
        head.then(stages).map_with(finish).boxed()
    })
    .boxed()
}

fn finish((head, stages): (Expr, Vec<Stage>), e: &mut At<'_>) -> Pipe {
    let pipe = Pipe { head, stages, span: e.span() };
    if !pipe.stages.is_empty() && pipe.head.kind != ExprKind::Error && pipe.source().is_none() {
        e.emit(failure(source::not_a_table(&pipe.head)));
    }
    pipe
}

/// One stage; what cannot be read becomes an error node up to the next `|`.
fn stage(exprs: &Exprs, pipe: &P<Pipe>) -> P<Stage> {
    let (exprs, pipe) = (exprs.clone(), pipe.clone());
    recursive(move |stage| {
        let stage = stage.boxed();
        let known = choice((
            expr_stage(&exprs),
            items_stage(&exprs),
            keys_stage(&exprs),
            block::group(&exprs, &stage),
            block::agg(&exprs),
            join::join(&exprs, &pipe),
            sources_stage(&exprs, &pipe),
            pivot::pivot(&exprs),
            pivot::unpivot(&exprs),
            pivot::into(),
            args_stage(&exprs),
            call_stage(&exprs),
        ))
        .boxed();
        let readable = known
            .then(item::opts(&exprs.expr))
            .then_ignore(stage_end())
            .map_with(|((verb, core), options), e| assemble(verb, core, options, e.span()))
            .boxed();
        let unreadable = name().or_not().then_ignore(skip_stage()).map_with(|verb, e| {
            let span: Span = e.span();
            let verb = verb.unwrap_or(Name { text: String::new(), span: span.at_start(), quoted: false });
            Stage { verb, core: Core::Error, options: Vec::new(), span }
        });
        unknown_stage().or(readable).recover_with(via_parser(unreadable)).boxed()
    })
    .boxed()
}

/// Named arguments of a verb are options.
fn assemble(verb: Name, core: Core, mut options: Vec<Opt>, span: Span) -> Stage {
    let core = match core {
        Core::Args(args) => {
            let (named, positional): (Vec<Arg>, _) = args.into_iter().partition(|arg| arg.name.is_some());
            let named = named.into_iter().filter_map(|arg| Some(Opt { name: arg.name?, value: arg.value, span: arg.span }));
            options.splice(0..0, named);
            Core::Args(positional)
        }
        core => core,
    };
    Stage { verb, core, options, span }
}

/// A verb of one of these shapes.
pub(super) fn verb(shapes: &'static [Shape]) -> P<Name> {
    select! {
        Kind::Ident(text) = e if verbs::shape(&text).is_some_and(|shape| shapes.contains(&shape)) => {
            Name { text: text.to_string(), span: e.span(), quoted: false }
        }
    }
    .labelled("a verb")
    .boxed()
}

type Shaped = (Name, Core);

fn expr_stage(exprs: &Exprs) -> P<Shaped> {
    verb(&[Shape::Expr]).then(exprs.expr.clone().map(Core::Expr)).boxed()
}

fn items_stage(exprs: &Exprs) -> P<Shaped> {
    let items = list(&item::item(&exprs.expr)).map(Core::Items).boxed();
    let optional = items.clone().or_not().map(|items| items.unwrap_or(Core::Items(Vec::new())));
    verb(&[Shape::Items]).then(items).or(verb(&[Shape::OptionalItems]).then(optional.boxed())).boxed()
}

fn keys_stage(exprs: &Exprs) -> P<Shaped> {
    verb(&[Shape::Keys]).then(list(&item::key(&exprs.expr)).map(Core::Keys)).boxed()
}

fn sources_stage(exprs: &Exprs, pipe: &P<Pipe>) -> P<Shaped> {
    let sources = list(&source::source(&exprs.expr, pipe)).map(Core::Sources);
    verb(&[Shape::Sources]).then(sources).boxed()
}

/// `show 12`, `write "x.csv", mode: "overwrite"`, `sample(n: 10, seed: 1)`
fn args_stage(exprs: &Exprs) -> P<Shaped> {
    let arg = call::arg(&exprs.expr);
    let called = parens(super::common::inside(&arg));
    let bare = arg.separated_by(list_comma()).collect::<Vec<_>>().boxed();
    verb(&[Shape::Args]).then(called.or(bare).map(Core::Args).boxed()).boxed()
}

/// `name(args)`: a function on tables.
fn call_stage(exprs: &Exprs) -> P<Shaped> {
    name().then(call::args(&exprs.expr).map(Core::Call)).boxed()
}

/// A word that is no verb, and either no function stage or the verb of another language.
fn unknown_stage() -> P<Stage> {
    let bare = name()
        .filter(|name| !name.quoted && verbs::shape(&name.text).is_none())
        .then(open_paren_ahead())
        .filter(|(name, called)| !called || verbs::foreign(&name.text).is_some())
        .map(|(name, _)| name);
    bare.then_ignore(skip_stage())
        .map_with(|verb: Name, e| {
            e.emit(failure(unknown_verb(&verb)));
            Stage { verb, core: Core::Error, options: Vec::new(), span: e.span() }
        })
        .boxed()
}

fn open_paren_ahead() -> Boxed<'static, 'static, In, bool, Extra> {
    sym(Symbol::LParen).rewind().or_not().map(|span| span.is_some()).boxed()
}

fn unknown_verb(verb: &Name) -> Diagnostic {
    let text = &verb.text;
    if let Some(here) = verbs::foreign(text) {
        return Diagnostic::error(Code::FOREIGN_VERB, format!("`{text}` is written `{here}`"), verb.span).fix(
            verb.span,
            here,
            format!("write `{here}`"),
        );
    }
    let diagnostic = Diagnostic::error(Code::UNKNOWN_VERB, format!("unknown verb `{text}`"), verb.span);
    match suggest(text, verbs::VERBS.iter().map(|(name, _)| *name)) {
        Some(near) => diagnostic.fix(verb.span, near, format!("write `{near}`")).help(format!("did you mean `{near}`?")),
        None => diagnostic.help("functions on tables are called with parentheses: `| f(x)`"),
    }
}
