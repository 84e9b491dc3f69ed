//! Pages of help, from the registries that the language itself runs on.

mod page;
mod pages;
mod verbs;

use weft_core::{Registry, Settings, Value};

use crate::complete::function;
use crate::diagnostics::{CODES, explain, suggest};
use crate::syntax::verbs::{FOREIGN_VERBS, foreign};

pub use page::{Block, Page};
pub use verbs::{VERB_DOCS, VerbDoc, join_kind, verb_doc};

pub(crate) use pages::{column_page, function_page, setting_page, table_page, type_page, verb_page};
pub(crate) use verbs::verb_doc as verb;

/// The page of `help topic`, or the overview where no topic is given.
///
/// # Errors
/// The name that was probably meant, or nothing, where the topic is unknown.
pub fn help(topic: Option<&str>, registry: &Registry, settings: &Settings) -> Result<Page, Option<String>> {
    let Some(topic) = topic.map(str::trim).filter(|topic| !topic.is_empty()) else { return Ok(pages::overview(registry)) };
    let topic = topic.trim_start_matches('|').trim_start();
    if let Some(doc) = verb_doc(topic) {
        // A few names are both: a verb and a function.
        let page = verb_page(doc);
        return Ok(match function(registry, topic) {
            Some(info) => page.text("It is a function, too:").code(info.signature()).text(info.summary),
            None => page,
        });
    }
    if let Some(info) = function(registry, topic) {
        return Ok(function_page(info, registry, true));
    }
    if let Some(setting) = weft_core::settings::SETTINGS.iter().find(|setting| setting.name == topic) {
        return Ok(setting_page(setting, settings));
    }
    if let Some(code) = explain(topic) {
        return Ok(Page::new(format!("{}: {}", code.id, code.title)).text(code.page));
    }
    if topic == "over" {
        return Ok(pages::over(registry));
    }
    if topic == "in" {
        return Ok(pages::membership());
    }
    if let Some(page) = pages::statement(topic) {
        return Ok(if topic == "set" { pages::with_settings(page, settings) } else { page });
    }
    if let Some(here) = foreign(topic) {
        let page = verb_doc(here.split(' ').next().unwrap_or(here)).map(verb_page);
        return Ok(page
            .unwrap_or_else(|| Page::new(here))
            .text(format!("`{topic}` of other languages is called `{here}` here.")));
    }
    Err(near(topic, registry))
}

fn near(topic: &str, registry: &Registry) -> Option<String> {
    let verbs = VERB_DOCS.iter().map(|doc| doc.name).chain(FOREIGN_VERBS.iter().map(|(name, _)| *name));
    let functions = registry.infos().map(|info| info.name);
    let settings = weft_core::settings::SETTINGS.iter().map(|setting| setting.name);
    let codes = CODES.iter().map(|code| code.id);
    suggest(topic, verbs.chain(functions).chain(settings).chain(codes)).map(str::to_owned)
}

/// A setting's value as it is written in a cell.
#[must_use]
pub fn setting_value(value: &Value) -> String {
    match value.as_str() {
        Some(text) => format!("\"{}\"", text.escape_debug()),
        None => value.to_string(),
    }
}
