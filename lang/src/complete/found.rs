//! Collects candidates that begin with the typed word.

use std::collections::HashSet;

use super::{Item, ItemKind};
use crate::cursor::Word;
use crate::syntax::token::Keyword;

/// The candidates so far, in the order in which they are offered.
pub(crate) struct Found<'a> {
    word: &'a Word,
    lower: String,
    items: Vec<Item>,
    seen: HashSet<String>,
}

impl<'a> Found<'a> {
    /// No candidates yet.
    pub(crate) fn new(word: &'a Word) -> Self {
        Self { word, lower: word.text.to_lowercase(), items: Vec::new(), seen: HashSet::new() }
    }

    /// Whether a name begins with what is typed, whatever its case.
    pub(crate) fn fits(&self, name: &str) -> bool {
        if name.is_ascii() && self.lower.is_ascii() {
            return name.get(..self.lower.len()).is_some_and(|start| start.eq_ignore_ascii_case(&self.lower));
        }
        name.to_lowercase().starts_with(&self.lower)
    }

    /// Adds a word of the language: none stands in backticks.
    pub(crate) fn word(&mut self, name: &str, make: impl FnOnce() -> Item) {
        if !self.word.quoted && !self.word.session && self.fits(name) && self.seen.insert(name.to_owned()) {
            self.items.push(make());
        }
    }

    /// Adds a name of the user's: in backticks where it needs them, or where one is typed.
    pub(crate) fn name(&mut self, name: &str, kind: ItemKind, make: impl FnOnce(Item) -> Item) {
        if !self.fits(name) || name.contains(['`', '\n', '\r']) {
            return;
        }
        let text = if self.word.session {
            format!("${name}")
        } else if self.word.quoted || needs_backticks(name) {
            format!("`{name}`")
        } else {
            name.to_owned()
        };
        if self.seen.insert(name.to_owned()) {
            let mut item = make(Item::new(text, kind));
            name.clone_into(&mut item.label);
            self.items.push(item);
        }
    }

    /// The candidates; those whose case fits too come first.
    pub(crate) fn finish(mut self) -> Vec<Item> {
        let typed = &self.word.text;
        self.items.sort_by_key(|item| !item.text.trim_start_matches(['`', '$']).starts_with(typed.as_str()));
        self.items
    }
}

/// Whether a name can stand in an expression only in backticks.
pub(crate) fn needs_backticks(name: &str) -> bool {
    let mut chars = name.chars();
    let starts = chars.next().is_some_and(|c| c == '_' || c.is_alphabetic());
    !starts || !chars.all(|c| c == '_' || c.is_alphanumeric()) || Keyword::parse(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::needs_backticks;

    #[test]
    fn odd_and_reserved_names_need_backticks() {
        for name in ["odd name", "1st", "in", "a-b", "", "a.b"] {
            assert!(needs_backticks(name), "{name}");
        }
        for name in ["a", "_x", "größe", "count", "where", "数量"] {
            assert!(!needs_backticks(name), "{name}");
        }
    }
}
