//! The lists that candidates come from.

use weft_core::Field;
use weft_core::function::{Family, Function};
use weft_plan::catalog::Binding;

use super::found::Found;
use super::{Item, ItemKind};
use crate::cursor::{Cursor, Role, Surroundings};
use crate::help;
use crate::syntax::JoinKind;
use crate::syntax::verbs::VERBS;

/// Types as they are written, each with what it is.
const TYPES: &[(&str, &str)] = &[
    ("bool", "true or false"),
    ("int", "64-bit integer"),
    ("float", "64-bit floating point number"),
    ("str", "text"),
    ("date", "a day"),
    ("timestamp", "an instant in microseconds; timestamp(\"us\", \"UTC\") with a zone"),
    ("time", "a time of day"),
    ("duration", "a span of exact time"),
    ("interval", "months, days and nanoseconds"),
    ("decimal", "decimal(precision, scale)"),
    ("binary", "bytes"),
    ("int8", "8-bit integer"),
    ("int16", "16-bit integer"),
    ("int32", "32-bit integer"),
    ("uint8", "8-bit integer without sign"),
    ("uint16", "16-bit integer without sign"),
    ("uint32", "32-bit integer without sign"),
    ("uint64", "64-bit integer without sign"),
    ("float16", "16-bit floating point number"),
    ("float32", "32-bit floating point number"),
    ("list", "list(item) or [item]"),
    ("map", "map(key, value)"),
    ("image", "a decoded picture"),
    ("tensor", "tensor(item, shape …)"),
    ("embedding", "embedding(item, length)"),
    ("file", "a reference to a file"),
    ("uuid", "a 128-bit identifier"),
];

/// Classes of types in `cols(…)`.
const TYPE_CLASSES: &[&str] = &["numeric", "integer", "float", "temporal", "string", "bool", "list", "struct", "image"];

/// Words that begin an expression.
const OPERAND_WORDS: &[&str] = &["not", "if", "case", "match", "null", "true", "false"];

/// The description of a type by its name.
pub(crate) fn type_doc(name: &str) -> Option<&'static str> {
    TYPES.iter().find(|(known, _)| *known == name).map(|(_, doc)| *doc)
}

/// Verbs that mean something already.
pub(crate) fn verbs(found: &mut Found<'_>) {
    for (name, _) in VERBS.iter().filter(|(name, _)| crate::verbs::find(name).is_some()) {
        found.word(name, || {
            let (grammar, summary) = help::verb(name).map_or(("", ""), |doc| (doc.grammar, doc.summary));
            Item::new(*name, ItemKind::Verb).detail(grammar).doc(summary)
        });
    }
}

/// Tables and functions that open some.
pub(crate) fn sources(cursor: &Cursor<'_>, env: &dyn Surroundings, found: &mut Found<'_>) {
    for name in cursor.bound.iter().rev() {
        found.name(name, ItemKind::Table, |item| item.detail("of this cell"));
    }
    for (name, binding) in env.catalog().iter() {
        if let Binding::Table(plan) = binding {
            found.name(name, ItemKind::Table, |item| item.detail(columns_count(plan.schema().len())));
        }
    }
    for function in env.registry().tables() {
        offer_function(function.info(), ItemKind::Source, found);
    }
}

fn columns_count(n: usize) -> String {
    format!("{n} column{}", if n == 1 { "" } else { "s" })
}

/// Kinds of joins.
pub(crate) fn join_kinds(found: &mut Found<'_>) {
    for (name, _) in JoinKind::ALL {
        found.word(name, || Item::new(name, ItemKind::Keyword).doc(help::join_kind(name)));
    }
}

/// `$x`
pub(crate) fn session(cursor: &Cursor<'_>, env: &dyn Surroundings, found: &mut Found<'_>) {
    let catalog = env.catalog();
    for (name, binding) in catalog.iter() {
        if let Binding::Scalar(ty, value) = binding {
            found.name(name, ItemKind::Scalar, |item| item.detail(ty.to_string()).doc(value.to_string()));
        }
    }
    for name in cursor.bound.iter().rev() {
        found.name(name, ItemKind::Scalar, |item| item.detail("of this cell"));
    }
    for (name, binding) in catalog.iter() {
        if let Binding::Table(plan) = binding {
            found.name(name, ItemKind::Table, |item| item.detail(columns_count(plan.schema().len())));
        }
    }
}

/// Types.
pub(crate) fn types(found: &mut Found<'_>) {
    for (name, doc) in TYPES {
        found.word(name, || Item::new(*name, ItemKind::Type).detail(*doc));
    }
}

/// Classes of types.
pub(crate) fn type_classes(found: &mut Found<'_>) {
    for name in TYPE_CLASSES {
        found.word(name, || Item::new(*name, ItemKind::Type));
    }
}

/// Words of the grammar.
pub(crate) fn words(words: &[&'static str], found: &mut Found<'_>) {
    for word in words {
        found.word(word, || Item::new(*word, ItemKind::Keyword));
    }
}

/// Columns, those of a join's right side included.
pub(crate) fn columns(cursor: &Cursor<'_>, env: &dyn Surroundings, found: &mut Found<'_>) {
    for field in cursor.columns(env) {
        offer_column(&field, ItemKind::Column, found);
    }
    if let Some((alias, right)) = cursor.right(env) {
        for field in right.fields() {
            offer_column(field, ItemKind::Column, found);
        }
        if let Some(alias) = alias {
            found.name(&alias, ItemKind::Table, |item| item.detail("the right side"));
        }
    }
}

/// A column or field.
pub(crate) fn offer_column(field: &Field, kind: ItemKind, found: &mut Found<'_>) {
    found.name(&field.name, kind, |item| match field.ty {
        weft_core::Type::Null => item,
        _ => item.detail(field.ty.to_string()),
    });
}

/// What can stand in a row expression.
pub(crate) fn row(cursor: &Cursor<'_>, aggregates_first: bool, options: bool, env: &dyn Surroundings, found: &mut Found<'_>) {
    let rows = has_rows(cursor, env);
    if aggregates_first {
        aggregates(env, found);
    }
    if rows {
        columns(cursor, env, found);
    }
    if options {
        super::arguments::options(cursor, env, found);
    }
    let scalars = env.registry().scalars().map(|function| function.info());
    for function in scalars.filter(|function| is_called(function)) {
        offer_function(function, ItemKind::Function, found);
    }
    if rows {
        aggregates(env, found);
        if cursor.frame().role != Role::Braces || cursor.frame().is_pipe() {
            windows(env, found);
        }
        found.word("cols", || Item::new("cols", ItemKind::Keyword).detail("cols(numeric), cols(r\"…\")"));
    }
    words(OPERAND_WORDS, found);
}

/// Whether a table is at hand: not at the head of a pipe, nor in the arguments of a source.
fn has_rows(cursor: &Cursor<'_>, env: &dyn Surroundings) -> bool {
    let of_source = matches!(&cursor.frame().role, Role::Call { name, .. } if env.registry().table(name).is_some());
    !of_source && cursor.verb().is_some()
}

fn aggregates(env: &dyn Surroundings, found: &mut Found<'_>) {
    for aggregate in env.registry().aggregates() {
        offer_function(aggregate.info(), ItemKind::Aggregate, found);
    }
}

fn windows(env: &dyn Surroundings, found: &mut Found<'_>) {
    for window in env.registry().windows() {
        offer_function(window.info(), ItemKind::Function, found);
    }
}

/// Whether a function is called by its name, not by an operator alone.
pub(crate) fn is_called(function: &Function) -> bool {
    function.operator.is_none() && function.family != Family::Operator
}

/// A function of any kind.
pub(crate) fn offer_function(function: &'static Function, kind: ItemKind, found: &mut Found<'_>) {
    found.word(function.name, || Item::new(function.name, kind).detail(function.signature()).doc(function.summary));
}
