//! Windows: `(by a sort b desc rows -2..0)`.

use chumsky::prelude::*;

use super::common::{parens, some_inside, sym, word};
use super::{P, item};
use crate::syntax::ast::{Expr, Frame, FrameUnit, Window};
use crate::syntax::token::Symbol;

pub(super) fn window(expr: &P<Expr>, arith: &P<Expr>) -> P<Window> {
    let by = word("by").ignore_then(some_inside(expr)).or_not().boxed();
    let sort = word("sort").ignore_then(some_inside(&item::key(expr))).or_not().boxed();
    parens(by.then(sort).then(frame(arith).or_not()).boxed())
        .map_with(|((by, sort), frame), e| Window {
            partition: by.unwrap_or_default(),
            order: sort.unwrap_or_default(),
            frame,
            span: e.span(),
        })
        .boxed()
}

fn frame(arith: &P<Expr>) -> P<Frame> {
    let unit = word("rows").to(FrameUnit::Rows).or(word("range").to(FrameUnit::Range)).boxed();
    let bound = arith.clone().map(Box::new).or_not().boxed();
    unit.then(bound.clone())
        .then_ignore(sym(Symbol::DotDot))
        .then(bound)
        .map_with(|((unit, start), end), e| Frame { unit, start, end, span: e.span() })
        .boxed()
}
