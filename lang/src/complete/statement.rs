//! The first word of a statement, and statements that are no pipelines.

use weft_core::settings::{Range, SETTINGS};

use super::found::Found;
use super::{Item, ItemKind, lists};
use crate::cursor::{Cursor, Surroundings, word};
use crate::diagnostics::CODES;
use crate::help;

/// Words that begin a statement, with their grammar.
const STATEMENTS: &[(&str, &str)] = &[
    ("let", "let name = table | …"),
    ("fn", "fn name(parameters) = …"),
    ("set", "set name = value"),
    ("attach", "attach \"address\" as name"),
    ("use", "use catalog"),
    ("help", "help name"),
    ("clear", "clear"),
];

/// What a statement begins with.
pub(crate) fn start(cursor: &Cursor<'_>, env: &dyn Surroundings, found: &mut Found<'_>) {
    lists::sources(cursor, env, found);
    for (name, grammar) in STATEMENTS {
        found.word(name, || Item::new(*name, ItemKind::Keyword).detail(*grammar));
    }
    let scalars = env.registry().scalars().map(|function| function.info());
    for function in scalars.filter(|function| lists::is_called(function)) {
        lists::offer_function(function, ItemKind::Function, found);
    }
}

/// Settings with their values.
pub(crate) fn settings(env: &dyn Surroundings, found: &mut Found<'_>) {
    let values = env.settings();
    for setting in SETTINGS {
        found.word(setting.name, || {
            let value = values.get(setting.name).map(help::setting_value).unwrap_or_default();
            Item::new(setting.name, ItemKind::Setting).detail(value).doc(setting.doc)
        });
    }
}

/// Values of a setting.
pub(crate) fn setting_value(name: &str, env: &dyn Surroundings, found: &mut Found<'_>) {
    let Some(setting) = SETTINGS.iter().find(|setting| setting.name == name) else { return };
    let now = env.settings().get(setting.name).map(help::setting_value).unwrap_or_default();
    match setting.range {
        Range::Bool => lists::words(&["true", "false"], found),
        Range::Choice(choices) => {
            for choice in choices {
                found.word(choice, || Item::new(format!("\"{choice}\""), ItemKind::Value).doc(setting.doc));
            }
        }
        _ => found.word(&now.clone(), || Item::new(now, ItemKind::Value).detail("the value now").doc(setting.doc)),
    }
}

/// Texts that the setting at the cursor takes.
pub(crate) fn text_values(cursor: &Cursor<'_>) -> Vec<&'static str> {
    let name = cursor.tokens.get(1).and_then(word).unwrap_or_default();
    match SETTINGS.iter().find(|setting| setting.name == name).map(|setting| setting.range) {
        Some(Range::Choice(choices)) => choices.to_vec(),
        _ => Vec::new(),
    }
}

/// What `help` explains.
pub(crate) fn topics(env: &dyn Surroundings, found: &mut Found<'_>) {
    lists::verbs(found);
    let functions = env.registry().infos().filter(|function| lists::is_called(function));
    for function in functions {
        lists::offer_function(function, ItemKind::Function, found);
    }
    settings(env, found);
    for code in CODES {
        found.word(code.id, || Item::new(code.id, ItemKind::Code).detail(code.title));
    }
}
