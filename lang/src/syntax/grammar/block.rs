//! `group` and `agg`: stages with braces.

use chumsky::prelude::*;

use super::common::{braces, failure, list, some_inside, sym};
use super::expr::Exprs;
use super::stage::verb;
use super::{P, item};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast::{Core, GroupBody, Item, Name, Stage};
use crate::syntax::token::Symbol;
use crate::syntax::verbs::Shape;

/// `{ item, item }`
pub(super) fn items(exprs: &Exprs) -> P<Vec<Item>> {
    braces(some_inside(&item::item(&exprs.expr)))
}

/// `agg { … }`
pub(super) fn agg(exprs: &Exprs) -> P<(Name, Core)> {
    verb(&[Shape::Braces]).then(items(exprs).map(Core::Braces)).boxed()
}

/// `group keys { … }`, `group keys { | stage }`
pub(super) fn group(exprs: &Exprs, stage: &P<Stage>) -> P<(Name, Core)> {
    let stages = sym(Symbol::Pipe).ignore_then(stage.clone()).repeated().at_least(1).collect();
    let inner =
        stages.map(GroupBody::Stages).boxed().or(some_inside(&item::item(&exprs.expr)).map(GroupBody::Items).boxed()).boxed();
    let body = braces(inner).or_not().boxed();
    verb(&[Shape::Group])
        .then(list(&item::item(&exprs.expr)))
        .then(body)
        .then(super::common::stage_end().or_not().map(|end| end.is_some()).boxed())
        .map_with(|(((verb, keys), body), at_end), e| {
            let span: Span = e.span();
            let missing = body.is_none();
            if missing && at_end {
                e.emit(failure(missing_block(verb.span, span)));
            }
            let body = body.unwrap_or(GroupBody::Items(Vec::new()));
            (verb, Core::Group { keys, body })
        })
        .boxed()
}

fn missing_block(verb: Span, stage: Span) -> Diagnostic {
    Diagnostic::error(Code::MISSING_BLOCK, "`group` takes a block in braces", verb)
        .fix(stage.at_end(), " { n = count() }", "count the rows of each group")
        .help("`group k { n = count() }`, or stages: `group k { | sort t | take 1 }`")
}
