//! What could stand at the cursor, by position and schema.
//!
//! [`complete`] looks where the cursor stands (`place`), asks the lists that fit there (`lists`), and keeps what begins
//! with the typed word. All names come from the registries: a new function, verb, option or setting is offered
//! without a change here.

mod arguments;
mod found;
mod item;
mod lists;
mod methods;
mod paths;
mod place;
mod statement;

use crate::cursor::{Cursor, Inside, Surroundings};

pub use item::{Completions, Item, ItemKind};

pub(crate) use arguments::{function, params};
pub(crate) use lists::type_doc;
pub(crate) use place::receiver;

use found::Found;
use place::Place;

/// What could stand at the byte offset `cursor` of a cell, best first.
#[must_use]
pub fn complete(text: &str, cursor: usize, env: &dyn Surroundings) -> Completions {
    let cursor = Cursor::new(text, cursor);
    let span = cursor.word.span();
    let mut found = Found::new(&cursor.word);
    match &cursor.inside {
        Inside::Other => {}
        Inside::String { start, value } => return paths::in_string(&cursor, *start, value, env),
        Inside::Code => offer(&cursor, &place::place(&cursor), env, &mut found),
    }
    Completions { start: span.start, end: span.end, items: found.finish() }
}

fn offer(cursor: &Cursor<'_>, place: &Place<'_>, env: &dyn Surroundings, found: &mut Found<'_>) {
    match place {
        Place::Nothing => {}
        Place::Statement => statement::start(cursor, env, found),
        Place::Source => {
            lists::sources(cursor, env, found);
            arguments::stage_options(cursor, env, found);
        }
        Place::JoinSource => {
            lists::sources(cursor, env, found);
            lists::join_kinds(found);
        }
        Place::Verb => lists::verbs(found),
        Place::Session => lists::session(cursor, env, found),
        Place::Setting => statement::settings(env, found),
        Place::SettingValue(name) => statement::setting_value(name, env, found),
        Place::Topic => statement::topics(env, found),
        Place::Type => lists::types(found),
        Place::TypeClass => lists::type_classes(found),
        Place::Words(words) => lists::words(words, found),
        Place::Member(receiver) => methods::members(cursor, receiver, env, found),
        Place::Columns => {
            lists::columns(cursor, env, found);
            arguments::stage_options(cursor, env, found);
        }
        Place::Operand { aggregates_first, options } => lists::row(cursor, *aggregates_first, *options, env, found),
        Place::Value => arguments::value(cursor, env, found),
        Place::Options => arguments::options(cursor, env, found),
    }
}
