//! Calls and their arguments.

use chumsky::prelude::*;

use super::common::{At, failure, inside, name, parens, sym};
use super::{P, item};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast::{Arg, Expr, ExprKind, Name, Value};
use crate::syntax::token::Symbol;

/// `name` or `name(args)`
pub(super) fn call_or_name(expr: &P<Expr>) -> P<Expr> {
    name()
        .then(args(expr).or_not())
        .map_with(|(name, args), e| {
            let kind = match args {
                None => ExprKind::Name(name),
                Some(args) => ExprKind::Call { args: checked(&name, args, e), name },
            };
            Expr::new(kind, e.span())
        })
        .boxed()
}

/// `(args)`
pub(super) fn args(expr: &P<Expr>) -> P<Vec<Arg>> {
    parens(inside(&arg(expr)))
}

/// `[name:] value`
pub(super) fn arg(expr: &P<Expr>) -> P<Arg> {
    arg_name().or_not().then(item::value(expr)).map_with(|(name, value), e| Arg { name, value, span: e.span() }).boxed()
}

/// `name:`; `name =` is taken for it and reported.
pub(super) fn arg_name() -> P<Name> {
    let assign = sym(Symbol::Assign).map(Some);
    let sign = sym(Symbol::Colon).to(None::<Span>).or(assign).boxed();
    name()
        .then(sign)
        .map_with(|(name, assign), e| {
            if let Some(span) = assign {
                e.emit(failure(equals_passes(&name, span)));
            }
            name
        })
        .boxed()
}

pub(super) fn equals_passes(name: &Name, span: Span) -> Diagnostic {
    Diagnostic::error(Code::EQUALS_PASSES, format!("`{}` is passed with `:`", name.text), span)
        .fix(span, ":", "write `:`")
        .help(format!("`{}: value`; to compare, write `==`", name.text))
}

/// `count(*)` counts rows in SQL; here `count()` does.
fn checked(name: &Name, args: Vec<Arg>, e: &mut At<'_>) -> Vec<Arg> {
    let star = match args.as_slice() {
        [Arg { name: None, value: Value::Expr(Expr { kind: ExprKind::Star, span }), .. }] => *span,
        _ => return args,
    };
    if name.text != "count" {
        return args;
    }
    e.emit(failure(Diagnostic::error(Code::COUNT_STAR, "`count()` counts rows", star).fix(star, "", "remove the `*`")));
    Vec::new()
}
