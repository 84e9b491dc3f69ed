//! `pivot`, `unpivot`, `into`.

use chumsky::prelude::*;

use super::common::{kw, list, name, parens, sym, word};
use super::expr::Exprs;
use super::stage::verb;
use super::{P, block, item};
use crate::syntax::ast::{Core, Name, Pivot, Unpivot};
use crate::syntax::token::{Keyword, Symbol};
use crate::syntax::verbs::Shape;

/// `pivot term [in term] [by items] { items }`
pub(super) fn pivot(exprs: &Exprs) -> P<(Name, Core)> {
    let values = kw(Keyword::In).ignore_then(exprs.term.clone()).or_not();
    let by = word("by").ignore_then(list(&item::item(&exprs.expr))).or_not();
    verb(&[Shape::Pivot])
        .then(exprs.term.clone())
        .then(values.boxed())
        .then(by.boxed())
        .then(block::items(exprs))
        .map(|((((verb, key), values), by), items)| (verb, Core::Pivot(Pivot { key, values, by: by.unwrap_or_default(), items })))
        .boxed()
}

/// `unpivot exprs into (name, value)`
pub(super) fn unpivot(exprs: &Exprs) -> P<(Name, Core)> {
    let pair = parens(name().then_ignore(sym(Symbol::Comma)).then(name()).boxed());
    verb(&[Shape::Unpivot])
        .then(list(&exprs.expr))
        .then_ignore(word("into"))
        .then(pair)
        .map(|((verb, columns), (name, value))| (verb, Core::Unpivot(Unpivot { columns, name, value })))
        .boxed()
}

/// `into name`
pub(super) fn into() -> P<(Name, Core)> {
    verb(&[Shape::Into]).then(name().map(Core::Into)).boxed()
}
