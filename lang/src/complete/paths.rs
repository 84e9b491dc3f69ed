//! Inside a string: paths of sources, choices of options, columns in `cols(…)`.

use weft_core::function::Family;

use super::arguments::{function, param};
use super::{Completions, Item, ItemKind};
use crate::Span;
use crate::cursor::{Cursor, Role, Surroundings};

/// Parameters that take a path, wherever they stand.
const PATH_PARAMS: &[&str] = &["path", "pattern"];

/// What could stand in the string whose content begins at `start` and reads `typed` up to the cursor.
pub(crate) fn in_string(cursor: &Cursor<'_>, start: usize, typed: &str, env: &dyn Surroundings) -> Completions {
    let end = cursor.word.start;
    if cursor.frame().role == Role::Selector {
        let columns = cursor.columns(env);
        let fits = columns.iter().filter(|field| field.name.starts_with(typed));
        let items = fits.map(|field| Item::new(&*field.name, ItemKind::Column).detail(field.ty.to_string()));
        return Completions { start, end, items: items.collect() };
    }
    let is_set = cursor.statement() == Some("set") && cursor.frame().pipes.is_empty();
    if is_set {
        let items = super::statement::text_values(cursor).into_iter().filter(|value| value.starts_with(typed));
        return Completions { start, end, items: items.map(|value| Item::new(value, ItemKind::Value)).collect() };
    }
    let Some(param) = param(cursor, env.registry()) else { return Completions { start, end, items: Vec::new() } };
    if !param.choices.is_empty() {
        let items = param.choices.iter().filter(|choice| choice.starts_with(typed));
        let items = items.map(|choice| Item::new(*choice, ItemKind::Value).doc(param.doc)).collect();
        return Completions { start, end, items };
    }
    if takes_path(cursor, env, param.name) {
        files(cursor, start, typed, env)
    } else {
        Completions { start, end, items: Vec::new() }
    }
}

fn takes_path(cursor: &Cursor<'_>, env: &dyn Surroundings, name: &str) -> bool {
    let Role::Call { name: called, .. } = &cursor.frame().role else { return false };
    let of_files = function(env.registry(), called).is_some_and(|f| matches!(f.family, Family::Source | Family::File));
    of_files && PATH_PARAMS.contains(&name)
}

/// Files and folders that begin with what is typed behind the last `/`.
fn files(cursor: &Cursor<'_>, start: usize, typed: &str, env: &dyn Surroundings) -> Completions {
    let raw = Span::new(start, cursor.word.start).of(cursor.text);
    let cut = raw.rfind('/').map_or(0, |at| at + 1);
    let (folder, name) =
        typed.rsplit_once('/').map_or(("", typed), |(folder, name)| (if folder.is_empty() { "/" } else { folder }, name));
    let mut items = Vec::new();
    // What is a pattern or an address is not on this machine's disk by that name.
    if !typed.contains("://") && !typed.contains(['*', '?', '[', '{']) {
        let mut entries = env.list(folder);
        entries.sort();
        let hidden = |entry: &crate::Entry| entry.name.starts_with('.') && !name.starts_with('.');
        for entry in entries.into_iter().filter(|entry| entry.name.starts_with(name) && !hidden(entry)) {
            if entry.name.contains(['"', '\'', '\\', '\n', '\r']) {
                continue;
            }
            let text = if entry.is_folder { format!("{}/", entry.name) } else { entry.name };
            items.push(Item::new(text, ItemKind::Path).detail(if entry.is_folder { "folder" } else { "file" }));
        }
    }
    Completions { start: start + cut, end: cursor.word.start, items }
}
