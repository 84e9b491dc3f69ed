//! Items, sort keys, values, options.

use chumsky::prelude::*;

use super::P;
use super::call::{arg_name, equals_passes};
use super::common::{failure, name, sym, word};
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast::{Expr, ExprKind, Item, ItemName, Key, Opt, Value};
use crate::syntax::token::{Kind, Symbol};

/// `[(name|FSTR) =] expr`
pub(super) fn item(expr: &P<Expr>) -> P<Item> {
    let plain = name().map(ItemName::Name);
    let pattern = select! { Kind::FString(string) => ItemName::Pattern((*string).clone()) };
    let named = plain.or(pattern).then(sign()).map_with(|(name, colon), e| {
        if let Some(span) = colon {
            e.emit(failure(
                Diagnostic::error(Code::COLON_NAMES, "an item is named with `=`", span)
                    .fix(span, " =", "write `=`")
                    .help("`:` passes options"),
            ));
        }
        name
    });
    named.or_not().then(expr.clone()).map_with(|(name, expr), e| Item { name, expr, span: e.span() }).boxed()
}

/// `=`; `:` is taken for it.
fn sign() -> P<Option<crate::Span>> {
    sym(Symbol::Assign).to(None).or(sym(Symbol::Colon).map(Some)).boxed()
}

/// `expr [asc|desc] [nulls first|last]`
pub(super) fn key(expr: &P<Expr>) -> P<Key> {
    let direction = word("desc").to(true).or(word("asc").to(false));
    let nulls = word("nulls").ignore_then(word("first").to(true).or(word("last").to(false)));
    expr.clone()
        .then(direction.or_not())
        .then(nulls.or_not())
        .map_with(|((expr, descending), nulls_first), e| Key {
            expr,
            descending: descending.unwrap_or(false),
            nulls_first,
            span: e.span(),
        })
        .boxed()
}

/// The value of an argument or option: an expression, a sort key, a list of sort keys.
pub(super) fn value(expr: &P<Expr>) -> P<Value> {
    key(expr)
        .map(|key| match key {
            Key { expr: Expr { kind: ExprKind::Keys(keys), span }, .. } => Value::Keys(keys, span),
            key if key.is_plain() => Value::Expr(key.expr),
            key => {
                let span = key.span;
                Value::Keys(vec![key], span)
            }
        })
        .boxed()
}

/// `, name: value`
pub(super) fn opt(expr: &P<Expr>) -> P<Opt> {
    sym(Symbol::Comma)
        .ignore_then(arg_name())
        .then(value(expr))
        .map_with(|(name, value), e| {
            let span = name.span.to(e.span());
            Opt { name, value, span }
        })
        .map(|mut opt| {
            opt.span = opt.name.span.to(opt.value.span());
            opt
        })
        .boxed()
}

/// Any number of options.
pub(super) fn opts(expr: &P<Expr>) -> P<Vec<Opt>> {
    opt(expr).repeated().collect().boxed()
}

/// `name: value` in a struct; a quoted name and `=` are understood and reported.
pub(super) fn field(expr: &P<Expr>) -> P<(crate::syntax::ast::Name, Expr)> {
    let quoted = select! {
        Kind::Literal(literal) = e => (literal, e.span()),
    }
    .try_map(|(literal, span): (_, crate::Span), _| match &*literal {
        crate::syntax::ast::Literal::Str(text) => Ok(crate::syntax::ast::Name { text: text.clone(), span, quoted: true }),
        _ => Err(Rich::custom(span, Box::new(Diagnostic::error(Code::UNEXPECTED, "expected the name of a field", span)))),
    })
    .map_with(|name, e| {
        let replacement = bare(&name.text);
        e.emit(failure(Diagnostic::error(Code::QUOTED_FIELD, "field names stand without quotes", name.span).fix(
            name.span,
            replacement,
            "remove the quotes",
        )));
        name
    })
    .boxed();
    let sign = sym(Symbol::Colon).to(None).or(sym(Symbol::Assign).map(Some)).boxed();
    name()
        .or(quoted)
        .boxed()
        .then(sign)
        .then(expr.clone())
        .map_with(|((name, assign), value), e| {
            if let Some(span) = assign {
                e.emit(failure(equals_passes(&name, span)));
            }
            (name, value)
        })
        .boxed()
}

/// The name as it is written in a cell: in backticks if it must be.
fn bare(text: &str) -> String {
    let plain =
        text.chars().all(|c| c == '_' || c.is_alphanumeric()) && text.starts_with(|c: char| c == '_' || c.is_alphabetic());
    if plain { text.to_owned() } else { format!("`{text}`") }
}
