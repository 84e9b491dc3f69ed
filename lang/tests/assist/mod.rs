//! Completion, inspection and help over toy tables; `‸` stands for the cursor.

mod complete;
mod help;
mod inspect;

use weft_lang::complete::{Completions, complete};
use weft_lang::{Around, Entry};

use crate::resolve::toys::Session;

/// The text without the cursor, and the cursor's byte offset.
fn cut(text: &str) -> (String, usize) {
    let at = text.find('‸').unwrap_or_else(|| panic!("no cursor in {text}"));
    (text.replace('‸', ""), at)
}

/// A folder with a few files.
fn list(folder: &str) -> Vec<Entry> {
    let entry = |name: &str, is_folder| Entry { name: name.to_owned(), is_folder };
    match folder {
        "" => vec![entry("trips.parquet", false), entry("data", true), entry(".hidden", false), entry("tägl ich.csv", false)],
        "data" => vec![entry("a.csv", false), entry("b.csv", false)],
        _ => Vec::new(),
    }
}

fn completions_in(session: &Session, text: &str) -> Completions {
    let (text, at) = cut(text);
    complete(&text, at, &Around { env: session, list: &list })
}

fn completions(text: &str) -> Completions {
    completions_in(&Session::new(), text)
}

/// The texts that are put in.
fn texts(text: &str) -> Vec<String> {
    completions(text).items.into_iter().map(|item| item.text).collect()
}
