//! Options of calls and stages, and their values.

use weft_core::Registry;
use weft_core::function::{Default, Function, Param};

use super::found::Found;
use super::{Item, ItemKind};
use crate::cursor::{Cursor, Role, Surroundings, word};
use crate::help;
use crate::syntax::token::{Symbol, Token};

/// Options that every aggregate takes.
const AGGREGATE_OPTIONS: &[Param] = &[
    Param::option("where", "bool", Default::Null, "only rows for which this is true are folded"),
    Param::option("distinct", "bool", Default::Bool(false), "equal values are folded once"),
    Param::option("sort", "keys", Default::Null, "the order in which rows are folded"),
    Param::option("min_periods", "int", Default::Int(0), "in a window: the fewest values for which it is not null"),
];

/// The parameters of the call or stage at the cursor.
pub(crate) fn params(cursor: &Cursor<'_>, registry: &Registry) -> Vec<&'static Param> {
    let frame = cursor.frame();
    if let Role::Call { name, method } = &frame.role {
        let Some(function) = function(registry, name) else { return Vec::new() };
        let mut params: Vec<_> = function.params.iter().skip(usize::from(*method)).collect();
        if registry.aggregate(name).is_some() {
            params.extend(AGGREGATE_OPTIONS);
        }
        return params;
    }
    let doc = cursor.verb().filter(|_| frame.is_pipe()).and_then(help::verb);
    doc.map_or_else(Vec::new, |doc| doc.options.iter().collect())
}

/// A function of any kind by its name.
pub(crate) fn function(registry: &Registry, name: &str) -> Option<&'static Function> {
    let scalar = registry.scalar(name).map(|f| f.info());
    let aggregate = || registry.aggregate(name).map(|f| f.info());
    let window = || registry.window(name).map(|f| f.info());
    scalar.or_else(aggregate).or_else(window).or_else(|| registry.table(name).map(|f| f.info()))
}

/// Options of the stage, where one can stand: behind a comma of its own.
pub(crate) fn stage_options(cursor: &Cursor<'_>, env: &dyn Surroundings, found: &mut Found<'_>) {
    if cursor.frame().is_pipe() && cursor.last().is_some_and(|last| last.kind.is(Symbol::Comma)) {
        options(cursor, env, found);
    }
}

/// Names of options that are not given yet.
pub(crate) fn options(cursor: &Cursor<'_>, env: &dyn Surroundings, found: &mut Found<'_>) {
    let frame = cursor.frame();
    let own = cursor.tokens.get(frame.stage()..).unwrap_or_default();
    let given = |name: &str| own.windows(2).any(|pair| word(&pair[0]) == Some(name) && pair[1].kind.is(Symbol::Colon));
    // What stands by position is not offered by name.
    let positional = if frame.is_pipe() { 0 } else { frame.commas.len() };
    for param in params(cursor, env.registry()).into_iter().skip(positional) {
        if param.default.is_some() && !given(param.name) {
            found.word(param.name, || option(param));
        }
    }
}

fn option(param: &Param) -> Item {
    let default = param.default.map(|default| format!(" = {}", default.to_expr())).unwrap_or_default();
    let mut item = Item::new(format!("{}: ", param.name), ItemKind::Option);
    item.label = param.name.to_owned();
    let doc =
        if param.choices.is_empty() { param.doc.to_owned() } else { format!("{}: {}", param.doc, param.choices.join(", ")) };
    item.detail(format!("{}{default}", param.takes)).doc(doc)
}

/// The option whose value stands at the cursor, whose name and colon end `tokens`.
fn named(tokens: &[Token]) -> Option<&str> {
    match tokens {
        [.., name, colon] if colon.kind.is(Symbol::Colon) => word(name),
        _ => None,
    }
}

/// The parameter whose value stands at the cursor.
pub(crate) fn param(cursor: &Cursor<'_>, registry: &Registry) -> Option<&'static Param> {
    let params = params(cursor, registry);
    if let Some(name) = named(&cursor.tokens) {
        return params.into_iter().find(|param| param.name == name);
    }
    let frame = cursor.frame();
    let starts = cursor.tokens.len() == frame.item();
    if starts && !frame.is_pipe() { params.into_iter().nth(frame.commas.len()) } else { None }
}

/// Values of the option at the cursor: its choices, or an expression.
pub(crate) fn value(cursor: &Cursor<'_>, env: &dyn Surroundings, found: &mut Found<'_>) {
    if let Some(param) = param(cursor, env.registry()) {
        for choice in param.choices {
            found.word(choice, || Item::new(format!("\"{choice}\""), ItemKind::Value).doc(param.doc));
        }
        match param.takes {
            "bool" => super::lists::words(&["true", "false"], found),
            "keys" => {}
            _ if param.default == Some(Default::Null) => super::lists::words(&["null"], found),
            _ => {}
        }
        if !param.choices.is_empty() || param.takes == "bool" {
            return;
        }
    }
    super::lists::columns(cursor, env, found);
    super::lists::words(&["null", "true", "false"], found);
}
